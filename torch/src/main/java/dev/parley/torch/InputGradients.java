package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * How the scores after a text change with the embeddings of its tokens, by libtorch's gradients, in float32 over the weights of a model
 * that runs.
 *
 * <pre>{@code
 * var gradients = InputGradients.of(model);
 * var x = gradients.embeddings(ids);                                          // (T, C)
 * var slope = gradients.of(List.<float[][]>of(x), scores -> scores.logSoftmax(-1).select(1, next)).getFirst().gradient(); // (T, C)
 * }</pre>
 *
 * The model must stay open.
 */
public final class InputGradients implements AutoCloseable {

    private final ModelConfig config;
    private final Parameters parameters;
    private final Transformer transformer;

    private InputGradients(ModelConfig config, Parameters parameters) {
        this.config = config;
        this.parameters = parameters;
        transformer = new Transformer(parameters, config);
    }

    /** Gradients in a model whatever runs it; its weights are not copied, but for widening. */
    public static InputGradients of(CausalLM model) {
        var config = model.config();
        return new InputGradients(config, Parameters.over(config.blueprint().weights(), model.weights()));
    }

    /**
     * What a row of embeddings leads to.
     *
     * @param value of the target
     * @param gradient of the target by the embeddings, (T, C)
     */
    public record Slope(double value, float[][] gradient) {}

    /** Token embeddings as the network reads them, without positions, (T, C). */
    public float[][] embeddings(int... ids) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            return Transformer.rows(transformer.embeddings(new int[][] {ids}));
        }
    }

    /**
     * Values and gradients of a target after each of several rows, all in one pass.
     *
     * @param rows of embeddings, (B, T, C)
     * @param target from the scores after the last tokens, (B, V) float32, to a number for each row, (B)
     */
    public List<Slope> of(List<float[][]> rows, UnaryOperator<Tensor> target) {
        int b = rows.size(), t = rows.getFirst().length, c = config.hiddenSize();
        try (var scope = Scope.open()) {
            var x = Tensor.ofFloats(flat(rows), b, t, c).requiresGrad(true);
            var values = values(x, target);
            values.sum().backward(); // no row depends on another: the sum's gradient is that of each
            float[] each = values.toFloats(), gradient = x.grad().toFloats();
            var slopes = new ArrayList<Slope>();
            for (int i = 0; i < b; i++) slopes.add(new Slope(each[i], row(gradient, i, t, c)));
            return slopes;
        }
    }

    /** The values alone, as {@link #of}. */
    public float[] values(List<float[][]> rows, UnaryOperator<Tensor> target) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            return values(Tensor.ofFloats(flat(rows), rows.size(), rows.getFirst().length, config.hiddenSize()), target).toFloats();
        }
    }

    private Tensor values(Tensor x, UnaryOperator<Tensor> target) {
        var last = transformer.hiddenOfEmbeddings(x, DType.FLOAT32).select(1, x.size(1) - 1); // (B, C)
        return target.apply(transformer.scores(last, DType.FLOAT32)); // (B)
    }

    private float[] flat(List<float[][]> rows) {
        int t = rows.getFirst().length, c = config.hiddenSize();
        var flat = new float[rows.size() * t * c];
        for (int i = 0; i < rows.size() * t; i++) System.arraycopy(rows.get(i / t)[i % t], 0, flat, i * c, c);
        return flat;
    }

    private static float[][] row(float[] flat, int row, int t, int c) {
        var one = new float[t][];
        for (int i = 0; i < t; i++) one[i] = Arrays.copyOfRange(flat, (row * t + i) * c, (row * t + i + 1) * c);
        return one;
    }

    /** Frees what was made over the weights. */
    @Override
    public void close() {
        parameters.close();
    }
}
