package dev.parley.cli.quickstart;

import dev.parley.model.ModelConfig;

/**
 * The network, and the tokens of a step of its training. A larger one learns more from a token and reads fewer of them in the
 * same time; docs/decisions.md has the figures.
 *
 * @param layers of the Transformer
 * @param width of its vectors
 * @param heads that attend
 * @param rows of {@link Plan#CONTEXT} tokens in a step
 */
record Shape(int layers, int width, int heads, int rows) {

    /** For two cores and five minutes. */
    static final Shape SMALL = new Shape(3, 256, 4, 4);

    ModelConfig config(int vocabSize) {
        return ModelConfig.gpt2(vocabSize, Plan.CONTEXT, width, layers, heads);
    }

    int tokensPerStep() {
        return rows * Plan.CONTEXT;
    }
}
