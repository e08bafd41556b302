package dev.parley.generate.tools;

import dev.parley.grammar.Grammar;
import java.util.Map;
import java.util.Optional;

/** How a model writes calls of functions. */
public enum ToolFormat {

    /** {@code <tool_call>{"name": …, "arguments": {…}}</tool_call>}: Hermes, Qwen, and where a template knows of no tools. */
    HERMES("<tool_call>", "", "</tool_call>", "arguments"),

    /** {@code {"name": …, "parameters": {…}}} as the whole answer: Llama 3.1 and later. */
    LLAMA("", ";", "", "parameters"),

    /** {@code [TOOL_CALLS][{"name": …, "arguments": {…}}]}: Mistral. */
    MISTRAL("[TOOL_CALLS]", "[,", "]", "arguments");

    private final String marker;
    private final String fillers;
    private final String closer;
    private final String argumentsKey;

    ToolFormat(String marker, String fillers, String closer, String argumentsKey) {
        this.marker = marker;
        this.fillers = fillers;
        this.closer = closer;
        this.argumentsKey = argumentsKey;
    }

    /** What tells that a call begins; empty where the beginning of the answer does. */
    String marker() {
        return marker;
    }

    /** Whether a character may stand before the object of a call, and says nothing. */
    boolean isFiller(char c) {
        return Character.isWhitespace(c) || fillers.indexOf(c) >= 0;
    }

    /** What ends calls; may be empty. */
    String closer() {
        return closer;
    }

    /** The text after a call, where another may follow only after it: what ends an answer that is to have one call. */
    public Optional<String> endOfOneCall() {
        return this == HERMES ? Optional.of(closer) : Optional.empty();
    }

    /** What begins an answer of calls, if it is one token of the model and so no text; it is given to the model with the prompt. */
    public Optional<String> opener() {
        return this == MISTRAL ? Optional.of(marker) : Optional.empty();
    }

    /**
     * An answer that calls functions and says nothing else, not compiled yet.
     *
     * @param tools with the grammars of their arguments
     * @param several whether there may be several calls
     * @param opened whether the {@link #opener()} is there already
     */
    public Grammar calls(Map<Tool, Grammar> tools, boolean several, boolean opened) {
        var call = Grammar.anyOf(tools.entrySet().stream().map(tool -> call(tool.getKey(), tool.getValue())).toList());
        return switch (this) {
            case HERMES -> several ? call.repeated("\n") : call;
            case LLAMA -> call;
            case MISTRAL ->
                Grammar.sequence(Grammar.ofText(opened ? "[" : marker + "["), several ? call.repeated(", ") : call, Grammar.ofText("]"));
        };
    }

    private Grammar call(Tool tool, Grammar arguments) {
        var before = "{\"name\": \"" + tool.name() + "\", \"" + argumentsKey + "\": ";
        return this == HERMES ? Grammar.sequence(Grammar.ofText(marker + "\n" + before), arguments, Grammar.ofText("}\n" + closer))
                : Grammar.sequence(Grammar.ofText(before), arguments, Grammar.ofText("}"));
    }
}
