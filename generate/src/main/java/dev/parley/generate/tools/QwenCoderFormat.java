package dev.parley.generate.tools;

import dev.parley.grammar.ArgumentForm;
import dev.parley.grammar.Grammar;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Qwen3-Coder and Qwen 3.5: each argument stands between tags of its own, a string as it is. */
record QwenCoderFormat() implements ToolFormat {

    static final String FUNCTION = "<function=";
    static final String FUNCTION_END = "</function>";
    static final String PARAMETER = "<parameter=";
    static final String PARAMETER_END = "</parameter>";

    private static final ArgumentForm ARGUMENTS = new ArgumentForm.Tagged(PARAMETER, ">\n", "\n" + PARAMETER_END + "\n");

    @Override
    public String name() {
        return "qwen-coder";
    }

    /** The models forget the outer tag now and then. */
    @Override
    public List<String> markers() {
        return List.of(HermesFormat.OPEN, FUNCTION);
    }

    @Override
    public List<String> marks() {
        return List.of(HermesFormat.OPEN, HermesFormat.CLOSE);
    }

    @Override
    public Optional<String> endOfOneCall() {
        return Optional.of(HermesFormat.CLOSE);
    }

    @Override
    public boolean hasWritten(String before, String between) {
        return before.endsWith(FUNCTION) && between.contains(PARAMETER);
    }

    @Override
    public Grammar calls(Collection<Tool> tools, boolean several) {
        var call = Grammar.anyOf(tools.stream().map(QwenCoderFormat::call).toList());
        return several ? call.repeated("\n") : call;
    }

    private static Grammar call(Tool tool) {
        return Grammar.sequence(Grammar.ofText(HermesFormat.OPEN + "\n" + FUNCTION + tool.name() + ">\n"), tool.arguments(ARGUMENTS),
                Grammar.ofText(FUNCTION_END + "\n" + HermesFormat.CLOSE));
    }

    @Override
    public CallScanner scanner(Collection<Tool> tools, CallScanner.Sink sink) {
        return new TaggedCalls(tools, sink);
    }
}
