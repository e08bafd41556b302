package dev.parley.knowledge;

import dev.parley.knowledge.index.HybridSearch.Hit;

/**
 * How surely a passage is about a question: a logistic function of the share of the question's words that it has and of how near its
 * vector is, fitted to questions with and without an answer (docs/knowledge.md).
 */
final class Relevance {

    private Relevance() {}

    static double of(Hit hit, Embedder embedder) {
        if (hit.cosine().isEmpty()) return logistic(-3.0 + 8.0 * hit.coverage());
        var cosines = embedder.cosines(hit.passage().language().code());
        var near = (hit.cosine().getAsDouble() - cosines.unrelated()) / (cosines.related() - cosines.unrelated());
        return logistic(-4.5 + 4.0 * hit.coverage() + 6.0 * Math.clamp(near, -0.5, 1.5));
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
