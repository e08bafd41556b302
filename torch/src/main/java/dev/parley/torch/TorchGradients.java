package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.InputGradients;
import dev.parley.model.ModelConfig;
import dev.parley.model.Target;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@link InputGradients} by autograd, through the network that also learns. */
final class TorchGradients implements InputGradients {

    private final ModelConfig config;
    private final Parameters parameters;
    private final Transformer transformer;

    /** @param parameters which it owns */
    TorchGradients(ModelConfig config, Parameters parameters) {
        this.config = config;
        this.parameters = parameters;
        transformer = new Transformer(parameters, config);
    }

    @Override
    public float[][] embeddings(int... ids) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            return Transformer.rows(transformer.embeddings(new int[][] {ids}));
        }
    }

    @Override
    public List<Slope> slopes(List<float[][]> rows, Target target) {
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

    @Override
    public float[] values(List<float[][]> rows, Target target) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            return values(Tensor.ofFloats(flat(rows), rows.size(), rows.getFirst().length, config.hiddenSize()), target).toFloats();
        }
    }

    private Tensor values(Tensor x, Target target) {
        var last = transformer.hiddenOfEmbeddings(x, DType.FLOAT32).select(1, x.size(1) - 1); // (B, C)
        var scores = transformer.scores(last, DType.FLOAT32); // (B, V)
        return switch (target) { // (B)
            case Target.LogProbability(var token) -> scores.logSoftmax(-1).select(1, token);
            case Target.LogitDifference(var token, var other) -> scores.select(1, token).sub(scores.select(1, other));
        };
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

    @Override
    public void close() {
        parameters.close();
    }
}
