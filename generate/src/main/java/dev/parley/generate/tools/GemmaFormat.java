package dev.parley.generate.tools;

import dev.parley.grammar.ArgumentForm;
import dev.parley.grammar.Grammar;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * {@code <start_function_call>call:name{city:<escape>Oslo<escape>,days:3}<end_function_call>}: FunctionGemma, and with other marks Gemma 4.
 *
 * @param open before a call
 * @param close after it
 * @param quote before and after a string
 */
record GemmaFormat(String name, String open, String close, String quote) implements ToolFormat {

    private static final String CALL = "call:";

    @Override
    public List<String> markers() {
        return List.of(open);
    }

    @Override
    public List<String> marks() {
        return List.of(open, close, quote);
    }

    @Override
    public Optional<String> endOfOneCall() {
        return Optional.of(close);
    }

    @Override
    public boolean hasWritten(String before, String between) {
        return before.endsWith(open + CALL);
    }

    @Override
    public Grammar calls(Collection<Tool> tools, boolean several) {
        var call = Grammar.anyOf(tools.stream().map(this::call).toList());
        return several ? call.repeated("") : call;
    }

    private Grammar call(Tool tool) {
        return Grammar.sequence(Grammar.ofText(open + CALL + tool.name() + "{"), tool.arguments(new ArgumentForm.Quoted(quote)),
                Grammar.ofText("}" + close));
    }

    @Override
    public CallScanner scanner(Collection<Tool> tools, CallScanner.Sink sink) {
        var literals = new Literals.Syntax(Optional.of(quote));
        return new ListedCalls(new ListedCalls.Syntax(open, CALL, false, '{', ':', '}', literals, close), tools, sink);
    }
}
