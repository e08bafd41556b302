package dev.parley.generate.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.TokenizerException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a chat template does with tools, found out by giving it some. A template that shows them, and calls of them in a format that
 * is known, is given conversations as they are. For any other, tools and calls are written into the messages.
 */
public final class ToolTemplate {

    /** What the text of a tool's result begins with, where a template knows no tools and a user's message holds it. */
    public static final String RESULT = "<tool_response>\n";

    private static final Map<ChatTemplate, ToolTemplate> KNOWN = new ConcurrentHashMap<>(); // one for each model that is served
    // For trying out alone: what stands for a token of the tokenizer says nothing of tools.
    private static final Map<String, String> SPECIAL_TOKENS = Map.of("bos_token", "", "eos_token", "", "pad_token", "", "unk_token", "");
    private static final String NAME = "parley_probe_function";
    private static final String VALUE = "parley-probe-value";

    private final ChatTemplate template;
    private final ToolFormat format;
    private final boolean takesTools;
    private final boolean argumentsAsText;
    private final boolean callsAsText; // the template shows no calls, so that the messages have to

    private ToolTemplate(ChatTemplate template, ToolFormat format, boolean takesTools, boolean argumentsAsText, boolean callsAsText) {
        this.template = template;
        this.format = format;
        this.takesTools = takesTools;
        this.argumentsAsText = argumentsAsText;
        this.callsAsText = callsAsText;
    }

    /** What is known of a template, which is tried out at first. */
    public static ToolTemplate of(ChatTemplate template) {
        return KNOWN.computeIfAbsent(template, ToolTemplate::tried);
    }

    /** How the model writes calls. */
    public ToolFormat format() {
        return format;
    }

    /** Whether the template itself shows tools to the model; otherwise messages do. */
    public boolean takesTools() {
        return takesTools;
    }

    // ---- conversations ----

    /**
     * A conversation as its template takes it, ending where the assistant is to begin.
     *
     * @param messages in the shape of OpenAI's API; arguments of calls are JSON in a string
     * @param tools that the model may call; may be empty
     * @param variables more that the template may read
     */
    public ChatTemplateInput conversation(ArrayNode messages, List<Tool> tools, Map<String, JsonNode> variables) {
        if (!takesTools) return asText(messages, tools, variables);
        var given = ToolMessages.forTemplate(messages, argumentsAsText, format.hasShortIds());
        if (callsAsText) ToolMessages.writeCalls(given, format);
        if (format == ToolFormat.HARMONY) given.forEach(message -> HarmonyFormat.prepare((ObjectNode) message));
        var told = format == ToolFormat.HARMONY ? HarmonyFormat.prepared(variables) : variables;
        var conversation = ChatTemplateInput.of(given).withVariables(told).withGenerationPrompt(true);
        return tools.isEmpty() ? conversation : conversation.withTools(list(tools));
    }

    private ChatTemplateInput asText(ArrayNode messages, List<Tool> tools, Map<String, JsonNode> variables) {
        var plain = ToolMessages.asText(messages);
        var conversation = ChatTemplateInput.of(plain).withVariables(variables).withGenerationPrompt(true);
        if (tools.isEmpty()) return conversation;
        var note = ToolMessages.note(tools);
        var bySystem = conversation.withMessages(ToolMessages.withSystemNote(plain, note));
        return accepts(bySystem) ? bySystem : conversation.withMessages(ToolMessages.withUserNote(plain, note));
    }

    private boolean accepts(ChatTemplateInput conversation) {
        return text(template, conversation).isPresent();
    }

    private static ArrayNode list(List<Tool> tools) {
        var list = JsonNodeFactory.instance.arrayNode();
        tools.forEach(tool -> list.add(tool.definition()));
        return list;
    }

    // ---- trying a template out ----

    private static ToolTemplate tried(ChatTemplate template) {
        for (var asText : new boolean[] {false, true}) {
            var format = formatOf(template, asText);
            if (format.isPresent() && showsTools(template)) return new ToolTemplate(template, format.get(), true, asText, false);
        }
        var taught = ToolFormat.ALL.stream().filter(format -> format.isTaughtBy(template.source())).findFirst();
        if (taught.isPresent() && showsTools(template)) return new ToolTemplate(template, taught.get(), true, false, true);
        if (HarmonyFormat.isWrittenBy(template)) return new ToolTemplate(template, ToolFormat.HARMONY, true, false, false);
        return new ToolTemplate(template, ToolFormat.HERMES, false, false, false);
    }

    private static boolean showsTools(ChatTemplate template) {
        var messages = JsonNodeFactory.instance.arrayNode().add(message("user", "?"));
        return text(template, probe(messages)).filter(text -> text.contains(NAME)).isPresent();
    }

    /** The format in which a template writes a call, if it is a known one. */
    private static Optional<ToolFormat> formatOf(ChatTemplate template, boolean asText) {
        var messages = JsonNodeFactory.instance.arrayNode().add(message("user", "?")).add(call())
                .add(message("tool", "!").put("tool_call_id", "parley001").put("name", NAME)).add(message("assistant", "!"))
                .add(message("user", "?"));
        return text(template, probe(ToolMessages.forTemplate(messages, asText, true))).flatMap(ToolTemplate::formatIn);
    }

    private static Optional<ToolFormat> formatIn(String text) {
        var value = text.lastIndexOf(VALUE);
        var name = value < 0 ? -1 : text.lastIndexOf(NAME, value);
        if (name < 0) return Optional.empty();
        var between = text.substring(name, value);
        var before = text.substring(Math.max(0, name - 80), name);
        return ToolFormat.ALL.stream().filter(format -> format.hasWritten(before, between)).findFirst();
    }

    private static ObjectNode message(String role, String content) {
        return JsonNodeFactory.instance.objectNode().put("role", role).put("content", content);
    }

    private static ObjectNode call() {
        var message = message("assistant", "");
        message.putArray("tool_calls").addObject().put("id", "parley001").put("type", "function").putObject("function").put("name", NAME)
                .put("arguments", "{\"key\": \"" + VALUE + "\"}");
        return message;
    }

    private static ChatTemplateInput probe(ArrayNode messages) {
        var definition = JsonNodeFactory.instance.objectNode().put("type", "function");
        var function = definition.putObject("function").put("name", NAME).put("description", "?");
        function.putObject("parameters").put("type", "object").putObject("properties").putObject("key").put("type", "string")
                .put("description", "?");
        return ChatTemplateInput.of(messages).withTools(JsonNodeFactory.instance.arrayNode().add(definition)).withGenerationPrompt(true);
    }

    private static Optional<String> text(ChatTemplate template, ChatTemplateInput conversation) {
        try {
            return Optional.of(template.text(conversation.withSpecialTokens(SPECIAL_TOKENS)));
        } catch (TokenizerException e) {
            return Optional.empty();
        }
    }
}
