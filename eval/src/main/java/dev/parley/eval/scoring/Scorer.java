package dev.parley.eval.scoring;

import dev.parley.model.CausalLM;
import java.util.Arrays;
import java.util.List;

/**
 * Scores continuations: what likelihood tasks, bias suites and probes are made of.
 *
 * <pre>{@code
 * try (var scorer = Scorer.of(model)) {
 *     List<TokenScores> scores = scorer.logprobs(List.of(texts.pair("The capital of France is", " Paris")));
 *     double lnP = scores.getFirst().sum();
 * }
 * }</pre>
 *
 * Ask for many at once: they share passes of the model, and what they have in common at their beginning is read once. One thread may use
 * a scorer at a time.
 */
public interface Scorer extends AutoCloseable {

    /** Takes scores as they come, in any order. */
    @FunctionalInterface
    interface Listener {

        /**
         * @param index of the continuation in the list that was asked
         */
        void onScored(int index, TokenScores scores);
    }

    /** Scores all continuations. */
    void score(List<Continuation> asked, Listener listener);

    /** Scores in the order of asking. */
    default List<TokenScores> logprobs(List<Continuation> asked) {
        var scores = new TokenScores[asked.size()];
        score(asked, (index, scored) -> scores[index] = scored);
        return Arrays.asList(scores);
    }

    /** Tokens that the model reads at most. */
    int contextLength();

    @Override
    void close();

    /** A scorer by a model, which stays the caller's. */
    static Scorer of(CausalLM model) {
        return model.readsTrees() ? new TreePassScorer(model) : new PrefixTreeScorer(model);
    }
}
