package dev.parley.assist.turn;

import dev.parley.assist.turn.Responder.Call;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.generate.tools.Tool;
import dev.parley.generate.tools.ToolCallReader;
import dev.parley.generate.tools.ToolFormat;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Tells text and calls in an answer apart while it grows. Without tools all of it is text. */
public final class CallReading implements ToolCallReader.Listener {

    private final Tokenizer tokenizer;
    private final Consumer<String> onText;
    private final Optional<ToolCallReader> reader;
    private final OptionalInt opener; // a token without text with which the calls of some models begin
    private final StringBuilder text = new StringBuilder();
    private final List<String> names = new ArrayList<>();
    private final List<StringBuilder> arguments = new ArrayList<>();
    private final List<Integer> before = new ArrayList<>(); // tokens so far, where an opener may come

    /**
     * @param onText takes each piece of text outside of calls
     */
    public CallReading(ToolFormat format, List<Tool> tools, Tokenizer tokenizer, Consumer<String> onText) {
        this.tokenizer = tokenizer;
        this.onText = onText;
        opener = format.opener().map(tokenizer::idOf).orElse(OptionalInt.empty());
        reader = tools.isEmpty() ? Optional.empty()
                : Optional.of(new ToolCallReader(format, tools.stream().map(Tool::name).collect(Collectors.toSet()), true, false, this));
    }

    /** More of the answer. */
    public void push(int[] ids, String piece) {
        if (reader.isEmpty()) {
            onText(piece);
            return;
        }
        for (var id : ids) {
            if (opener.isEmpty()) break;
            if (id == opener.getAsInt())
                reader.get().openAfter(tokenizer.decode(before.stream().mapToInt(i -> i).toArray(), true).length());
            before.add(id);
        }
        reader.get().push(piece);
    }

    /** The answer has ended. */
    public void finish(FinishReason reason) {
        reader.ifPresent(r -> r.finish(reason == FinishReason.LENGTH));
    }

    @Override
    public void onText(String piece) {
        if (piece.isEmpty()) return;
        text.append(piece);
        onText.accept(piece);
    }

    @Override
    public void onCall(int index, String name) {
        names.add(name);
        arguments.add(new StringBuilder());
    }

    @Override
    public void onArguments(int index, String piece) {
        arguments.get(index).append(piece);
    }

    /** All text outside of calls. */
    public String text() {
        return text.toString();
    }

    /** The calls, in order. */
    public List<Call> calls() {
        return IntStream.range(0, names.size()).mapToObj(i -> new Call(names.get(i), arguments.get(i).toString())).toList();
    }
}
