package dev.parley.generate;

import dev.parley.generate.sampling.TopK;
import dev.parley.model.CausalLM;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes, of the likeliest tokens, the one whose state is least like those of the text so far, Su et al. 2022 (arXiv:2202.06417):
 * the highest of (1 - alpha) p(token) - alpha max cos(state of the token, state of an earlier one). Nothing is drawn.
 */
final class ContrastiveSearch {

    private final double alpha;
    private final int candidates;

    /**
     * @param alpha how much likeness counts, against 1 - alpha for probability
     * @param candidates tokens that are tried in each step
     */
    ContrastiveSearch(double alpha, int candidates) {
        this.alpha = alpha;
        this.candidates = candidates;
    }

    void decode(CausalLM model, GrowingText text, Interruption interruption) {
        var states = new ArrayList<float[]>(); // of the text's tokens, of length 1
        try (var continuation = model.continueTexts(1, text.prompt().length + text.limit())) {
            var fed = continuation.feedWithStates(new int[][] {text.prompt()});
            for (var state : fed.states()[0]) states.add(unit(state));
            var scores = fed.scores()[0];
            while (text.running()) {
                if (interruption.ends(text)) return;
                var raw = scores.clone();
                var p = TopK.softmax(text.processed(scores));
                var tried = TopK.first(p, candidates);
                continuation.select(new int[tried.length]); // the same text, once for each
                var next = continuation.feedWithStates(Arrays.stream(tried).mapToObj(id -> new int[] {id}).toArray(int[][]::new));
                var best = best(p, tried, next.states(), states);
                text.append(tried[best], raw);
                states.add(unit(next.states()[best][0]));
                scores = next.scores()[best];
                continuation.select(best);
            }
        }
    }

    private int best(double[] p, int[] tried, float[][][] next, List<float[]> before) {
        var best = 0;
        var highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < tried.length; i++) {
            var state = unit(next[i][0]);
            var likeness = Double.NEGATIVE_INFINITY;
            for (var earlier : before) likeness = Math.max(likeness, dot(state, earlier));
            var score = (1 - alpha) * p[tried[i]] - alpha * likeness;
            if (score > highest) {
                highest = score;
                best = i;
            }
        }
        return best;
    }

    private static double dot(float[] a, float[] b) {
        var sum = 0.0;
        for (int i = 0; i < a.length; i++) sum += (double) a[i] * b[i];
        return sum;
    }

    private static float[] unit(float[] vector) {
        var length = Math.sqrt(dot(vector, vector));
        var unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) unit[i] = (float) (vector[i] / length);
        return unit;
    }
}
