package dev.parley.generate.tools;

import dev.parley.grammar.Grammar;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** {@code {"name": …, "parameters": {…}}} as the whole answer. */
record LlamaFormat() implements ToolFormat {

    private static final JsonCalls.Frame FRAME = new JsonCalls.Frame("", ";", "", true);

    @Override
    public String name() {
        return "llama";
    }

    @Override
    public List<String> markers() {
        return List.of();
    }

    @Override
    public List<String> marks() {
        return List.of();
    }

    @Override
    public Optional<String> endOfOneCall() {
        return Optional.empty();
    }

    @Override
    public boolean hasWritten(String before, String between) {
        return before.contains("{\"name\"") && between.contains("\"parameters\"");
    }

    /** One call: the model is not taught to write several. */
    @Override
    public Grammar calls(Collection<Tool> tools, boolean several) {
        return Grammar.anyOf(tools.stream().map(LlamaFormat::call).toList());
    }

    /** What begins as an object is a call. */
    @Override
    public Grammar textWithCalls(Collection<Tool> tools, boolean several) {
        return Grammar.anyOf(List.of(calls(tools, several), Grammar.ofRegex("\\s*([^{\\s][\\s\\S]*)?")));
    }

    private static Grammar call(Tool tool) {
        return Grammar.sequence(Grammar.ofText("{\"name\": \"" + tool.name() + "\", \"parameters\": "), tool.arguments(),
                Grammar.ofText("}"));
    }

    /** Without a marker the name alone tells a call from an answer that is JSON. */
    @Override
    public CallScanner scanner(Collection<Tool> tools, CallScanner.Sink sink) {
        return new JsonCalls(FRAME, name -> tools.stream().anyMatch(tool -> tool.name().equals(name)), sink);
    }
}
