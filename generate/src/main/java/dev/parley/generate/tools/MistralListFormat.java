package dev.parley.generate.tools;

import dev.parley.grammar.Grammar;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** {@code [TOOL_CALLS][{"name": …, "arguments": {…}}]}. */
record MistralListFormat() implements ToolFormat {

    static final String MARKER = "[TOOL_CALLS]";

    private static final JsonCalls.Frame FRAME = new JsonCalls.Frame(MARKER, "[,", "]", true);

    @Override
    public String name() {
        return "mistral-list";
    }

    @Override
    public List<String> markers() {
        return List.of(MARKER);
    }

    @Override
    public List<String> marks() {
        return List.of(MARKER);
    }

    @Override
    public Optional<String> endOfOneCall() {
        return Optional.empty();
    }

    @Override
    public boolean hasWritten(String before, String between) {
        return before.contains(MARKER) && before.contains("[{") && between.contains("\"arguments\"");
    }

    @Override
    public boolean hasShortIds() {
        return true;
    }

    @Override
    public Grammar calls(Collection<Tool> tools, boolean several) {
        var call = Grammar.anyOf(tools.stream().map(MistralListFormat::call).toList());
        return Grammar.sequence(Grammar.ofText(MARKER + "["), several ? call.repeated(", ") : call, Grammar.ofText("]"));
    }

    private static Grammar call(Tool tool) {
        return Grammar.sequence(Grammar.ofText("{\"name\": \"" + tool.name() + "\", \"arguments\": "), tool.arguments(),
                Grammar.ofText("}"));
    }

    @Override
    public CallScanner scanner(Collection<Tool> tools, CallScanner.Sink sink) {
        return new JsonCalls(FRAME, name -> !name.isBlank(), sink);
    }
}
