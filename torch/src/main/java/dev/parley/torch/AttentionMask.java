package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.kernels.attention.TreeAttention;
import dev.parley.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which keys a query sees: those at and before its own position that are no padding. Held as numbers to add to the
 * scores, 0 where a key is seen and {@link #HIDDEN} where not; absent where every query sees every key, and in a tree.
 *
 * @param bias (T, S) or (B, 1, T, S), or null where nothing is hidden
 * @param tree of texts, in which a query sees few keys of very many
 */
record AttentionMask(Tensor bias, Optional<TreeAttention> tree) {

    /** Far below any score, and finite so that a row of padding, which sees nothing, stays a number. */
    private static final float HIDDEN = -1e9f;

    private AttentionMask(Tensor bias) {
        this(bias, Optional.empty());
    }

    boolean hidesNothing() {
        return bias == null && tree.isEmpty();
    }

    /**
     * The mask of rows in which each document sees itself alone; segments: (B, T), ascending in a row.
     *
     * @param window how many tokens back a query sees, itself counted; 0 for all
     */
    static AttentionMask packed(int[][] segments, int window, DType dtype) {
        int rows = segments.length, tokens = segments[0].length;
        var bias = new float[rows * tokens * tokens];
        Arrays.fill(bias, HIDDEN);
        for (int b = 0; b < rows; b++) {
            var first = 0;
            for (int t = 0; t < tokens; t++) {
                if (segments[b][t] != segments[b][first]) first = t;
                var row = (b * tokens + t) * tokens;
                Arrays.fill(bias, row + Math.max(first, firstSeen(t, window)), row + t + 1, 0);
            }
        }
        return new AttentionMask(Tensor.ofFloats(bias, rows, 1, tokens, tokens).to(dtype)); // (B, 1, T, T)
    }

    /**
     * The mask of T queries that follow {@code past} keys of the cache.
     *
     * @param attentionMask 1 for tokens and 0 for padding, (B, past + T), or null where there is no padding
     * @param window how many tokens back a query sees, itself counted; 0 for all
     */
    static AttentionMask causal(int queries, int past, int[][] attentionMask, int window, DType dtype) {
        if (queries == 1 && attentionMask == null && firstSeen(past, window) == 0) return new AttentionMask(null);
        var keys = past + queries;
        if (attentionMask == null) {
            var bias = new float[queries * keys];
            for (int t = 0; t < queries; t++) {
                Arrays.fill(bias, t * keys, t * keys + firstSeen(past + t, window), HIDDEN);
                Arrays.fill(bias, t * keys + past + t + 1, (t + 1) * keys, HIDDEN);
            }
            return new AttentionMask(Tensor.ofFloats(bias, queries, keys).to(dtype)); // (T, S)
        }
        var rows = attentionMask.length;
        var bias = new float[rows * queries * keys];
        for (int b = 0; b < rows; b++) {
            for (int t = 0; t < queries; t++) {
                var offset = (b * queries + t) * keys;
                for (int s = 0; s < keys; s++) {
                    if (s > past + t || s < firstSeen(past + t, window) || attentionMask[b][s] == 0) bias[offset + s] = HIDDEN;
                }
            }
        }
        return new AttentionMask(Tensor.ofFloats(bias, rows, 1, queries, keys).to(dtype)); // (B, 1, T, S)
    }

    /**
     * The mask of texts that share their beginnings: a token sees itself and those above it.
     *
     * @param parents of each token the one before it in its text, -1 where there is none
     * @param window how many tokens back a query sees, itself counted; 0 for all
     */
    static AttentionMask tree(int[] parents, int window) {
        return new AttentionMask(null, Optional.of(new TreeAttention(parents, window)));
    }

    /** The first key that the query at a position sees. Padding lies on the left, so that distances are those of the text. */
    private static int firstSeen(int position, int window) {
        return window == 0 ? 0 : Math.max(0, position + 1 - window);
    }
}
