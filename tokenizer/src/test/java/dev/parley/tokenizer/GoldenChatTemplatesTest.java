package dev.parley.tokenizer;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Published templates, rendered and refused by Python's jinja2 as transformers sets it up, from files beside the checkout. */
class GoldenChatTemplatesTest {

    @Test
    void renderingsAndRefusalsAgree() throws IOException {
        var folder = golden();
        var tests = new ArrayList<Executable>();
        for (var line : Files.readAllLines(folder.resolve("expected.jsonl"))) {
            var test = new ObjectMapper().readTree(line);
            var template = ChatTemplate.load(folder.resolve(test.path("template").asText()));
            var name = test.path("template").asText() + ", " + test.path("case").asText();
            if (test.has("error")) tests.add(() -> assertThrows(TokenizerException.class, () -> template.text(conversation(test)), name));
            else tests.add(() -> assertEquals(test.path("expected").asText(), template.text(conversation(test)), name));
        }
        assertEquals(80, tests.size());
        assertAll(tests);
    }

    private static ChatTemplateInput conversation(JsonNode test) {
        return ChatTemplateInput.of(test.path("messages")).withTools(test.path("tools"))
                .withGenerationPrompt(test.path("add_generation_prompt").asBoolean())
                .withSpecialTokens(Map.of("bos_token", test.path("bos_token").asText(), "eos_token", test.path("eos_token").asText()))
                .withNow(() -> LocalDateTime.of(2024, 7, 26, 0, 0));
    }

    @Test
    void theAssistantsWordsAreFoundInEach() throws IOException {
        var chat = ChatTemplateInput
                .of(List.of(Message.user("assistant"), Message.assistant(" one"), Message.user("two"), Message.assistant("three\n")))
                .withSpecialTokens(Map.of("bos_token", "<s>", "eos_token", "</s>"));
        var expected = Map.of(
                "chatml.jinja", List.of("one<|im_end|>", "three<|im_end|>"),
                "gemma-it.jinja", List.of("one<end_of_turn>", "three<end_of_turn>"),
                "llama-2-chat.jinja", List.of("\n\n         one </s>", "\n\n         three </s>"),
                "llama-3-instruct.jinja", List.of("one<|eot_id|>", "three<|eot_id|>"),
                "mistral-instruct.jinja", List.of("\n         one</s>", "\n         three</s>"),
                "qwen2.5-instruct.jinja", List.of(" one<|im_end|>", "three\n<|im_end|>"),
                "qwen3.jinja", List.of(" one<|im_end|>", "<think>\n\n</think>\n\nthree\n<|im_end|>"),
                "zephyr.jinja", List.of("one</s>", "three</s>"));
        var folder = golden();
        assertAll(expected.entrySet().stream().<Executable>map(e -> () -> {
            var rendered = ChatTemplate.load(folder.resolve(e.getKey())).render(chat);
            assertEquals(e.getValue(), rendered.assistantSpans().stream().map(s -> rendered.text().substring(s.start(), s.end())).toList(),
                    rendered.text());
        }));
    }

    private static Path golden() {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            var folder = at.resolve("shared").resolve("golden").resolve("chat_templates");
            if (Files.exists(folder)) return folder;
        }
        Assumptions.abort("No golden data: shared/golden/chat_templates does not lie beside the checkout.");
        throw new AssertionError();
    }
}
