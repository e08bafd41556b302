package dev.parley.generate.embedding;

import java.util.Arrays;

/** How the vectors of a text's tokens become the vector of the text: those of sentence-transformers. */
public enum Pooling {

    /** That of the first token. */
    CLS_TOKEN("cls", "pooling_mode_cls_token"),
    /** The largest number of each dimension. */
    MAX_TOKENS("max", "pooling_mode_max_tokens"),
    /** The mean of all tokens: also of a model that was not trained for vectors. */
    MEAN("mean", "pooling_mode_mean_tokens"),
    /** The sum of all tokens, divided by the square root of their number. */
    MEAN_SQRT_LEN("mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"),
    /** The mean in which a token counts as often as its position says, from 1; Muennighoff 2022 (arXiv:2202.08904). */
    WEIGHTED_MEAN("weightedmean", "pooling_mode_weightedmean_tokens"),
    /** That of the last token, which alone has seen all others: of Qwen3-Embedding and its like. */
    LAST_TOKEN("lasttoken", "pooling_mode_lasttoken");

    private final String mode;
    private final String flag;

    Pooling(String mode, String flag) {
        this.mode = mode;
        this.flag = flag;
    }

    /** Its name where sentence-transformers' files name one. */
    public String mode() {
        return mode;
    }

    /** Its name where a file says yes or no of each. */
    String flag() {
        return flag;
    }

    /** Gathers the states of a text's tokens as they come. */
    public final class Sum {

        private final double[] sums;
        private long tokens;

        /** A sum of no states yet. */
        public Sum(int hiddenSize) {
            sums = new double[hiddenSize];
        }

        /** Begins anew. */
        public void clear() {
            Arrays.fill(sums, 0);
            tokens = 0;
        }

        /** The states of the next tokens: (tokens, C). */
        public void add(float[][] states) {
            for (var state : states) {
                tokens++;
                for (int i = 0; i < sums.length; i++) {
                    sums[i] = switch (Pooling.this) {
                        case CLS_TOKEN -> tokens == 1 ? state[i] : sums[i];
                        case MAX_TOKENS -> tokens == 1 ? state[i] : Math.max(sums[i], state[i]);
                        case MEAN, MEAN_SQRT_LEN -> sums[i] + state[i];
                        case WEIGHTED_MEAN -> sums[i] + tokens * (double) state[i];
                        case LAST_TOKEN -> state[i];
                    };
                }
            }
        }

        /** Writes the vector of the text: (C). */
        public void write(float[] into, int at) {
            var by = switch (Pooling.this) {
                case MEAN -> tokens;
                case MEAN_SQRT_LEN -> Math.sqrt(tokens);
                case WEIGHTED_MEAN -> tokens * (tokens + 1) / 2.0;
                case CLS_TOKEN, MAX_TOKENS, LAST_TOKEN -> 1;
            };
            for (int i = 0; i < sums.length; i++) into[at + i] = (float) (sums[i] / by);
        }

    }
}
