package dev.parley.knowledge.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PassageCutterTest {

    private static List<String> cut(Document document) {
        return PassageCutter.cut(document).stream().map(c -> c.title() + ": " + document.text().substring(c.start(), c.end())).toList();
    }

    @Test
    void aPassageStandsUnderOneHeadingWithTheHeadingsAbove() {
        assertEquals(List.of(": before", "A: one\n\n- two", "A › B: three", "A › C [x]: four", "D: five"),
                cut(Markdown.read("before\n# A\none\n\n- two\n## B\nthree\n## C [x]\nfour\n# D\nfive\n", false)));
    }

    @Test
    void aHeadingWithNothingBelowItIsAPassageItself() {
        assertEquals(List.of("A: B", "A: C", ": D"), cut(Markdown.read("# A\n## B\n## C\n# D", false)));
    }

    @Test
    void passagesAreAboutAsLongAsTheyMayBeAndEndWithSentences() {
        var text = "A sentence of some words ends here. ".repeat(200) + "\n\n" + "一个句子到这里结束。".repeat(300) + "\n\n" + "x".repeat(20_000);
        var document = PlainText.read(text, false);
        var cuts = PassageCutter.cut(document);
        var covered = 0;
        for (var cut : cuts) {
            var passage = text.substring(cut.start(), cut.end());
            var tokens = passage.chars().map(c -> c >= 0x2E80 ? 4 : 1).sum() / 4;
            assertTrue(tokens <= 240, tokens + ": " + passage);
            if (passage.startsWith("A s") || passage.startsWith("一")) assertTrue(passage.matches("(?s).*[.。]"), passage);
            covered += passage.strip().length();
        }
        assertTrue(cuts.size() < 70, "so many as " + cuts.size());
        assertEquals(text.chars().filter(c -> !Character.isWhitespace(c)).count(),
                cuts.stream().mapToLong(c -> text.substring(c.start(), c.end()).chars().filter(x -> !Character.isWhitespace(x)).count())
                        .sum());
        assertTrue(covered > 20_000);
    }

    @Test
    void rowsFarFromTheirColumnsNamesAreGivenThem() {
        var rows = new StringBuilder("| thing | price |\n|---|---|\n");
        for (int i = 0; i < 100; i++) rows.append("| thing number " + i + " | " + i + " euros |\n");
        var cuts = PassageCutter.cut(Markdown.read(rows.toString(), false));
        assertTrue(cuts.size() > 2);
        assertEquals("", cuts.getFirst().context());
        for (var cut : cuts.subList(1, cuts.size())) assertEquals("| thing | price |", cut.context());
    }

    @Test
    void aPassageEndsWithItsPage() {
        var document = new Document("", "one\n\ntwo",
                List.of(new Block(Block.Kind.PARAGRAPH, 0, 1, 0, 3), new Block(Block.Kind.PARAGRAPH, 0, 2, 5, 8)),
                false);
        assertEquals(List.of(1, 2), PassageCutter.cut(document).stream().map(PassageCutter.Cut::page).toList());
    }
}
