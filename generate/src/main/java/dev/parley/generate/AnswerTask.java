package dev.parley.generate;

import dev.parley.generate.BatchingEngine.Answer;
import dev.parley.generate.BatchingEngine.Listener;
import dev.parley.generate.BatchingEngine.Timing;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.kernels.attention.KvBlocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A request in the engine, and the texts that grow from its prompt. */
final class AnswerTask {

    /** A listener is told this often at most: nobody reads faster, and what telling sets off is taken from the processors that the model uses. */
    private static final long BETWEEN_TELLINGS = TimeUnit.MILLISECONDS.toNanos(40);

    private final TextRequest request;
    private final Listener listener;
    private final long arrived = System.nanoTime();
    private final List<Row> rows = new ArrayList<>();
    private final List<TokenLogprob> promptLogprobs = new ArrayList<>();
    private int cachedTokens;
    private Optional<Duration> waited = Optional.empty();
    private Optional<Duration> firstToken = Optional.empty();
    private boolean over; // the listener knows of the end
    private volatile boolean cancelled;

    /** Makes a text, whose pieces a listener takes. */
    @FunctionalInterface
    interface TextMaker {
        GrowingText make(int row, Generator.TextListener pieces);
    }

    AnswerTask(TextRequest request, Listener listener, TextMaker maker) {
        this.request = request;
        this.listener = listener;
        for (int i = 0; i < request.config().numReturnSequences(); i++) rows.add(new Row(i, maker));
    }

    /** One text of a request, with its keys and values while it runs. */
    final class Row {

        private final int number;
        private final GrowingText text;
        private final StringBuilder piece = new StringBuilder();
        private int told; // new tokens that the listener knows
        private Optional<KvBlocks> cache = Optional.empty();
        private long lastToken;
        private long lastStep; // nanoseconds from the token before to the last one
        private long lastTold;

        private Row(int number, TextMaker maker) {
            this.number = number;
            text = maker.make(number, (row, more) -> piece.append(more));
        }

        AnswerTask task() {
            return AnswerTask.this;
        }

        GrowingText text() {
            return text;
        }

        KvBlocks cache() {
            return cache.orElseThrow();
        }

        boolean hasCache() {
            return cache.isPresent();
        }

        /** Takes its place. @return whether it is the first time, for the first text of the request */
        boolean begin(KvBlocks fresh) {
            cache = Optional.of(fresh);
            if (number > 0 || waited.isPresent()) return false;
            waited = Optional.of(sinceArrival());
            cachedTokens = fresh.length();
            return true;
        }

        void letGo() {
            if (asksForPrompt() && text.running()) promptLogprobs.clear(); // they are found out again
            cache.ifPresent(KvBlocks::close);
            cache = Optional.empty();
        }

        /** Tokens that have not been fed yet. */
        int pending() {
            return text.length() - cache().length();
        }

        /** The next tokens to feed, so many. */
        int[] next(int count) {
            return Arrays.copyOfRange(text.ids(), cache().length(), cache().length() + count);
        }

        /** Whether it is known which tokens its form allows next, or that this cannot be known; if not, some thread is asked to find it out. */
        boolean isFormReady(Executor executor) {
            try {
                return !text.running() || text.isFormReady(executor);
            } catch (RuntimeException | StackOverflowError e) {
                return true; // taking the next token fails in the same way, and tells whom it concerns
            }
        }

        /** Whether its prompt is to be read from its first token on, for the probabilities of each. */
        boolean asksForPrompt() {
            return number == 0 && told == 0 && request.promptLogprobs();
        }

        /** The first row reads the prompt; the others begin with what it has read. */
        boolean mayBegin() {
            return number == 0 || rows.getFirst().told > 0 || !rows.getFirst().text.running();
        }

        /** Takes the scores after tokens that were fed: of the prompt's own, and of the next. @return whether it has a new token */
        boolean take(float[][] scores) {
            if (scores.length == 0) return false;
            if (asksForPrompt()) rememberPrompt(cache().length() - scores.length, scores);
            if (pending() > 0) return false;
            if (text.limit() == 0) {
                text.end(FinishReason.LENGTH);
                return false;
            }
            text.take(scores[scores.length - 1]);
            return true;
        }

        private void rememberPrompt(int from, float[][] scores) {
            var alternatives = Math.max(0, request.config().logprobs());
            for (int i = 0; i < scores.length && from + i + 1 < request.prompt().length; i++) {
                promptLogprobs.add(TokenLogprob.of(request.prompt()[from + i + 1], scores[i], alternatives));
            }
        }

        /** Counts the time of a token that has just come. */
        void time(EngineCounts counts) {
            var now = System.nanoTime();
            lastStep = now - lastToken;
            if (firstToken.isEmpty()) {
                firstToken = Optional.of(sinceArrival());
                counts.firstToken(now - arrived);
            } else if (text.length() > request.prompt().length + 1) {
                counts.nextToken(lastStep);
            }
            lastToken = now;
        }

        /** Tells the listener what has come, unless there is time for that after the next token: the first is told at once, as is the last. */
        void tellInTime() {
            if (told == 0 || !text.running() || lastToken + lastStep - lastTold > BETWEEN_TELLINGS) tell();
        }

        /** Tells the listener what has come since the last time. */
        private void tell() {
            lastTold = System.nanoTime();
            var fresh = text.newIds(told);
            if (fresh.length == 0 && piece.isEmpty()) return;
            var logprobs = text.newLogprobs(told);
            told += fresh.length;
            var certain = piece.toString();
            piece.setLength(0);
            listener.onTokens(number, fresh, logprobs, certain);
        }
    }

    TextRequest request() {
        return request;
    }

    List<Row> rows() {
        return rows;
    }

    void cancel() {
        cancelled = true;
    }

    int cachedTokens() {
        return cachedTokens;
    }

    private Duration sinceArrival() {
        return Duration.ofNanos(System.nanoTime() - arrived);
    }

    /** Why it must end now, if it must. */
    Optional<FinishReason> mustEnd() {
        if (cancelled) return Optional.of(FinishReason.CANCELLED);
        var late = request.timeout().isPresent() && sinceArrival().compareTo(request.timeout().get()) > 0;
        return late ? Optional.of(FinishReason.LENGTH) : Optional.empty();
    }

    /** Ends all texts that run. */
    void end(FinishReason reason) {
        for (var row : rows) {
            if (row.text.running()) row.text.end(reason);
        }
    }

    boolean isDone() {
        return rows.stream().noneMatch(r -> r.text.running() || r.hasCache());
    }

    /** Tells the listener of the end, once. */
    void tellEnd() {
        if (over) return;
        rows.forEach(Row::tell);
        over = true;
        var timing = new Timing(waited.orElseGet(this::sinceArrival), firstToken, sinceArrival());
        listener.onEnd(new Answer(rows.stream().map(r -> r.text.completion()).toList(), List.copyOf(promptLogprobs), cachedTokens, timing));
    }

    /** Frees its memory and tells the listener of a failure, unless it knows of the end. */
    void fail(RuntimeException failure) {
        rows.forEach(Row::letGo);
        if (over) return;
        over = true;
        try {
            rows.forEach(Row::tell);
        } finally {
            listener.onFailure(failure);
        }
    }
}
