package dev.parley.generate.tools;

import dev.parley.grammar.Grammar;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** {@code <tool_call>{"name": …, "arguments": {…}}</tool_call>}. */
record HermesFormat() implements ToolFormat {

    static final String OPEN = "<tool_call>";
    static final String CLOSE = "</tool_call>";

    private static final JsonCalls.Frame FRAME = new JsonCalls.Frame(OPEN, "", CLOSE, false);

    @Override
    public String name() {
        return "hermes";
    }

    @Override
    public List<String> markers() {
        return List.of(OPEN);
    }

    @Override
    public List<String> marks() {
        return List.of(OPEN, CLOSE);
    }

    @Override
    public Optional<String> endOfOneCall() {
        return Optional.of(CLOSE);
    }

    @Override
    public boolean hasWritten(String before, String between) {
        return before.contains(OPEN) && between.contains("\"arguments\"");
    }

    @Override
    public Grammar calls(Collection<Tool> tools, boolean several) {
        var call = Grammar.anyOf(tools.stream().map(HermesFormat::call).toList());
        return several ? call.repeated("\n") : call;
    }

    private static Grammar call(Tool tool) {
        var before = OPEN + "\n{\"name\": \"" + tool.name() + "\", \"arguments\": ";
        return Grammar.sequence(Grammar.ofText(before), tool.arguments(), Grammar.ofText("}\n" + CLOSE));
    }

    /** A function that there is not is the model's mistake, of which the client can tell it. */
    @Override
    public CallScanner scanner(Collection<Tool> tools, CallScanner.Sink sink) {
        return new JsonCalls(FRAME, name -> !name.isBlank(), sink);
    }
}
