package dev.parley.generate.sampling;

import java.util.Arrays;
import java.util.List;

/** Processors of a sequence's first and last token. An end token that the model's vocabulary does not have never comes. */
final class EndProcessors {

    private EndProcessors() {}

    /** Those of the tokens that a vocabulary of such a size has. */
    static List<Integer> within(List<Integer> tokens, int vocabSize) {
        return tokens.stream().allMatch(id -> id < vocabSize) ? tokens : tokens.stream().filter(id -> id < vocabSize).toList();
    }

    /** Keeps a sequence from ending before prompt and answer have so many tokens. */
    static LogitsProcessor notBefore(int length, List<Integer> ends) {
        return (ids, logits) -> {
            if (ids.length < length) within(ends, logits.length).forEach(id -> logits[id] = Float.NEGATIVE_INFINITY);
        };
    }

    /** Leaves one token where prompt and answer have so many. */
    static LogitsProcessor forced(int length, int token) {
        return (ids, logits) -> {
            if (ids.length != length || token >= logits.length) return;
            Arrays.fill(logits, Float.NEGATIVE_INFINITY);
            logits[token] = 0;
        };
    }

    /** Past so many tokens of prompt and answer, raises the end tokens' scores by their size times (factor^n - 1). */
    static LogitsProcessor decay(int start, double factor, List<Integer> ends) {
        return (ids, logits) -> {
            if (ids.length <= start) return;
            for (var id : within(ends, logits.length))
                logits[id] += (float) (Math.abs(logits[id]) * (Math.pow(factor, ids.length - start) - 1));
        };
    }
}
