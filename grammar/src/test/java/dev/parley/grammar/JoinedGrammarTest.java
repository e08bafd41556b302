package dev.parley.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class JoinedGrammarTest {

    // Both schemas have rules of the same names, which must not be taken for one another.
    private static final Grammar CITY = call("city",
            "{\"type\": \"object\", \"properties\": {\"a\": {\"enum\": [\"Oslo\", \"Bern\"]}}, \"required\": [\"a\"]}");
    private static final Grammar SUM = call("sum",
            "{\"type\": \"object\", \"properties\": {\"a\": {\"$ref\": \"#/$defs/n\"}}, \"required\": [\"a\"], \"$defs\": {\"n\": "
                    + "{\"enum\": [1, 2]}}}");

    private static Grammar call(String name, String schema) {
        return Grammar.sequence(Grammar.ofText("<" + name + ">"), Grammar.ofJsonSchema(schema), Grammar.ofText("</" + name + ">"));
    }

    @Test
    void partsFollowEachOther() {
        assertTrue(CITY.matches("<city>{\"a\": \"Oslo\"}</city>"));
        assertFalse(CITY.matches("<city>{\"a\": \"Oslo\"}"));
        assertFalse(CITY.matches("{\"a\": \"Oslo\"}</city>"));
    }

    @Test
    void eachOptionKeepsItsOwnRules() {
        var either = Grammar.anyOf(List.of(CITY, SUM));
        assertTrue(either.matches("<city>{\"a\": \"Bern\"}</city>"));
        assertTrue(either.matches("<sum>{\"a\": 2}</sum>"));
        assertFalse(either.matches("<city>{\"a\": 2}</city>"));
        assertFalse(either.matches("<sum>{\"a\": \"Bern\"}</sum>"));
    }

    @Test
    void whatIsDrawnOfJoinedGrammarsIsWhatARegularExpressionSaysOfThem() {
        var several = Grammar.anyOf(List.of(CITY, SUM)).repeated(", ");
        var one = "(<city>\\{\\s*\"a\":\\s*\"(Oslo|Bern)\"\\s*\\}</city>|<sum>\\{\\s*\"a\":\\s*[12]\\s*\\}</sum>)";
        var pattern = Pattern.compile(one + "(, " + one + ")*", Pattern.DOTALL);
        var random = new SplittableRandom(4);
        for (int i = 0; i < 200; i++) {
            Walk.draw(several, random, 200).ifPresent(text -> assertTrue(pattern.matcher(text).matches(), text));
        }
        assertFalse(several.matches(""));
        assertFalse(several.matches("<sum>{\"a\": 1}</sum>, "));
    }

    @Test
    void grammarsAreEqualWhereTheirPartsAre() {
        assertEquals(Grammar.sequence(Grammar.ofText("a"), Grammar.ofText("b")),
                Grammar.sequence(Grammar.ofText("a"), Grammar.ofText("b")));
        assertNotEquals(Grammar.sequence(Grammar.ofText("a"), Grammar.ofText("bc")),
                Grammar.sequence(Grammar.ofText("ab"), Grammar.ofText("c")));
        assertNotEquals(Grammar.anyOf(List.of(CITY, SUM)), Grammar.sequence(CITY, SUM));
    }

    @Test
    void nothingToChooseFromIsRefused() {
        assertThrows(GrammarException.class, () -> Grammar.anyOf(List.of()));
    }

    @Test
    void onlyAGrammarOfTheEmptyTextAllowsNothingElse() {
        assertTrue(Grammar.ofRegex("").allowsNothingButEmpty());
        assertTrue(Grammar.ofChoice(List.of("")).allowsNothingButEmpty());
        assertFalse(Grammar.ofRegex("a?").allowsNothingButEmpty());
        assertFalse(Grammar.ofText("a").allowsNothingButEmpty());
    }
}
