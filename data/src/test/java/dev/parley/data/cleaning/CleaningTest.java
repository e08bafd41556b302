package dev.parley.data.cleaning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.text.WordIndex;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CleaningTest {

    private static final String PAGE = "The kettle is a pot with a lid and a spout, and it has been used for a long time to boil water. "
            + "People have put it on the fire in the kitchen, and that is why it was made of iron. "
            + "Today most of them are made of steel, and have a plug that is to be put into the wall. "
            + "They be sold with one litre of room, or two.";

    private final SplittableRandom random = new SplittableRandom(5);

    @TempDir
    Path folder;

    private static String kept(CleaningStep step, String text) {
        return assertInstanceOf(Outcome.Kept.class, step.apply(new DocumentDraft(text))).draft().text();
    }

    private static String rule(CleaningStep step, String text) {
        return step.apply(new DocumentDraft(text)) instanceof Outcome.Dropped(var rule) ? rule : "kept";
    }

    // ---- Unicode ----

    @Test
    void utf8ReadAsWindows1252IsTurnedBack() {
        var step = new UnicodeRepair(0.001);
        for (var text : List.of("naïve cafés in Köln", "“quoted” – so…", "价格是三元", "Ελλάδα 🙂 x")) {
            var wrong = text;
            for (int times = 1; times <= 3; times++) {
                wrong = new String(wrong.getBytes(StandardCharsets.UTF_8), Charset.forName("windows-1252"));
                if (wrong.indexOf('\uFFFD') >= 0) break; // bytes that Windows-1252 leaves open are lost for good
                assertEquals(text, kept(step, wrong), times + " times");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CAFÉ»", "“É” and “é”", "Ã is a letter of Portuguese: MAÇÃ", "naïve", "Tür", "a £5 note", "São Paulo é bom",
        "«É» – non"})
    void whatCouldBeMeantIsLeftAlone(String text) {
        assertEquals(text, kept(new UnicodeRepair(0.001), text));
    }

    @Test
    void textIsNormalizedAsTheJdkDoesIt() {
        var step = new UnicodeRepair(1);
        for (int i = 0; i < 2000; i++) {
            var text = new StringBuilder();
            for (int k = 0; k < 8; k++) {
                var base = new int[] {0x41, 0x300, 0x1100, 0xAC00, 0x3040, 0x2F800, 0x1F600, 0x4E00, 0xFA0E, 0x900, 0x212A}[random.nextInt(11)];
                text.appendCodePoint(base + random.nextInt(100));
            }
            assertEquals(Normalizer.normalize(text, Normalizer.Form.NFC), kept(step, text.toString()));
        }
    }

    @Test
    void lostCharactersGoAndManyOfThemDropTheDocument() {
        assertEquals("a long text".repeat(100), kept(new UnicodeRepair(0.001), "a long text".repeat(100) + "\uFFFD"));
        assertEquals("a", kept(new UnicodeRepair(1), "\uD800a\uDC00"));
        assertEquals("lost characters", rule(new UnicodeRepair(0.001), "caf\uFFFD"));
    }

    @Test
    void whatNobodySeesIsTakenOut() {
        assertEquals("a\nb\nc\td", kept(new ControlCharacters(), "\uFEFFa\r\nb\u0000\rc\td\u200B\u00AD\u202E"));
        assertEquals("क्\u200Dष 👩\u200D💻", kept(new ControlCharacters(), "क्\u200Dष 👩\u200D💻"));
    }

    @Test
    void spacesBecomePlain() {
        assertEquals("a b\n\n  indented c\nd", kept(new Whitespace(), "\n\na \u00A0 b \t\n\n\n\n  indented\t\tc\u3000\nd\n"));
        assertEquals("empty", rule(new Whitespace(), " \n\u3000"));
        for (int i = 0; i < 5000; i++) {
            var text = new StringBuilder();
            for (int k = random.nextInt(12); k >= 0; k--) text.append("ab \t\n\u00A0".charAt(random.nextInt(6)));
            if (!(new Whitespace().apply(new DocumentDraft(text.toString())) instanceof Outcome.Kept(var once))) continue;
            assertSame(once, assertInstanceOf(Outcome.Kept.class, new Whitespace().apply(once)).draft(), text.toString());
        }
    }

    // ---- C4 and repeated parts ----

    @Test
    void c4KeepsLinesThatAreSentences() {
        var page = "Home | About\nThe tea is hot and good.\nPlease enable JavaScript to see this page.\nRead more about this...\n\n"
                + "He said: \"It is tea, of course!\"\nToo short.\n茶是一种很好的饮料。";
        assertEquals("The tea is hot and good.\n\nHe said: \"It is tea, of course!\"\n茶是一种很好的饮料。", kept(new C4Lines(5), page));
        assertEquals("no line is a sentence", rule(new C4Lines(5), "Home | About"));
    }

    @ParameterizedTest
    @CsvSource({"'A. B. C.',kept", "'A. B.',fewer than 3 sentences", "'茶。水！好？',kept", "'A. B. if (x) { y(); }. C.',curly bracket",
        "'A. B. Lorem IPSUM dolor. C.',lorem ipsum", "'1.5 and 2.5 and 3.5',fewer than 3 sentences"})
    void c4DropsPagesThatAreNoText(String page, String outcome) {
        assertEquals(outcome, rule(new C4Page(3, false), page));
    }

    @Test
    void repeatedPartsStayOnce() {
        var line = "All rights reserved by nobody.";
        assertEquals("a\n" + line + "\nb\na", kept(new RepeatedParts(RepeatedParts.Part.LINES, 20), "a\n" + line + "\nb\na\n " + line));
        assertEquals(line + "\n\nx", kept(new RepeatedParts(RepeatedParts.Part.PARAGRAPHS, 20), line + "\n\nx\n\n" + line));
    }

    // ---- Gopher ----

    @Test
    void gopherKeepsAPageOfText() {
        assertEquals("kept", rule(GopherQuality.PUBLISHED, PAGE));
        assertEquals("kept", rule(GopherRepetition.PUBLISHED, PAGE));
    }

    @Test
    void eachQualityRuleDropsWhatItIsFor() {
        var gopher = GopherQuality.PUBLISHED;
        assertEquals("fewer than 50 words", rule(gopher, "a few words"));
        assertEquals("short words", rule(gopher, "a b ".repeat(40)));
        assertEquals("long words", rule(gopher, "electroencephalography ".repeat(60)));
        assertEquals("symbols", rule(gopher, PAGE + " #".repeat(20)));
        assertEquals("bullet lines", rule(gopher, PAGE.replace(". ", ".\n").replaceAll("(?m)^", "• ")));
        assertEquals("ellipsis lines", rule(gopher, PAGE.replace(". ", "...\n") + PAGE));
        assertEquals("words without letters", rule(gopher, PAGE + " 1234567".repeat(40)));
        assertEquals("stop words", rule(gopher, "große Kessel stehen warm neben kaltem Wasser ".repeat(10)));
        assertEquals("kept", rule(gopher, "这是一只放在桌子上的茶壶".repeat(6)), "words of Chinese are characters");
        assertEquals("kept", rule(new GopherQuality(0, 0, 0, 0, 0, 0, 0, 0, 0), "a # b ..."), "0 switches a rule off");
    }

    /** Counts as the table describes it, with lists of strings. */
    @Test
    void repetitionIsCountedAsByAnotherProgram() {
        for (int i = 0; i < 300; i++) {
            var words = new ArrayList<String>();
            for (int k = 10 + random.nextInt(60); k > 0; k--) words.add("w".repeat(1 + random.nextInt(2)) + random.nextInt(2 + i % 9));
            var index = WordIndex.of(String.join(" ", words));
            var counts = new NGramCounts();
            for (int n = 2; n <= 4; n++) assertEquals(top(words, n), counts.top(index, n), words + " " + n);
            for (int n = 5; n <= 10; n++) assertEquals(repeated(words, n), counts.repeated(index, n), words + " " + n);
        }
    }

    private static int top(List<String> words, int n) {
        var counts = new HashMap<String, Integer>();
        for (int i = 0; i + n <= words.size(); i++) counts.merge(String.join(" ", words.subList(i, i + n)), 1, Integer::sum);
        var most = counts.values().stream().max(Integer::compare).orElse(0);
        return most < 2 ? 0 : counts.entrySet().stream().filter(e -> e.getValue().equals(most)).mapToInt(e -> most * e.getKey().length()).max()
                .orElse(0);
    }

    private static int repeated(List<String> words, int n) {
        var seen = new HashSet<String>();
        var characters = 0;
        for (int i = 0; i + n <= words.size();) {
            var run = String.join(" ", words.subList(i, i + n));
            if (seen.add(run)) {
                i++;
            } else {
                characters += run.length();
                i += n;
            }
        }
        return characters;
    }

    @Test
    void eachRepetitionRuleDropsWhatItIsFor() {
        var gopher = GopherRepetition.PUBLISHED;
        assertEquals("duplicate lines", rule(gopher, "a\nb\n".repeat(4)));
        assertEquals("characters of duplicate lines", rule(gopher, "a long line that is there twice\n".repeat(2) + "a\nb\nc\nd\ne"));
        assertEquals("top 2-gram", rule(gopher, "buy now: " + "buy now, cheap tea. ".repeat(3)));
        assertTrue(rule(gopher, PAGE + " " + PAGE).startsWith("duplicate 5-grams"));
        var off = new GopherRepetition(1, 1, 1, 1, List.of(1.0, 1.0, 1.0), List.of());
        assertEquals("kept", rule(off, PAGE.repeat(5)));
    }

    // ---- masks ----

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "write to a.b+c@mail.example.co.uk. Soon | write to [email]. Soon",
        "user@localhost and @name and a@b.c | user@localhost and @name and a@b.c",
        "call +49 30 1234567 now | call [phone] now",
        "call (212) 555-0199, 212-555-0199 or 1-212-555-0199 | call [phone], [phone] or [phone]",
        "打电话13812345678吧 | 打电话[phone]吧",
        "card 4111 1111 1111 1111 in 2025 | card [card] in 2025",
        "5555-5555-5555-4444, 378282246310005 | [card], [card]",
        "not a card: 4111 1111 1111 1112 | not a card: 4111 1111 1111 1112",
        "from 8.8.8.8 to 192.168.0.1, version 1.2.3 | from [ip] to 192.168.0.1, version 1.2.3",
        "in 2024-01-02 it cost 1,234.50 for 10 000 000 | in 2024-01-02 it cost 1,234.50 for 10 000 000",
        "ISBN 978-3-16-148410-0, 3.14159265358979 | ISBN 978-3-16-148410-0, 3.14159265358979"})
    void whatLeadsToAPersonIsMasked(String text, String masked) {
        var all = new Masking(EnumSet.allOf(Masking.Kind.class));
        assertEquals(masked, kept(all, text));
    }

    @Test
    void onlyWhatIsAskedForIsMasked() {
        assertEquals("a@b.org [phone]", kept(new Masking(EnumSet.of(Masking.Kind.PHONE)), "a@b.org +49 30 1234567"));
    }

    // ---- recipes and all together ----

    @Test
    void aRecipeNamesStepsWithSettings() throws IOException {
        var recipe = Files.writeString(folder.resolve("steps.yaml"),
                "steps:\n  - light\n  - language: {keep: [en, zh]}\n"
                        + "  - gopher-quality: {min_words: 5, max_symbols: off}\n  - mask: {kinds: email}\n");
        var steps = CleaningSteps.read(recipe);
        assertEquals(List.of("unicode", "control-characters", "whitespace", "language", "gopher-quality", "mask"),
                steps.stream().map(CleaningStep::name).toList());
        assertEquals(new GopherQuality(5, 100_000, 3, 10, 0, 0.9, 0.3, 0.8, 2), steps.get(4));
        assertEquals(new Masking(EnumSet.of(Masking.Kind.EMAIL)), steps.get(5));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"steps: [unicod] | There is no step unicod; there are unicode, ",
        "steps: [{length: {min: 3}}] | length: there is no setting min; there are max_words, min_words.",
        "steps: [{length: {min_words: -3}}] | length: min_words is a whole number of 0 or more, or off, not -3.",
        "steps: [7] | A step is a name", "step: [] | It holds no list under steps:.", "steps: [ | this is not YAML",
        "steps: [{mask: {kinds: [name]}}] | mask: there is no kind name; there are email, phone, card, ip."})
    void aWrongRecipeIsToldWithItsFile(String content, String sentence) throws IOException {
        var recipe = Files.writeString(folder.resolve("steps.yaml"), content);
        var problem = assertThrows(IllegalArgumentException.class, () -> CleaningSteps.read(recipe));
        assertTrue(problem.getMessage().startsWith(recipe + ": ") && problem.getMessage().contains(sentence), problem.getMessage());
    }

    @Test
    void removedBytesAddUpForAnyText() {
        var cleaning = new Cleaning(CleaningSteps.of(CleaningSteps.names()));
        var alphabet = "aA.!? \t\n\r\u0000\u00A0é\u0301Ã©â€™\uFFFD\uD83D\uDE00\uD800茶。12345-@.org{#…•" + PAGE;
        for (int i = 0; i < 5000; i++) {
            var text = new StringBuilder();
            for (int k = random.nextInt(200); k > 0; k--) {
                if (random.nextInt(20) == 0) text.append((char) random.nextInt(1 << 16));
                else if (random.nextInt(20) == 0) text.append(PAGE);
                else text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            var cleaned = cleaning.apply(text.toString());
            var left = Cleaning.utf8Bytes(text.toString());
            for (var removed : cleaned.removed()) left -= removed;
            assertEquals(Cleaning.utf8Bytes(cleaned.draft().text()), left);
        }
        assertEquals("é茶😀".getBytes(StandardCharsets.UTF_8).length, Cleaning.utf8Bytes("é茶😀"));
    }
}
