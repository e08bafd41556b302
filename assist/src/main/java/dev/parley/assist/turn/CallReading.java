package dev.parley.assist.turn;

import dev.parley.assist.turn.Responder.Call;
import dev.parley.assist.turn.Responder.Reply;
import dev.parley.generate.answer.AnswerForm;
import dev.parley.generate.answer.AnswerReader;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.tokenizer.FittedConversation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Tells thoughts, text and calls in an answer apart while it grows. Without tools all that is not thought is text. */
public final class CallReading implements AnswerReader.Listener {

    private final Consumer<String> onThought;
    private final Consumer<String> onText;
    private final AnswerReader reader;
    private final StringBuilder text = new StringBuilder();
    private final List<String> names = new ArrayList<>();
    private final List<StringBuilder> arguments = new ArrayList<>();

    /**
     * @param onThought takes each piece of thoughts
     * @param onText takes each piece of text outside of thoughts and calls
     */
    public CallReading(AnswerForm form, Consumer<String> onThought, Consumer<String> onText) {
        this.onThought = onThought;
        this.onText = onText;
        reader = new AnswerReader(form, this);
    }

    /** More of the answer. */
    public void push(int[] ids, String piece) {
        reader.push(ids, piece);
    }

    /** The answer has ended. */
    public void finish(FinishReason reason) {
        reader.finish(reason);
    }

    @Override
    public void onThought(String piece) {
        onThought.accept(piece);
    }

    @Override
    public void onText(String piece) {
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
