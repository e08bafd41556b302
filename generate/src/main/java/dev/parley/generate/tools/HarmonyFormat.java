package dev.parley.generate.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.grammar.Grammar;
import dev.parley.tokenizer.ChatTemplate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code <|channel|>commentary to=functions.name <|constrain|>json<|message|>{…}<|call|>}: harmony, in which GPT-OSS writes (OpenAI 2025,
 * arXiv:2508.10925). A whole answer is made of such messages, of which each has a header with its channel: {@code analysis} for thoughts,
 * {@code final} for the answer, {@code commentary} for calls and what is said before them.
 */
public record HarmonyFormat() implements ToolFormat {

    /** Begins a message; the role follows. */
    public static final String START = "<|start|>";

    /** Begins the name of the channel. */
    public static final String CHANNEL = "<|channel|>";

    /** Ends the header. */
    public static final String MESSAGE = "<|message|>";

    /** Begins the type of the content. */
    public static final String CONSTRAIN = "<|constrain|>";

    /** Ends a message after which another follows. */
    public static final String END = "<|end|>";

    /** Ends a call, and the answer. */
    public static final String CALL = "<|call|>";

    /** Ends the answer. */
    public static final String RETURN = "<|return|>";

    /** What an answer ends with. */
    public static final List<String> ENDS_OF_ANSWER = List.of(CALL, RETURN);

    static final String FUNCTIONS = "functions.";

    private static final String TO = "to=" + FUNCTIONS, ANALYSIS = CHANNEL + "analysis" + MESSAGE, NEXT = END + START + "assistant";
    private static final Pattern RECIPIENT = Pattern.compile("\\bto=(?:functions\\.)?([\\w.-]{1,200})");
    private static final NamedJsonCalls.Frame FRAME = new NamedJsonCalls.Frame(HarmonyFormat::recipient, List.of(), List.of(END), CALL);
    private static final List<String> NOT_IN_CONTENT = List.of(START, CHANNEL, MESSAGE, END, CALL, RETURN);
    private static final Map<String, String> EFFORTS = Map.of("none", "low", "minimal", "low", "xhigh", "high");

    /** Whether a template writes conversations so. */
    static boolean isWrittenBy(ChatTemplate template) {
        return template.source().contains(CHANNEL) && template.source().contains(MESSAGE) && template.source().contains(START);
    }

    /** The function that a header calls. */
    public static Optional<String> recipient(String header) {
        return Optional.of(RECIPIENT.matcher(header)).filter(Matcher::find).map(m -> m.group(1));
    }

    @Override
    public String name() {
        return "harmony";
    }

    /** The recipient stands behind the role or behind the channel. */
    @Override
    public List<String> markers() {
        return List.of(CHANNEL + "commentary " + TO, " " + TO);
    }

    /** Those that end the answer show no text. */
    @Override
    public List<String> marks() {
        return List.of(START, CHANNEL, MESSAGE, CONSTRAIN, END);
    }

    @Override
    public Optional<String> endOfOneCall() {
        return Optional.of(CALL);
    }

    @Override
    public boolean hasWritten(String before, String between) {
        return before.endsWith(TO) && between.contains(MESSAGE);
    }

    /** An answer has one call: it ends with it. */
    @Override
    public Grammar calls(Collection<Tool> tools, boolean several) {
        return Grammar.anyOf(tools.stream().map(HarmonyFormat::call).toList());
    }

    private static Grammar call(Tool tool) {
        return Grammar.sequence(Grammar.ofText(ToolFormat.HARMONY.header(tool.name())), tool.arguments());
    }

    /** What stands before the arguments of a call. */
    public String header(String function) {
        return CHANNEL + "commentary " + TO + function + " " + CONSTRAIN + "json" + MESSAGE;
    }

    /** Messages to the user, and then the answer or a call. */
    @Override
    public Grammar textWithCalls(Collection<Tool> tools, boolean several) {
        var preamble = Grammar.sequence(Grammar.ofText(CHANNEL + "commentary" + MESSAGE), content(), Grammar.ofText(NEXT));
        return Grammar.sequence(preamble.optional(), Grammar.anyOf(List.of(calls(tools, several), text(content()))));
    }

    /** An answer that is a text and calls nothing. */
    public Grammar text(Grammar text) {
        return Grammar.sequence(Grammar.ofText(CHANNEL + "final" + MESSAGE), text);
    }

    /** The same answer behind thoughts, which there may be. */
    public Grammar afterThoughts(Grammar answer) {
        var thoughts = Grammar.sequence(Grammar.ofText(ANALYSIS), content(), Grammar.ofText(NEXT));
        return Grammar.sequence(thoughts.optional(), answer);
    }

    private static Grammar content() {
        return Grammar.ofTextWithout(NOT_IN_CONTENT);
    }

    @Override
    public CallScanner scanner(Collection<Tool> tools, CallScanner.Sink sink) {
        return new NamedJsonCalls(FRAME, sink);
    }

    /**
     * A message as GPT-OSS's template takes it: thoughts under {@code thinking}, for which there is no room beside what is said before a
     * call.
     */
    static void prepare(ObjectNode message) {
        var thoughts = message.remove("reasoning_content");
        if (thoughts == null || message.has("thinking")) return;
        var saysMore = message.has("tool_calls") && !message.path("content").asText().isEmpty();
        if (!saysMore) message.set("thinking", thoughts);
    }

    /** Variables with the nearest of the three degrees of thinking that the models know. */
    static Map<String, JsonNode> prepared(Map<String, JsonNode> variables) {
        var effort = variables.get("reasoning_effort");
        if (effort == null || !EFFORTS.containsKey(effort.asText())) return variables;
        var prepared = new HashMap<>(variables);
        prepared.put("reasoning_effort", TextNode.valueOf(EFFORTS.get(effort.asText())));
        return prepared;
    }
}
