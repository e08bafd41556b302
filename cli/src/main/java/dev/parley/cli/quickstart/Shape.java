package dev.parley.cli.quickstart;

import dev.parley.model.ModelConfig;

/**
 * The network, and the tokens of a step of its training. Positions by rotation, norms by root mean square, also of
 * queries and keys, and gated perceptrons, as Qwen3 has them, learn more from a token than GPT-2's parts; docs/decisions.md has the figures.
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

    ModelConfig config(int vocabSize) {
        return ModelConfig.qwen3(vocabSize, Plan.CONTEXT, width, layers, heads, heads, intermediate);
    }

    int headSize() {
        return width / heads;
    }

    int tokensPerStep() {
        return rows * Plan.CONTEXT;
    }
}
