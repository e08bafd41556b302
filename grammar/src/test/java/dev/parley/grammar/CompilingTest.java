package dev.parley.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What compiling costs: forms that were far from linear, and what bounds the others. */
@Timeout(60)
class CompilingTest {

    @Test
    void rulesThatMayReadNothingInABadOrder() {
        var gbnf = new StringBuilder("root ::= ");
        for (int i = 0; i < 2_400; i++) gbnf.append(i == 0 ? "" : " | ").append("\"x\" r").append(i);
        for (int i = 2_399; i >= 0; i--) gbnf.append("\nr").append(i).append(" ::= ").append(i == 0 ? "\"\"" : "r" + (i - 1) + " | \"y\"");
        var grammar = Grammar.ofGbnf(gbnf.toString());
        assertTrue(grammar.matches("x"));
        assertTrue(grammar.matches("xy"));
        assertFalse(grammar.matches("xyy"));
    }

    @Test
    void equalReferencesOnManyLevels() {
        var schema = new StringBuilder("{\"$ref\": \"#/$defs/d0\", \"$defs\": {");
        for (int i = 0; i < 22; i++) schema.append(String.format(Locale.ROOT,
                "\"d%d\": {\"allOf\": [{\"$ref\": \"#/$defs/d%d\"}, {\"$ref\": \"#/$defs/d%d\"}]}, ", i, i + 1, i + 1));
        var grammar = Grammar.ofJsonSchema(schema + "\"d22\": {\"const\": 7}}}");
        assertTrue(grammar.matches("7"));
        assertFalse(grammar.matches("8"));
    }

    @Test
    void classesOfManyCharacters() {
        var set = new StringBuilder("[");
        for (int c = 0x4e00; c < 0x4e00 + 40_000; c += 2) set.appendCodePoint(c < 0xd800 ? c : c + 0x2000);
        set.append(']');
        var grammar = Grammar.ofRegex(set + "x" + set);
        assertTrue(grammar.matches("\u4e00x\u4e02"));
        assertFalse(grammar.matches("\u4e00x\u4e01"));
        assertTrue(Grammar.ofGbnf("root ::= " + set).matches("\u4e04"));
    }

    @Test
    void aLongListOfNamesIsOnePlace() {
        var list = new StringBuilder("{\"enum\": [0");
        for (int i = 0; i < 20_000; i++) list.append(", \"name ").append(Integer.toHexString(i * 7919)).append('"');
        var grammar = Grammar.ofJsonSchema(list + "]}");
        assertTrue(grammar.matches("\"name " + Integer.toHexString(7919 * 19_999) + '"'));
        assertFalse(grammar.matches("\"name " + Integer.toHexString(7919 * 20_000) + '"'));
    }

    @Test
    void aLengthIsKeptUpToAHundredThousand() {
        var grammar = Grammar.ofJsonSchema("{\"type\": \"string\", \"minLength\": 99999, \"maxLength\": 100000}");
        for (int length : new int[] {99_998, 100_000, 100_001}) {
            assertEquals(length == 100_000, grammar.matches('"' + "\u00e9\\n".repeat(length / 2) + "x".repeat(length % 2) + '"'));
        }
        var eight = new StringBuilder("{\"type\": \"object\", \"properties\": {");
        for (int i = 0; i < 8; i++)
            eight.append(i == 0 ? "" : ", ").append("\"p").append(i).append("\": {\"type\": \"string\", \"maxLength\": 10000}");
        assertTrue(Grammar.ofJsonSchema(eight + "}}").matches("{\"p7\": \"" + "x".repeat(10_000) + "\"}"));
    }

    @Test
    void whatIsTooMuchIsRefusedWithItsPlace() {
        var refusal = assertThrows(GrammarException.class, () -> Grammar.ofJsonSchema(
                "{\"type\": \"object\", \"properties\": {\"id\": {\"type\": \"string\", \"pattern\": \"[ab].{24}$\", \"maxLength\": "
                        + "1000}}}"));
        assertTrue(refusal.getMessage().contains("#/properties/id has a pattern"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("too much work"), refusal.getMessage());
    }

    @Test
    void whoWaitsMayGiveItUp() {
        Thread.currentThread().interrupt();
        try {
            var refusal = assertThrows(GrammarException.class, () -> Grammar.ofRegex("given up|" + "abc".repeat(50_000)));
            assertTrue(refusal.getMessage().contains("cancelled"), refusal.getMessage());
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void whatIsEqualIsCompiledOnce() {
        List<Grammar> both = List.of(joined(), joined());
        both.forEach(Grammar::compile);
        assertSame(both.getFirst().automaton(), both.getLast().automaton());
        assertSame(Grammar.ofRegex("kept [ab]").automaton(), Grammar.ofRegex("kept [ab]").automaton());
    }

    private static Grammar joined() {
        return Grammar.anyOf(List.of(Grammar.ofText("<a>"), Grammar.ofJsonSchema("{\"const\": \"kept\"}"))).repeated(";");
    }
}
