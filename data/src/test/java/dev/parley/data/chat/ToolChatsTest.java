package dev.parley.data.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.Golden;
import dev.parley.tokenizer.ChatTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chats to learn from in the form of OpenAI's files for fine-tuning: what of them is learned. */
class ToolChatsTest {

    /** As OpenAI's guide has it, with a second call of which the first answer says nothing. */
    private static final String CHAT = """
            {"messages": [{"role": "user", "content": "What is the weather in San Francisco?"},
              {"role": "assistant", "content": null, "tool_calls": [{"id": "call_id", "type": "function",
                "function": {"name": "get_current_weather", "arguments": "{\\"location\\": \\"San Francisco, USA\\", \\"format\\": \\"celsius\\"}"}}]},
              {"role": "tool", "tool_call_id": "call_id", "content": "17 degrees"},
              {"role": "assistant", "content": "It is 17 degrees.", "weight": 1}],
             "parallel_tool_calls": false,
             "tools": [{"type": "function", "function": {"name": "get_current_weather", "description": "Get the current weather",
               "parameters": {"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]}, "strict": true}}]}
            """.replace("\n", " ");

    @TempDir
    Path folder;

    private Chat chat(String line) throws IOException {
        return ChatFiles.chats(List.of(Files.writeString(folder.resolve("chats.jsonl"), line + "\n"))).getFirst();
    }

    private static ChatTemplate.Rendered rendered(ChatTemplate template, Chat chat) {
        return template.render(ChatRows.of(SmallChats.TOKENIZER, template, 1024).conversation(chat).withSpecialTokens(Map.of("bos_token", "", "eos_token", "")));
    }

    private static String learned(ChatTemplate.Rendered rendered) {
        return rendered.assistantSpans().stream().map(s -> rendered.text().substring(s.start(), s.end())).collect(Collectors.joining("|"));
    }

    @Test
    void callsAndAnswersAreLearnedAndResultsAreRead() throws IOException {
        var rendered = rendered(ChatTemplate.chatMl(), chat(CHAT));
        assertEquals("""
                <tool_call>
                {"name":"get_current_weather","arguments":{"location":"San Francisco, USA","format":"celsius"}}
                </tool_call><|im_end|>|It is 17 degrees.<|im_end|>""", learned(rendered));
        assertTrue(rendered.text().contains("<tool_response>\n17 degrees\n</tool_response>"), rendered.text());
        assertTrue(rendered.text().startsWith("<|im_start|>system\n") && rendered.text().contains("Get the current weather"),
                rendered.text());
    }

    @Test
    void aTemplateThatKnowsToolsIsGivenThem() throws IOException {
        var qwen = ChatTemplate.load(Golden.folder("chat_templates").resolve("qwen2.5-instruct.jinja"));
        var rendered = rendered(qwen, chat(CHAT));
        assertEquals("""
                <tool_call>
                {"name": "get_current_weather", "arguments": {"location": "San Francisco, USA", "format": "celsius"}}
                </tool_call><|im_end|>|It is 17 degrees.<|im_end|>""", learned(rendered).replaceAll("(?m)^\\s+", ""));
        assertTrue(rendered.text().contains("# Tools") && rendered.text().contains("<tool_response>\n17 degrees\n</tool_response>"),
                rendered.text());
    }

    @Test
    void otherFormsMeanTheSame() throws IOException {
        var older = """
                {"messages": [{"role": "user", "content": [{"type": "text", "text": "What is the weather in San Francisco?"}]},
                  {"role": "assistant", "function_call": {"name": "get_current_weather", "arguments": {"location": "San Francisco, USA", "format": "celsius"}}},
                  {"role": "function", "name": "get_current_weather", "content": "17 degrees"}, {"role": "assistant", "content": "It is 17 degrees."}],
                 "functions": [{"name": "get_current_weather", "description": "Get the current weather",
                  "parameters": {"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]}}]}
                """.replace("\n", " ");
        assertEquals(rendered(ChatTemplate.chatMl(), chat(CHAT)), rendered(ChatTemplate.chatMl(), chat(older)));
    }

    @Test
    void thoughtsGoToTheTemplate() throws IOException {
        var template = ChatTemplate.parse(
                "{% for m in messages %}[{{ m.role }}]{% if m.reasoning_content %}<think>{{ m.reasoning_content }}</think>{% endif %}"
                        + "{{ m.content }};{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}",
                "thinking");
        var rendered = rendered(template,
                chat("{\"messages\":[{\"role\":\"developer\",\"content\":\"Brief.\"},{\"role\":\"user\",\"content\":\"2+2?\"},"
                        + "{\"role\":\"assistant\",\"reasoning_content\":\"two twos\",\"content\":\"4\"}]}"));
        assertEquals("[system]Brief.;[user]2+2?;[assistant]<think>two twos</think>4;", rendered.text());
        assertEquals("<think>two twos</think>4;", learned(rendered));
    }

    @Test
    void whatCannotBeLearnedAsItIsMeantIsNamed() {
        var wrong = List.of(List.of("{\"role\":\"robot\",\"content\":\"x\"}", "needs a role"),
                List.of("{\"role\":\"user\",\"content\":null}", "role user needs a content"),
                List.of("{\"role\":\"assistant\",\"content\":null}", "role assistant needs a content"),
                List.of("{\"role\":\"assistant\",\"content\":\"x\",\"weight\":0.5}", "weight 0.5"),
                List.of("{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{}}]}", "image_url"),
                List.of("{\"role\":\"user\",\"content\":\"x\",\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}",
                        "only the assistant does"),
                List.of("{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{}}]}", "a function with a name"));
        for (var row : wrong) {
            var fault = assertThrows(IllegalArgumentException.class, () -> chat("{\"messages\":[" + row.get(0) + "]}"));
            assertTrue(fault.getMessage().contains("chats.jsonl, line 1: ") && fault.getMessage().contains(row.get(1)), fault.getMessage());
        }
    }
}
