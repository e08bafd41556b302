package dev.parley.generate.embedding;

import java.util.Arrays;

/** How the vectors of a text's tokens become the vector of the text. */
public enum Pooling {

    /** The mean of all tokens: of a model that was not trained for vectors. */
    MEAN,
    /** That of the last token, which alone has seen all others: of Qwen3-Embedding and its like. */
    LAST_TOKEN;

    /** Gathers the states of a text's tokens as they come. */
    public final class Sum {

        private final double[] sums;

        /** A sum of no states yet. */
        public Sum(int hiddenSize) {
            sums = new double[hiddenSize];
        }

        /** Begins anew. */
        public void clear() {
            Arrays.fill(sums, 0);
        }

        /** The states of the next tokens: (tokens, C). */
        public void add(float[][] states) {
            if (Pooling.this == LAST_TOKEN) clear();
            for (var state : Pooling.this == LAST_TOKEN ? new float[][] {states[states.length - 1]} : states) {
                for (int i = 0; i < sums.length; i++) sums[i] += state[i];
            }
        }

        /** The vector of the text, of length one: (C). The length of a mean does not matter, so that it need not be divided. */
        public float[] unit() {
            var square = 0.0;
            for (var value : sums) square += value * value;
            var length = Math.sqrt(square);
            var unit = new float[sums.length];
            for (int i = 0; i < unit.length && length > 0; i++) unit[i] = (float) (sums[i] / length);
            return unit;
        }
    }
}
