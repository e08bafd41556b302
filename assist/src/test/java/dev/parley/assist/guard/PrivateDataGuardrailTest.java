package dev.parley.assist.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers with check digits are examples of the standards and of card networks. */
class PrivateDataGuardrailTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static Guardrails guardrails(String options) throws IOException {
        return Guardrails.read(YAML.readTree("[{private_data: " + options + "}]"), Optional.empty());
    }

    private static String judged(String text) throws IOException {
        return guardrails("{}").run(Stage.OUTPUT, text, TurnContext.of("en")).text();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Write to ada.lovelace+x@mail.example.org today. | Write to [email] today.",
        "邮箱：张三@例子.中国 | 邮箱：[email]", "Card 4111 1111 1111 1111, please. | Card [card], please.", "卡号5555555555554444。 | 卡号[card]。",
        "IBAN GB82 WEST 1234 5698 7654 32 | IBAN [iban]", "iban: de89370400440532013000 | iban: [iban]",
        "身份证号 11010519491231002X。 | 身份证号 [resident id]。", "Call +44 20 7946 0958 at noon. | Call [phone] at noon.",
        "Call (212) 555-0187. | Call [phone].", "1-212-555-0187 is his number | [phone] is his number", "手机 138 1234 5678 | 手机 [phone]",
        "手机１３８１２３４５６７８ | 手机[phone]", "电话：010-62345678 | 电话：[phone]", "Tel. 020 7946 0958 | Tel. [phone]",
        "+49 (30) 1234567 | [phone]"})
    void privateDataIsMasked(String text, String masked) throws IOException {
        assertEquals(masked, judged(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Card 4111 1111 1111 1112", "11010519491231002Y", "110105194912310021", "GB82 WEST 1234 5698 7654 33",
        "Order 20261127 of 2026-11-27 costs 1,299.00 euros.", "Version 1.2.3-4567 of 12:30", "ISBN 978-3-16-148410-0", "192.168.100.200",
        "Call 911, 112 or 120.", "Our hotline is 400-123-4567, in America 1-800-555-0187.", "user@localhost", "50 % of 1 234 567 people",
        "订单号 1234567890123", "积分 100000000 分", "a@b"})
    void whatOnlyLooksLikeItStays(String text) throws IOException {
        assertEquals(text, judged(text));
    }

    @Test
    void whatTheSourcesSayMayBeSaidInAnAnswer() throws IOException {
        var turn = new TurnContext("en", "Our number is +44 20 7946 0958.", List.of("Write to help@shop.example."), "");
        var text = "Write to help@shop.example or ada@mail.example, or call +44 20 7946 0958.";
        assertEquals("Write to help@shop.example or [email], or call +44 20 7946 0958.",
                guardrails("{}").run(Stage.OUTPUT, text, turn).text());
        assertEquals("Write to [email] or [email], or call [phone].",
                guardrails("{stages: [input]}").run(Stage.INPUT, text, turn).text());
    }

    @Test
    void kindsAndStagesCanBeChosen() throws IOException {
        var text = "ada@mail.example, 4111 1111 1111 1111";
        assertEquals("[email], 4111 1111 1111 1111", guardrails("{kinds: [email]}").run(Stage.OUTPUT, text, TurnContext.of("en")).text());
        var input = guardrails("{stages: [input, tool_result]}");
        assertEquals(text, input.run(Stage.OUTPUT, text, TurnContext.of("en")).text());
        var outcome = input.run(Stage.TOOL_RESULT, text, TurnContext.of("en"));
        assertEquals("[email], [card]", outcome.text());
        assertEquals("email,card", outcome.decisions().getFirst().rule());
        assertTrue(outcome.decisions().getFirst().reason().endsWith("(email, card)."));
        assertThrows(IllegalArgumentException.class, () -> guardrails("{kinds: [mail]}"));
        assertThrows(IllegalArgumentException.class, () -> guardrails("{kind: [email]}"));
    }
}
