package dev.parley.generate.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.tokenizer.ChatTemplate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.converter.ConvertWith;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ToolTemplateTest {

    private static final String ARGUMENTS_AS_TEXT = CallingTemplates.HERMES.replace("{{ call.function.arguments | tojson }}",
            "{{ call.function.arguments + '' }}");
    private static final String NO_TOOLS = "{% for m in messages %}{{ '<|' + m.role + '|>' + m.content + '\\n' }}{% endfor %}{% if "
            + "add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";
    private static final String NO_SYSTEM = """
            {%- for m in messages %}{% if m.role not in ['user', 'assistant'] %}{{ raise_exception('no such role') }}{% endif %}{{ '<' + m.role + '>' + m.content }}{% endfor %}{% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}""";
    private static final Map<String, String> TEMPLATES = Map.of("HERMES", CallingTemplates.HERMES, "LLAMA", CallingTemplates.LLAMA,
            "MISTRAL", CallingTemplates.MISTRAL, "ARGUMENTS_AS_TEXT", ARGUMENTS_AS_TEXT, "NO_TOOLS", NO_TOOLS, "NO_SYSTEM", NO_SYSTEM);

    private static final String HISTORY = """
            [{"role": "user", "content": "Oslo?"}, {"role": "assistant", "content": "", "tool_calls": [{"id": "call_0123456789", "type": "function",
             "function": {"name": "weather", "arguments": "{\\"city\\": \\"Oslo\\"}"}}]}, {"role": "tool", "tool_call_id": "call_0123456789", "content": "Rain"}, {"role": "user", "content": "Bern?"}]""";

    private static ArrayNode json(String text) {
        try {
            return (ArrayNode) new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Tool> tools() {
        return List.of(new Tool("weather",
                (ObjectNode) json(
                        """
                [{"type": "function", "function": {"name": "weather", "description": "The weather of a city", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]""")
                        .get(0)));
    }

    private static String shown(String template, String messages, List<Tool> tools) {
        var parsed = ChatTemplate.parse(TEMPLATES.get(template), template);
        return parsed.text(ToolTemplate.of(parsed).conversation(json(messages), tools, Map.of()));
    }

    @ParameterizedTest
    @CsvSource({"HERMES, hermes, true", "LLAMA, llama, true", "MISTRAL, mistral-list, true", "ARGUMENTS_AS_TEXT, hermes, true",
        "NO_TOOLS, hermes, false", "NO_SYSTEM, hermes, false"})
    void whatATemplateDoesWithToolsIsFoundOut(String template, @ConvertWith(CallingTemplates.Named.class) ToolFormat format,
            boolean takesTools) {
        var known = ToolTemplate.of(ChatTemplate.parse(TEMPLATES.get(template), template));
        assertEquals(format, known.format());
        assertEquals(takesTools, known.takesTools());
    }

    @ParameterizedTest
    @MethodSource("formats")
    void theFormatOfEachFamilyIsFoundInItsTemplate(String name) {
        var template = ChatTemplate.parse(CallingTemplates.BY_FORMAT.get(name), name);
        assertEquals(name, ToolTemplate.of(template).format().name());
        assertTrue(ToolTemplate.of(template).takesTools());
        var text = template.text(ToolTemplate.of(template).conversation(json(HISTORY), tools(), Map.of()));
        assertTrue(text.contains("The weather of a city") && text.contains("weather") && text.contains("Rain"), text);
        assertTrue(text.lastIndexOf("Oslo") < text.indexOf("Rain") && text.indexOf("Rain") < text.indexOf("Bern?"), text);
    }

    static Stream<String> formats() {
        return ToolFormat.ALL.stream().map(ToolFormat::name);
    }

    @ParameterizedTest
    @CsvSource({"HERMES", "LLAMA", "MISTRAL", "ARGUMENTS_AS_TEXT", "NO_TOOLS", "NO_SYSTEM"})
    void toolsCallsAndResultsReachTheModel(String template) {
        var text = shown(template, HISTORY, tools());
        assertTrue(text.contains("The weather of a city"), text);
        assertTrue(text.replace(" ", "").contains("{\"city\":\"Oslo\"}"), "arguments are an object: " + text);
        assertTrue(text.contains("Rain"), text);
        assertTrue(text.indexOf("Oslo?") < text.indexOf("Rain") && text.indexOf("Rain") < text.indexOf("Bern?"), text);
    }

    @Test
    void withoutToolsATemplateThatKnowsOfNoneIsLeftAlone() {
        assertEquals("<|user|>Hi\n<|assistant|>", shown("NO_TOOLS", "[{\"role\": \"user\", \"content\": \"Hi\"}]", List.of()));
    }

    @Test
    void theNoteOnToolsStandsBehindTheSystemPrompt() {
        var text = shown("NO_TOOLS", "[{\"role\": \"system\", \"content\": \"Be brief.\"}, {\"role\": \"user\", \"content\": \"Hi\"}]",
                tools());
        assertTrue(text.startsWith("<|system|>Be brief.\n\nYou may call functions."), text);
        assertEquals(1, text.split("<\\|system\\|>", -1).length - 1);
    }

    @Test
    void whereThereIsNoSystemPromptTheUserBringsTheNote() {
        var text = shown("NO_SYSTEM", "[{\"role\": \"user\", \"content\": \"Hi\"}]", tools());
        assertTrue(text.startsWith("<user>You may call functions.") && text.endsWith("\n\nHi<assistant>"), text);
    }

    @Test
    void aCallAndItsResultKeepTheSameIdWhereTheTemplateWantsAShortOne() {
        var text = shown("MISTRAL", HISTORY, tools());
        var ids = java.util.regex.Pattern.compile("\"(?:id|call_id)\": \"([a-z0-9]{9})\"").matcher(text).results().map(m -> m.group(1))
                .toList();
        assertEquals(2, ids.size(), text);
        assertEquals(ids.get(0), ids.get(1));
    }

    @Test
    void argumentsThatAreNoJsonStayAsTheModelWroteThem() {
        var text = shown("NO_TOOLS", HISTORY.replace("{\\\"city\\\": \\\"Oslo\\\"}", "{city"), tools());
        assertTrue(text.contains("\"arguments\":\"{city\""), text);
    }

    @ParameterizedTest
    @CsvSource({"qwen2.5-instruct.jinja, true", "qwen3.jinja, true", "gemma-it.jinja, false", "zephyr.jinja, false", "chatml.jinja, false",
        "llama-3-instruct.jinja, false"})
    void publishedTemplatesAreUnderstood(String file, boolean takesTools) throws Exception {
        var path = Path.of("../../shared/golden/chat_templates", file);
        assumeTrue(Files.exists(path), "golden data is not there");
        var template = ChatTemplate.load(path);
        var known = ToolTemplate.of(template);
        assertEquals(takesTools, known.takesTools());
        assertEquals(ToolFormat.HERMES, known.format());
        var text = template.text(
                known.conversation(json(HISTORY), tools(), Map.of()).withSpecialTokens(Map.of("bos_token", "<s>", "eos_token", "</s>")));
        assertTrue(text.contains("The weather of a city") && text.contains("Rain") && text.replace(" ", "").contains("{\"city\":\"Oslo\"}"),
                text);
    }

    @ParameterizedTest
    @CsvSource({"hermes, true", "hermes, false", "llama, false", "mistral-list, true", "mistral-list, false"})
    void whatTheFormOfCallsAllowsIsReadAsCalls(@ConvertWith(CallingTemplates.Named.class) ToolFormat format, boolean several) {
        var form = format.calls(tools(), several);
        var arguments = "{\"city\": \"Oslo\"}";
        var one = switch (format.name()) {
            case "hermes" -> "<tool_call>\n{\"name\": \"weather\", \"arguments\": " + arguments + "}\n</tool_call>";
            case "llama" -> "{\"name\": \"weather\", \"parameters\": " + arguments + "}";
            default -> "[TOOL_CALLS][{\"name\": \"weather\", \"arguments\": " + arguments + "}]";
        };
        assertTrue(form.matches(one));
        assertFalse(form.matches(one.replace("city", "town")));
        assertFalse(form.matches("Hello. " + one));
        if (format == ToolFormat.HERMES) assertEquals(several, form.matches(one + "\n" + one));
        if (format == ToolFormat.MISTRAL_LIST)
            assertEquals(several, form.matches(one.replace("}]", "}, " + one.substring(13, one.length() - 1) + "]")));
    }
}
