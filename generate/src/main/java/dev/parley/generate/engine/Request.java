package dev.parley.generate.engine;

import dev.parley.generate.engine.InferenceEngine.Answer;
import dev.parley.generate.engine.InferenceEngine.Listener;
import dev.parley.generate.engine.InferenceEngine.Ticket;
import dev.parley.generate.engine.InferenceEngine.Timing;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.generate.strategy.DraftModel;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.generate.strategy.GeneratedText;
import dev.parley.generate.strategy.Generation;
import dev.parley.generate.strategy.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A request in the engine, and the sequences that continue its prompt. */
final class Request implements Ticket {

    /** A listener is called no more often: nobody reads faster, and the work that a call causes takes processor time from the model. */
    static final long BETWEEN_TELLINGS = TimeUnit.MILLISECONDS.toNanos(40);

    private final TextRequest asked;
    private final int limit;
    private final Listener listener;
    private final long betweenTellings;
    private final Runnable wake;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final long arrived = System.nanoTime();
    private final List<Sequence> sequences = new ArrayList<>();
    private final List<TokenLogprob> promptLogprobs = new ArrayList<>();
    private int cachedTokens;
    private Optional<Duration> waited = Optional.empty();
    private Optional<Duration> firstToken = Optional.empty();
    private boolean over; // the listener knows of the end
    private volatile boolean cancelled;

    /**
     * @param task what each of its sequences is to generate
     * @param draft the engine's draft model, if it has one
     * @param betweenTellings nanoseconds after which the listener is told again, at the earliest
     * @param wake has the engine look at its requests
     */
    Request(TextRequest asked, Generation task, Optional<DraftModel> draft, Listener listener, long betweenTellings, Runnable wake) {
        this.asked = asked;
        limit = task.limit();
        this.listener = listener;
        this.betweenTellings = betweenTellings;
        this.wake = wake;
        for (int i = 0; i < asked.config().numReturnSequences(); i += sequences.getLast().strategy().texts().size())
            sequences.add(new Sequence(this, i, Strategy.of(task, i, draft)));
        if (limit == 0) {
            for (var sequence : sequences) {
                if (!sequence.asksForPrompt()) sequence.strategy().end(FinishReason.LENGTH);
            }
        }
    }

    TextRequest asked() {
        return asked;
    }

    int limit() {
        return limit;
    }

    Listener listener() {
        return listener;
    }

    long betweenTellings() {
        return betweenTellings;
    }

    long arrived() {
        return arrived;
    }

    List<Sequence> sequences() {
        return sequences;
    }

    @Override
    public void cancel() {
        cancelled = true;
        wake.run();
    }

    @Override
    public CompletableFuture<Answer> answer() {
        return answer;
    }

    /** Its first sequence takes its place. @param cached tokens of the prompt that need not be read */
    void begins(int cached) {
        waited = Optional.of(sinceArrival());
        cachedTokens = cached;
    }

    /** A token has come. @return whether it is the first of all */
    boolean firstTokenCame(long now) {
        if (firstToken.isPresent()) return false;
        firstToken = Optional.of(Duration.ofNanos(now - arrived));
        return true;
    }

    /** Notes how likely the prompt's tokens were. @param from place of the first token of which these are the scores after it */
    void rememberPrompt(int from, float[][] scores) {
        var alternatives = Math.max(0, asked.config().logprobs());
        for (int i = 0; i < scores.length && from + i + 1 < asked.prompt().length; i++) {
            promptLogprobs.add(TokenLogprob.of(asked.prompt()[from + i + 1], scores[i], alternatives));
        }
    }

    /** Whether it is noted of all the prompt's tokens how likely they were. */
    boolean knowsPrompt() {
        return promptLogprobs.size() == asked.prompt().length - 1;
    }

    void forgetPrompt() {
        promptLogprobs.clear();
    }

    private Duration sinceArrival() {
        return Duration.ofNanos(System.nanoTime() - arrived);
    }

    /** Why it must end now, if it must. */
    Optional<FinishReason> mustEnd() {
        if (cancelled) return Optional.of(FinishReason.CANCELLED);
        var seconds = asked.config().maxTime();
        if (asked.timeout().isEmpty() && seconds == 0) return Optional.empty();
        var time = sinceArrival();
        var late = asked.timeout().isPresent() && time.compareTo(asked.timeout().get()) > 0
                || seconds > 0 && time.toNanos() >= seconds * 1e9;
        return late ? Optional.of(FinishReason.LENGTH) : Optional.empty();
    }

    /** Ends all sequences that run. */
    void end(FinishReason reason) {
        sequences.forEach(sequence -> sequence.strategy().end(reason));
    }

    boolean isDone() {
        return sequences.stream().noneMatch(s -> s.running() || s.hasCache());
    }

    /** Tells the listener of the end, once. */
    void tellEnd() {
        if (over) return;
        sequences.forEach(Sequence::tell);
        over = true;
        var timing = new Timing(waited.orElseGet(this::sinceArrival), firstToken, sinceArrival());
        var completions = sequences.stream().flatMap(s -> s.strategy().texts().stream()).map(GeneratedText::completion).toList();
        var ended = new Answer(completions, List.copyOf(promptLogprobs), cachedTokens, timing);
        try {
            listener.onEnd(ended);
        } finally {
            answer.complete(ended);
        }
    }

    /** Frees its memory and tells the listener of a failure, unless it knows of the end. */
    void fail(RuntimeException failure) {
        sequences.forEach(Sequence::letGo);
        if (over) return;
        over = true;
        try {
            sequences.forEach(Sequence::tell);
        } finally {
            try {
                listener.onFailure(failure);
            } finally {
                answer.completeExceptionally(failure);
            }
        }
    }
}
