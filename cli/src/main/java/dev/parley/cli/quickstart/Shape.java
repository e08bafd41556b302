package dev.parley.cli.quickstart;

import java.util.Locale;

/**
 * The network, and the tokens of a step of its training. Positions by rotation, norms by root mean square, also of
 * queries and keys, and gated perceptrons, as Qwen3 has them, learn more from a token than GPT-2's parts; docs/decisions.md has the
 * figures.
 *
 * @param layers of the Transformer
 * @param width of its vectors
 * @param heads that attend
 * @param intermediate width of the perceptrons
 * @param rows of {@link Plan#CONTEXT} tokens in a step
 */
record Shape(int layers, int width, int heads, int intermediate, int rows) {

    /** For two cores and five minutes. */
    static final Shape SMALL = new Shape(3, 256, 4, 512, 4);

    private static final Shape MEDIUM = new Shape(4, 256, 4, 704, 4); // 3.4 million parameters
    private static final Shape LARGE = new Shape(6, 384, 6, 1024, 8); // 11 million

    private static final double MEDIUM_FROM = 8e6;
    private static final double LARGE_FROM = 80e6;

    /**
     * The one for a budget. Parameters grow as its root: Hoffmann et al. 2022 (arXiv:2203.15556).
     *
     * @param tokens that the small one could read
     */
    static Shape of(double tokens) {
        return tokens < MEDIUM_FROM ? SMALL : tokens < LARGE_FROM ? MEDIUM : LARGE;
    }

    /** As a recipe names it. */
    String recipe() {
        return String.format(Locale.ROOT, "{num_hidden_layers: %d, hidden_size: %d, num_attention_heads: %d, intermediate_size: %d}",
                layers, width, heads, intermediate);
    }

    int headSize() {
        return width / heads;
    }

    int tokensPerStep() {
        return rows * Plan.CONTEXT;
    }
}
