package dev.parley.generate.tools;

import dev.parley.grammar.Grammar;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>name<｜tool▁sep｜>{…}<｜tool▁call▁end｜><｜tool▁calls▁end｜>}: DeepSeek V3.1 and later.
 * R1 and V3 write the kind of tool before the name, and the arguments in a block of code.
 *
 * @param inBlocks whether as R1 and V3 do
 */
record DeepSeekFormat(boolean inBlocks) implements ToolFormat {

    private static final String BEGIN = "<｜tool▁calls▁begin｜>";
    private static final String CALL = "<｜tool▁call▁begin｜>";
    private static final String SEPARATOR = "<｜tool▁sep｜>";
    private static final String CALL_END = "<｜tool▁call▁end｜>";
    private static final String END = "<｜tool▁calls▁end｜>";
    private static final String BLOCK = "```json\n";
    private static final String BLOCK_END = "\n```";
    private static final Pattern HEAD = Pattern
            .compile("(?:" + BEGIN + ")?\\s*(?:" + CALL + ")?(?:function" + SEPARATOR + ")?\\s*([\\w.-]+)\\s*(?:"
                    + SEPARATOR + ")?\\s*(?:```(?:json)?\\s*)?");

    private static final NamedJsonCalls.Frame FRAME = new NamedJsonCalls.Frame(DeepSeekFormat::name, List.of(CALL),
            List.of("```", CALL_END), END);

    private static Optional<String> name(String head) {
        return Optional.of(HEAD.matcher(head)).filter(m -> m.matches()).map(m -> m.group(1));
    }

    @Override
    public String name() {
        return inBlocks ? "deepseek-blocks" : "deepseek";
    }

    @Override
    public List<String> markers() {
        return List.of(BEGIN, CALL);
    }

    @Override
    public List<String> marks() {
        return List.of(BEGIN, CALL, SEPARATOR, CALL_END, END);
    }

    @Override
    public Optional<String> endOfOneCall() {
        return Optional.of(CALL_END);
    }

    @Override
    public boolean hasWritten(String before, String between) {
        return inBlocks ? before.endsWith(CALL + "function" + SEPARATOR) : before.endsWith(CALL) && between.contains(SEPARATOR);
    }

    @Override
    public Grammar calls(Collection<Tool> tools, boolean several) {
        var call = Grammar.anyOf(tools.stream().map(this::call).toList());
        return Grammar.sequence(Grammar.ofText(BEGIN), several ? call.repeated(inBlocks ? "\n" : "") : call, Grammar.ofText(END));
    }

    private Grammar call(Tool tool) {
        var before = inBlocks ? CALL + "function" + SEPARATOR + tool.name() + "\n" + BLOCK : CALL + tool.name() + SEPARATOR;
        return Grammar.sequence(Grammar.ofText(before), tool.arguments(), Grammar.ofText((inBlocks ? BLOCK_END : "") + CALL_END));
    }

    @Override
    public CallScanner scanner(Collection<Tool> tools, CallScanner.Sink sink) {
        return new NamedJsonCalls(FRAME, sink);
    }
}
