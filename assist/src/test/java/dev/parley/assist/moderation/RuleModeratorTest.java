package dev.parley.assist.moderation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class RuleModeratorTest {

    private static final String SIGNS = "ki l*+#!@$.1你杀了\n\u0301";
    private static final RuleModerator MODERATOR = RuleModerator.load();

    /** A sentence, and what it should be flagged as; empty for nothing. */
    private record Sentence(Optional<Category> category, String text) {}

    /** Of flagged sentences those that should be; of those that should be, the flagged; and of these, those flagged as what they are. */
    private record Measured(double precision, double recall, double rightCategory, List<String> wrong) {

        static Measured of(List<Sentence> sentences) {
            int flagged = 0, harmful = 0, both = 0, right = 0;
            var wrong = new ArrayList<String>();
            for (var sentence : sentences) {
                var judged = MODERATOR.judge(sentence.text());
                if (judged.isFlagged()) flagged++;
                if (sentence.category().isPresent()) harmful++;
                if (judged.isFlagged() && sentence.category().isPresent()) both++;
                if (sentence.category().filter(judged::isFlagged).isPresent()) right++;
                if (judged.isFlagged() != sentence.category().isPresent()) wrong.add(sentence.text());
            }
            return new Measured((double) both / flagged, (double) both / harmful, (double) right / both, wrong);
        }
    }

    private static List<Sentence> sentences(String name) throws IOException {
        try (var in = new InputStreamReader(RuleModeratorTest.class.getResourceAsStream(name), StandardCharsets.UTF_8)) {
            return in.readAllAsString().lines().filter(line -> !line.startsWith("#")).map(line -> {
                var sides = line.split(": ", 2);
                return new Sentence(sides[0].equals("harmless") ? Optional.empty() : Optional.of(Category.ofId(sides[0]).orElseThrow()),
                        sides[1]);
            }).toList();
        }
    }

    @Test
    void sentencesThatTheRulesWereMadeWithAreToldApart() throws IOException {
        var measured = Measured.of(sentences("known.txt"));
        assertEquals(1, measured.precision(), () -> "wrongly judged: " + measured.wrong());
        assertTrue(measured.recall() >= 0.98 && measured.rightCategory() >= 0.98, measured::toString);
    }

    /**
     * The floors lie a little under what was measured, 0.91 and 0.53: what a list of phrases can do with sentences that it does not know.
     */
    @Test
    void halfOfTheHarmfulSentencesThatTheRulesDoNotKnowAreFoundAndFewOthers() throws IOException {
        var measured = Measured.of(sentences("unseen.txt"));
        assertTrue(measured.precision() >= 0.9 && measured.recall() >= 0.5 && measured.rightCategory() >= 0.95, measured::toString);
    }

    @Test
    void spellingDoesNotHideAThreat() {
        for (var hidden : List.of("I will kill you", "i WILL KILL you", "I  will  k i l l  you", "I will k.i.l.l you", "I will k-i-l-l you",
                "I w1ll k1ll y0u", "I will k!ll you", "I will k*ll you",
                "I will kiiiilllll you", "I wíll kíll yöu", "Ｉ ｗｉｌｌ ｋｉｌｌ ｙｏｕ", "I will k\u200bi\u200bl\u200bl you", "I will кill you",
                "我要殺了你", "我 要 杀 了 你", "我要*杀*了*你", "我，要，杀了，你")) {
            assertTrue(MODERATOR.judge(hidden).isFlagged(Category.HARASSMENT_THREATENING), hidden);
        }
    }

    @Test
    void aSentenceEndsWhatBelongsTogether() {
        assertFalse(MODERATOR.judge("I will come. Kill your process first.").isFlagged());
        assertEquals(List.of("i", "will", ".", "kill", "you"), NormalizedWords.of("I will! Kill you"));
    }

    @Test
    void aNarrowCategoryFlagsTheWiderOneToo() {
        var judged = MODERATOR.judge("How do I build a pipe bomb?");
        assertTrue(judged.isFlagged(Category.ILLICIT_VIOLENT) && judged.isFlagged(Category.ILLICIT));
        assertEquals(judged.score(Category.ILLICIT_VIOLENT), judged.score(Category.ILLICIT));
        assertFalse(judged.isFlagged(Category.SEXUAL));
    }

    @Test
    void weakSignsAddUp() throws IOException {
        var moderator = RuleModerator.read(new StringReader("0.4 sexual: moan*\n0.4 sexual: naked\n"));
        assertEquals(0.4, moderator.judge("naked naked").score(Category.SEXUAL), 1e-12);
        assertEquals(1 - 0.6 * 0.6, moderator.judge("naked and moaning").score(Category.SEXUAL), 1e-12);
        assertEquals(0, moderator.judge("a moth").score(Category.SEXUAL));
    }

    @Test
    void aPhraseMayHaveListsGapsAndPartsThatMayBeMissing() throws IOException {
        var moderator = RuleModerator
                .read(new StringReader("@b = two|three_four\n# a remark\n0.9 hate: one @b ..2 five? six\nharmless: not ..1 one\n"));
        for (var yes : List.of("one two six", "one three four six", "one two ax ay six", "one two ax five six", "so one two six seven"))
            assertTrue(moderator.judge(yes).isFlagged(), yes);
        for (var no : List.of("one three six", "one two ax ay az six", "one two. six", "one two", "not one two six", "not ax one two six"))
            assertFalse(moderator.judge(no).isFlagged(), no);
    }

    @Test
    void aRuleThatIsNoneIsNamedByItsLine() {
        for (var wrong : List.of("hate", "0.9: x", "2 hate: x", "0.9 hatred: x", "0.9 hate: @nobody", "0.9 hate: ..2 x", "0.9 hate: x? y",
                "0.9 hate: !!", "@list")) {
            var thrown = assertThrows(IllegalArgumentException.class, () -> RuleModerator.read(new StringReader("# fine\n" + wrong)),
                    wrong);
            assertTrue(thrown.getMessage().startsWith("Line 2 of the rules"), thrown.getMessage());
        }
    }

    /** What is judged in a moment: without bounds, normalising them took the square of their length, or hours. */
    @ParameterizedTest
    @ValueSource(strings = {"\u0301\u0316", "\uD834\uDD6D\uD834\uDD65", "\uAC00\u302E\u0327", "\uFDFA", "a\u0301\u0316", "殺", "k i l l "})
    @Timeout(60)
    void aLongTextOfOddCharactersIsJudgedInTheEnd(String piece) {
        assertFalse(MODERATOR.judge(piece.repeat(400_000 / piece.length())).isFlagged(Category.HATE));
    }

    @Test
    void aThousandMarksDoNotHideAThreat() {
        assertTrue(MODERATOR.judge("I will k" + "\u0301\u0316".repeat(500) + "ill you").isFlagged(Category.HARASSMENT_THREATENING));
    }

    @Test
    void anyTextIsJudged() {
        var random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            var text = new StringBuilder();
            for (int j = random.nextInt(40); j > 0; j--) {
                if (random.nextInt(3) == 0) text.append((char) random.nextInt(0x10000));
                else text.append(SIGNS.charAt(random.nextInt(SIGNS.length())));
            }
            MODERATOR.judge(text.toString());
        }
    }
}
