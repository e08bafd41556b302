package dev.parley.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GbnfTest {

    private static final String ARITHMETIC = """
            # sums, as a calculator takes them
            root  ::= (expr "=" ws term "\\n")+
            expr  ::= term ([-+*/] term)*
            term  ::= ident | num | "(" ws expr ")" ws
            ident ::= [a-z] [a-z0-9_]* ws
            num   ::= [0-9]+ ws
            ws    ::= [ \\t\\n]*
            """;

    @Test
    void rulesCallEachOtherAndThemselves() {
        var grammar = Grammar.ofGbnf(ARITHMETIC);
        assertTrue(grammar.matches("1 +(2*x)= 7\n"));
        assertTrue(grammar.matches("((((1))))=y\na=b\n"));
        assertFalse(grammar.matches("((1)=y\n"));
        assertFalse(grammar.matches("1 + = 2\n"));
    }

    @Test
    void bracketsCloseInTheOrderInWhichTheyOpened() {
        var grammar = Grammar.ofGbnf("root ::= \"(\" root \")\" root | \"[\" root \"]\" root | \"\"");
        var random = new SplittableRandom(2);
        for (int i = 0; i < 300; i++) {
            var text = Walk.draw(grammar, random, 20).orElse("");
            var left = text;
            while (left.contains("()") || left.contains("[]")) left = left.replace("()", "").replace("[]", "");
            assertEquals("", left, text);
        }
        assertFalse(grammar.matches("([)]"));
    }

    @Test
    void aGrammarOfJsonMakesJson() throws Exception {
        var grammar = Grammar.ofGbnf("""
                root ::= object
                value ::= object | array | string | number | ("true" | "false" |
                    "null") ws
                object ::= "{" ws ( string ":" ws value ("," ws string ":" ws value)* )? "}" ws
                array ::= "[" ws ( value ("," ws value)* )? "]" ws
                string ::= "\\"" ( [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\bfnrt] | "u" [0-9a-fA-F]{4}) )* "\\"" ws
                number ::= "-"? ([0-9] | [1-9] [0-9]{0,15}) ("." [0-9]+)? ([eE] [-+]? [0-9]{1,2})? ws
                ws ::= | " " | "\\n" [ \\t]{0,20}
                """);
        var random = new SplittableRandom(3);
        var json = new ObjectMapper();
        var drawn = 0;
        for (int i = 0; i < 300; i++) {
            var text = Walk.draw(grammar, random, 60);
            if (text.isPresent()) assertTrue(json.readTree(text.get()).isObject());
            drawn += text.isPresent() ? 1 : 0;
        }
        assertTrue(drawn > 100);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`',
            value = {"root = \"a\" | ::= is expected", "roots ::= \"a\" | no rule root", "root ::= a | no rule a",
                "root ::= root \"a\" # x | left-recursive",
                "root ::= \"a | not closed", "root ::= [a | not closed", "root ::= (\"a\" | not closed",
                "root ::= \"a\" root | cannot come to an end",
                "root ::= \"a\"{3,2} | ends below", "root ::= \"\\q\" | not supported", "root ::= <think> | tokens",
                "root ::= * | nothing is there"})
    void faultsAreSaidWithTheirPlace(String grammar, String said) {
        var refusal = assertThrows(GrammarException.class, () -> Grammar.ofGbnf(grammar));
        assertTrue(refusal.getMessage().contains(said), refusal.getMessage());
    }

    @Test
    void aCircleOfRulesThatReadNothingIsFound() {
        var refusal = assertThrows(GrammarException.class, () -> Grammar.ofGbnf("root ::= a\na ::= \"x\"? b\nb ::= [0-9]* a | \"y\""));
        assertTrue(refusal.getMessage().contains("rule a may call itself") || refusal.getMessage().contains("rule b may call itself"),
                refusal.getMessage());
    }

    @Test
    void aListThatCallsItselfAtItsEndDoesNotGrow() {
        var grammar = Grammar.ofGbnf("root ::= \"x\" root | \"y\"");
        assertTrue(grammar.matches("x".repeat(200_000) + "y"));
    }

    /** Grammars that were damaged are compiled or refused, and nothing else happens. */
    @Test
    void damagedGrammarsAreRefusedOrRead() {
        var random = new SplittableRandom(1);
        for (int i = 0; i < 6_000; i++) {
            var text = new StringBuilder(ARITHMETIC);
            for (int n = random.nextInt(1, 5); n > 0; n--) {
                var at = random.nextInt(text.length());
                switch (random.nextInt(4)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, "\"[]()*+?{}|\\x:=#^-9\n".charAt(random.nextInt(20)));
                    case 2 -> text.setCharAt(at, (char) random.nextInt(0x3000));
                    default -> text.setLength(Math.max(10, at));
                }
            }
            try {
                Grammar.ofGbnf(text.toString()).matches("1+1=2\n");
            } catch (GrammarException e) {
                assertTrue(e.getMessage().endsWith("."), e.getMessage());
            }
        }
    }
}
