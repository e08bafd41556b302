package dev.parley.generate.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.tokenizer.ChatTemplate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conversations in harmony, by a template that takes and refuses what GPT-OSS's does. */
class HarmonyTemplateTest {

    private static final ChatTemplate TEMPLATE = ChatTemplate.parse(CallingTemplates.HARMONY, "harmony");

    private static String text(String messages, Map<String, JsonNode> variables) throws Exception {
        return TEMPLATE
                .text(ToolTemplate.of(TEMPLATE).conversation((ArrayNode) new ObjectMapper().readTree(messages), List.of(), variables));
    }

    @Test
    void thoughtsBeforeACallAreShownAgainAndThoseOfEarlierAnswersAreNot() throws Exception {
        var text = text("""
                [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "4.", "reasoning_content": "Easy."},
                 {"role": "user", "content": "Oslo?"}, {"role": "assistant", "content": "", "reasoning_content": "I ask.", "tool_calls":
                 [{"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": \\"Oslo\\"}"}}]},
                 {"role": "tool", "tool_call_id": "call_1", "content": "Rain"}]""", Map.of());
        assertFalse(text.contains("Easy."), text);
        assertTrue(text.endsWith("""
                <|start|>assistant<|channel|>analysis<|message|>I ask.<|end|><|start|>assistant to=functions.weather<|channel|>commentary \
                json<|message|>{"city": "Oslo"}<|call|><|start|>functions.weather to=assistant<|channel|>commentary<|message|>"Rain"<|end|>\
                <|start|>assistant"""), text);
    }

    @Test
    void whatIsSaidBeforeACallTakesTheRoomOfThoughts() throws Exception {
        var text = text("""
                [{"role": "user", "content": "Oslo?"}, {"role": "assistant", "content": "I look.", "reasoning_content": "I ask.", "tool_calls":
                 [{"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]},
                 {"role": "tool", "tool_call_id": "call_1", "content": "Rain"}]""", Map.of());
        assertTrue(text.contains("<|channel|>analysis<|message|>I look.<|end|>") && !text.contains("I ask."), text);
    }

    @ParameterizedTest
    @CsvSource({"none, low", "minimal, low", "low, low", "medium, medium", "high, high", "xhigh, high"})
    void anEffortIsTheNearestOfThreeThatTheModelsKnow(String asked, String told) throws Exception {
        var text = text("[{\"role\": \"user\", \"content\": \"Hi\"}]", Map.of("reasoning_effort", TextNode.valueOf(asked)));
        assertTrue(text.contains("Reasoning: " + told + "\n"), text);
    }

    @Test
    void variablesOfTheTemplateAreTakenFromTheRequest() throws Exception {
        var text = text("[{\"role\": \"user\", \"content\": \"Hi\"}]", Map.of("model_identity", TextNode.valueOf("You are a cook.")));
        assertTrue(text.startsWith("<|start|>system<|message|>You are a cook.\nReasoning: medium"), text);
    }

    @Test
    void aTemplateWithoutToolsIsHarmonyToo() {
        var plain = ChatTemplate
                .parse("{% for m in messages %}{{ '<|start|>' + m.role + '<|message|>' + m.content + '<|end|>' }}{% endfor %}"
                        + "{{ '<|start|>assistant<|channel|>final'[:18] }}", "plain");
        assertEquals(ToolFormat.HARMONY, ToolTemplate.of(plain).format());
    }
}
