package dev.parley.model;

import java.util.List;

/**
 * How a target changes with the embeddings of the tokens before it, in float32 over the weights of a model that runs.
 *
 * <pre>{@code
 * try (var gradients = model.inputGradients().orElseThrow()) {
 *     var x = gradients.embeddings(ids);                                                                      // (T, C)
 *     var slope = gradients.slopes(List.<float[][]>of(x), new Target.LogProbability(next)).getFirst().gradient(); // (T, C)
 * }
 * }</pre>
 *
 * The model must stay open.
 */
public interface InputGradients extends AutoCloseable {

    /**
     * What a row of embeddings leads to.
     *
     * @param value of the target
     * @param gradient of the target by the embeddings, (T, C)
     */
    record Slope(double value, float[][] gradient) {}

    /** Token embeddings as the network reads them, without positions, (T, C). */
    float[][] embeddings(int... ids);

    /**
     * The target after each of several rows, and its gradient, all in one pass.
     *
     * @param rows of embeddings, (B, T, C)
     */
    List<Slope> slopes(List<float[][]> rows, Target target);

    /** The values alone, as {@link #slopes}. */
    float[] values(List<float[][]> rows, Target target);

    @Override
    void close();
}
