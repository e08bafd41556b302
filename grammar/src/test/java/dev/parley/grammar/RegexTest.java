package dev.parley.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class RegexTest {

    /** Expressions made at random, and texts over their letters: Java's own engine is the judge. */
    @Test
    void whatMatchesIsWhatJavaMatches() {
        var random = new SplittableRandom(1);
        for (int i = 0; i < 3_000; i++) {
            var regex = expression(random, 3);
            var grammar = Grammar.ofRegex(regex);
            var java = Pattern.compile(regex);
            for (int j = 0; j < 20; j++) {
                var text = text(random, random.nextInt(8));
                assertEquals(java.matcher(text).matches(), grammar.matches(text), () -> regex + " on " + text);
            }
            var drawn = Walk.draw(grammar, random, 12);
            drawn.ifPresent(text -> assertTrue(java.matcher(text).matches(), () -> regex + " allowed " + text));
        }
    }

    /** Anchors wherever they may stand, and looking ahead between the parts of an alternative. */
    @Test
    void whatIsFoundSomewhereIsWhatJavaFinds() {
        var random = new SplittableRandom(2);
        for (int i = 0; i < 3_000; i++) {
            var regex = found(random);
            Grammar grammar;
            try {
                grammar = Grammar
                        .ofJsonSchema(new ObjectMapper().createObjectNode().put("type", "string").put("pattern", regex).toString());
            } catch (GrammarException e) {
                assertTrue(e.getMessage().contains("cannot come to an end") || e.getMessage().contains("where no text begins"),
                        e.getMessage());
                continue;
            }
            var java = Pattern.compile(regex);
            for (int j = 0; j < 20; j++) {
                var text = text(random, random.nextInt(8));
                assertEquals(java.matcher(text).find(), grammar.matches('"' + text + '"'), () -> regex + " on " + text);
            }
        }
    }

    private static String found(SplittableRandom random) {
        var regex = new StringBuilder();
        for (int n = random.nextInt(1, 5); n > 0; n--) {
            regex.append(switch (random.nextInt(8)) {
                case 0 -> "^";
                case 1 -> "$";
                case 2 -> "(^" + expression(random, 1) + "|" + expression(random, 1) + "$)";
                case 3 -> "(?!" + expression(random, 2) + ")";
                case 4 -> "(?=" + expression(random, 2) + "$)";
                case 5 -> "|";
                default -> expression(random, 2);
            });
        }
        return regex.toString().replaceAll("\\{(0,99|2,70|70,|66)}", "{2,4}"); // automata over characters write counts out
    }

    /** What takes no longer than its text: a count is kept, not written out. */
    @Test
    void countsAreExactHoweverLarge() {
        var nested = Grammar.ofRegex("((a{1000}){100}){0,2}b");
        assertTrue(nested.matches("b"));
        assertTrue(nested.matches("a".repeat(100_000) + "b"));
        assertFalse(nested.matches("a".repeat(100_001) + "b"));
        assertFalse(nested.matches("a".repeat(99_999) + "b"));
        assertTrue(nested.matches("a".repeat(200_000) + "b"));
        var open = Grammar.ofRegex("(ab|c){5000,}");
        assertFalse(open.matches("abc".repeat(2_499) + "c"));
        assertTrue(open.matches("abc".repeat(2_500)));
        assertTrue(open.matches("abc".repeat(9_000)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(?:(?:(?:){100000}){100000}){100000}a", "(?:(?:(?:|){100000}){100000}){100000}a",
        "(?:(?:(?:(?:){0}|b{0}){100000}){100000}){100000}a"})
    void nothingRepeatedIsNothing(String regex) {
        var grammar = Grammar.ofRegex(regex);
        assertTrue(grammar.matches("a"));
        assertFalse(grammar.matches("aa"));
    }

    @Test
    void aPartThatMayBeEmptyIsRepeatedAsOftenAsItReads() {
        var grammar = Grammar.ofRegex("(a?b?){200}c");
        assertTrue(grammar.matches("c"));
        assertTrue(grammar.matches("ab".repeat(200) + "c"));
        assertTrue(grammar.matches("ba".repeat(199) + "c"));
        assertFalse(grammar.matches("ba".repeat(200) + "c")); // b, ab, ab, …, a
    }

    private static String expression(SplittableRandom random, int depth) {
        var kind = random.nextInt(depth == 0 ? 4 : 9);
        return switch (kind) {
            case 0, 1 -> text(random, 1).replace(".", "\\.");
            case 2 -> new String[] {"[ab]", "[^a]", "[a-cé]", "\\d", "\\w", "\\W", ".", "[^\\d\\s]", "\\p{L}", "\\P{Lu}",
                "[\\u4e00-\\u9fff]"}[random.nextInt(11)];
            // counted
            case 3 -> random.nextBoolean() ? "" : "[a-c]" + new String[] {"{0,99}", "{2,70}", "{70,}", "{3,}", "{66}?"}[random.nextInt(5)];
            case 4, 5 -> expression(random, depth - 1) + expression(random, depth - 1);
            case 6 -> "(" + expression(random, depth - 1) + "|" + expression(random, depth - 1) + ")";
            case 7 -> "(?:" + expression(random, depth - 1) + ")"
                    + new String[] {"*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "??"}[random.nextInt(8)];
            default -> "(" + expression(random, depth - 1) + ")";
        };
    }

    private static String text(SplittableRandom random, int length) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) text.append(new String[] {"a", "b", "c", "1", "é", "中", "😀", "A", " ", "."}[random.nextInt(10)]);
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\u0000-\uffff]", "[\u0080-\u07ff]", "[a-\ud83d\ude00]", "[\u0801-\ufffe]", "[^\u0000-\u0fff]",
        "[\ud800\udc01-\udbff\udffe]"})
    void everyCharacterOfARangeAndNoOther(String regex) {
        var grammar = Grammar.ofRegex(regex);
        var java = Pattern.compile(regex);
        for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x900 ? 1 : 61) {
            var text = Character.toString(c);
            if (c >= 0xd800 && c <= 0xdfff) continue; // no character of UTF-8
            assertEquals(java.matcher(text).matches(), grammar.matches(text), Integer.toHexString(c));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\😀", "[\\😀]", "\\😀+a?", "[\\😀-😂]"})
    void anEscapedCharacterOfTwoCharsIsOne(String regex) {
        var java = Pattern.compile(regex);
        for (var text : List.of("😀", "😁", "😀😀a", "a", "")) {
            assertEquals(java.matcher(text).matches(), Grammar.ofRegex(regex).matches(text), () -> regex + " on " + text);
        }
    }

    @Test
    void anchorsAtTheEndsChangeNothingInAWhole() {
        assertTrue(Grammar.ofRegex("^ab|c$").matches("ab"));
        assertTrue(Grammar.ofRegex("^ab|c$").matches("c"));
        assertFalse(Grammar.ofRegex("^ab$").matches("abc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a", "a)", "[a", "[]", "a**", "*", "a{3,1}", "a{1", "a{9999999}", "(?=a)", "((?!a)b)", "(?!a)*", "b(?!^a)",
        "(?<=a)", "(?i)a", "(a)\\1", "\\bword", "a^b", "a$b", "^*",
        "\\p{Nonsense}", "\\", "[b-a]", "\\q", "(?<name", "a++", "[[:alpha:]]", "\\u12", "(?:(a?){100}){100}(?=b)"})
    void whatCannotBeHonouredIsRefused(String regex) {
        var refusal = assertThrows(GrammarException.class, () -> Grammar.ofRegex(regex));
        assertTrue(refusal.getMessage().endsWith("."), refusal.getMessage());
    }

    /** Any characters are an expression or refused, and nothing else happens. */
    @Test
    void anyCharactersAreReadOrRefused() {
        var random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            var regex = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--)
                regex.append("ab1()[]{}|*+?.^$\\-,:<>P=!dDwWsSxupnk\ud83d\ude00é".charAt(random.nextInt(39)));
            try {
                Grammar.ofRegex(regex.toString()).matches("ab1");
            } catch (GrammarException e) {
                assertTrue(e.getMessage().endsWith("."), e.getMessage());
            }
        }
    }
}
