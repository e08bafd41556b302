package dev.parley.generate;

import dev.parley.generate.BatchingEngine.Answer;
import dev.parley.generate.BatchingEngine.Listener;
import dev.parley.kernels.KvBlocks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A request in the engine, and the texts that grow from its prompt. */
final class AnswerTask {

    private final TextRequest request;
    private final Listener listener;
    private final long arrived = System.nanoTime();
    private final List<Row> rows = new ArrayList<>();
    private final List<TokenLogprob> promptLogprobs = new ArrayList<>();
    private int cachedTokens;
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

        void begin(KvBlocks fresh) {
            cache = Optional.of(fresh);
            if (number == 0 && told == 0) cachedTokens = fresh.length();
        }

        void letGo() {
            if (asksForPrompt()) promptLogprobs.clear(); // they are found out again
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

        /** Whether its prompt is to be read from its first token on, for the probabilities of each. */
        boolean asksForPrompt() {
            return number == 0 && told == 0 && request.promptLogprobs();
        }

        /** Whether the probabilities of its prompt's tokens are still to be found out. */
        boolean scoresPrompt() {
            return asksForPrompt() && cache().length() < request.prompt().length;
        }

        /** The first row reads the prompt; the others begin with what it has read. */
        boolean mayBegin() {
            return number == 0 || rows.getFirst().told > 0 || !rows.getFirst().text.running();
        }

        /** Tells the listener what has come since the last time. */
        void tell() {
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

    void addPromptLogprob(TokenLogprob logprob) {
        promptLogprobs.add(logprob);
    }

    void cancel() {
        cancelled = true;
    }

    /** Why it must end now, if it must. */
    Optional<FinishReason> mustEnd() {
        if (cancelled) return Optional.of(FinishReason.CANCELLED);
        var late = request.timeout().isPresent() && System.nanoTime() - arrived > request.timeout().get().toNanos();
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

    void tellEnd() {
        rows.forEach(Row::tell);
        listener.onEnd(new Answer(rows.stream().map(r -> r.text.completion()).toList(), List.copyOf(promptLogprobs), cachedTokens));
    }

    void fail(RuntimeException failure) {
        end(FinishReason.CANCELLED);
        rows.forEach(Row::letGo);
        listener.onFailure(failure);
    }
}
