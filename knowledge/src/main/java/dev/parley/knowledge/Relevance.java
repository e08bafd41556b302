package dev.parley.knowledge;

import dev.parley.knowledge.index.HybridSearch.Hit;

/**
 * How surely a passage is about a question: a logistic function of how near its vector is to the question's, and of the share of the
 * question's words that it has. Its constants were fitted to questions with and without an answer (docs/knowledge.md).
 */
final class Relevance {

    /** What having all of the question's words adds to the cosine. */
    private static final double WORDS = 0.15;
    /** The logistic function's argument at a cosine usual for texts that are related. */
    private static final double AT_RELATED = 2.2;
    /** From this share of a question's words on a passage is held to be about it, where there are no vectors. */
    private static final double HALF_COVERED = 0.4;
    private static final double STEEPNESS = 8;

    private Relevance() {}

    static double of(Hit hit, Embedder embedder) {
        if (hit.cosine().isEmpty()) return logistic(STEEPNESS * (hit.coverage() - HALF_COVERED));
        var cosines = embedder.cosines(hit.passage().language().code());
        var middle = (cosines.unrelated() + cosines.related()) / 2;
        var near = hit.cosine().getAsDouble() + WORDS * hit.coverage() - middle;
        return logistic(2 * AT_RELATED * near / (cosines.related() - cosines.unrelated()));
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
