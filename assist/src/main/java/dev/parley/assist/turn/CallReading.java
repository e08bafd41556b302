package dev.parley.assist.turn;

import dev.parley.assist.turn.Responder.Call;
import dev.parley.assist.turn.Responder.Reply;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.generate.tools.Tool;
import dev.parley.generate.tools.ToolCallReader;
import dev.parley.generate.tools.ToolFormat;
import dev.parley.tokenizer.FittedConversation;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
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

    /**
     * The whole answer. Of several sequences it is the one whose tokens are the likeliest on average, by the model's own scores, and
     * nothing of them has been pushed before.
     *
     * @param config that they were made by
     * @param prompt that was answered
     */
    public Reply reply(List<Completion> completions, GenerationConfig config, FittedConversation prompt) {
        var best = completions.stream().max(Comparator.comparingDouble(c -> meanLogprob(c).orElse(0))).orElseThrow();
        if (config.numReturnSequences() > 1) push(best.ids(), best.text());
        finish(best.finishReason());
        return new Reply(text(), calls(), best.finishReason(), prompt.ids().length,
                completions.stream().mapToInt(c -> c.ids().length).sum(),
                meanLogprob(best), prompt.forgottenTurns());
    }

    private static OptionalDouble meanLogprob(Completion completion) {
        return completion.logprobs().stream().mapToDouble(TokenLogprob::logprob).average();
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
