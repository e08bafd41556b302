package dev.parley.generate.tools;

import dev.parley.grammar.Grammar;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code [TOOL_CALLS]name[ARGS]{…}}, once for each call; some write {@code [CALL_ID]} and an id before the arguments. */
record MistralFormat() implements ToolFormat {

    private static final String MARKER = MistralListFormat.MARKER;
    private static final String ARGUMENTS = "[ARGS]";
    private static final String CALL_ID = "[CALL_ID]";
    private static final Pattern HEAD = Pattern
            .compile("(?:\\[TOOL_CALLS])?\\s*([\\w.:-]+?)\\s*(?:\\[CALL_ID]\\s*\\w*\\s*)?(?:\\[ARGS])?\\s*");

    private static final NamedJsonCalls.Frame FRAME = new NamedJsonCalls.Frame(MistralFormat::name, List.of(MARKER), List.of(), "");

    private static Optional<String> name(String head) {
        return Optional.of(HEAD.matcher(head)).filter(m -> m.matches()).map(m -> m.group(1));
    }

    @Override
    public String name() {
        return "mistral";
    }

    @Override
    public List<String> markers() {
        return List.of(MARKER);
    }

    @Override
    public List<String> marks() {
        return List.of(MARKER, ARGUMENTS, CALL_ID);
    }

    @Override
    public Optional<String> endOfOneCall() {
        return Optional.empty();
    }

    @Override
    public boolean hasWritten(String before, String between) {
        return before.stripTrailing().endsWith(MARKER) && between.contains(ARGUMENTS);
    }

    @Override
    public boolean hasShortIds() {
        return true;
    }

    @Override
    public Grammar calls(Collection<Tool> tools, boolean several) {
        var call = Grammar.anyOf(tools.stream()
                .map(tool -> Grammar.sequence(Grammar.ofText(MARKER + tool.name() + ARGUMENTS), tool.arguments())).toList());
        return several ? call.repeated("") : call;
    }

    @Override
    public CallScanner scanner(Collection<Tool> tools, CallScanner.Sink sink) {
        return new NamedJsonCalls(FRAME, sink);
    }
}
