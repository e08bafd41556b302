package dev.parley.explain;

import dev.parley.model.Blueprint.AttentionSpec;
import dev.parley.model.Blueprint.LinearSpec;
import dev.parley.model.Blueprint.MlpSpec;
import dev.parley.model.Blueprint.NormSpec;
import dev.parley.model.CausalLM;
import dev.parley.model.WeightSpec;

/** GPT-2 written out in loops over doubles: what the room is compared with. */
final class PlainGpt2 {

    private final CausalLM model;
    private final int c;
    double[][][][] attention; // (L, H, T, S) of the last pass
    double[][][] residuals; // (L + 1, T, C): the embeddings, and the stream after each layer

    PlainGpt2(CausalLM model) {
        this.model = model;
        c = model.config().hiddenSize();
    }

    /** Token embeddings without positions, (T, C). */
    double[][] embeddings(int... ids) {
        var x = new double[ids.length][];
        for (int t = 0; t < x.length; t++) x[t] = row(model.config().blueprint().embedding().tokens(), ids[t]);
        return x;
    }

    /** Scores after every token, (T, V). */
    double[][] scores(double[][] embeddings) {
        var blueprint = model.config().blueprint();
        int tokens = embeddings.length, layers = blueprint.layers().size();
        var x = new double[tokens][];
        for (int t = 0; t < tokens; t++) x[t] = sum(embeddings[t], row(blueprint.embedding().positions().orElseThrow(), t));
        attention = new double[layers][][][];
        residuals = new double[layers + 1][][];
        residuals[0] = x;
        for (int l = 0; l < layers; l++) {
            var layer = blueprint.layers().get(l);
            var spec = (AttentionSpec) layer.mixer();
            int heads = spec.heads(), d = spec.headDim();
            var qkv = new double[tokens][];
            for (int t = 0; t < tokens; t++)
                qkv[t] = product(norm(x[t], layer.mixerNorms().before().orElseThrow()), spec.qkv().getFirst());
            attention[l] = new double[heads][tokens][];
            var mixed = new double[tokens][c];
            for (int h = 0; h < heads; h++) {
                for (int t = 0; t < tokens; t++) {
                    var scores = new double[t + 1];
                    for (int s = 0; s <= t; s++) {
                        for (int i = 0; i < d; i++) scores[s] += qkv[t][h * d + i] * qkv[s][c + h * d + i] / Math.sqrt(d);
                    }
                    attention[l][h][t] = softmax(scores);
                    for (int s = 0; s <= t; s++) {
                        for (int i = 0; i < d; i++) mixed[t][h * d + i] += attention[l][h][t][s] * qkv[s][2 * c + h * d + i];
                    }
                }
            }
            var mlp = (MlpSpec) layer.mlp();
            var next = new double[tokens][];
            for (int t = 0; t < tokens; t++) {
                var y = sum(x[t], product(mixed[t], spec.output()));
                var inner = product(norm(y, layer.mlpNorms().before().orElseThrow()), mlp.up().getFirst());
                for (int i = 0; i < inner.length; i++) inner[i] = gelu(inner[i]);
                next[t] = sum(y, product(inner, mlp.down()));
            }
            x = next;
            residuals[l + 1] = x;
        }
        var scores = new double[tokens][];
        for (int t = 0; t < tokens; t++) scores[t] = scoresOf(x[t]);
        return scores;
    }

    /** What the head makes of a residual stream. */
    double[] scoresOf(double[] residual) {
        var head = model.config().blueprint().head();
        var normed = norm(residual, head.norm());
        var scores = new double[model.config().vocabSize()];
        for (int v = 0; v < scores.length; v++) {
            var row = row(head.weight(), v);
            for (int i = 0; i < c; i++) scores[v] += normed[i] * row[i];
        }
        return scores;
    }

    static double logprob(double[] scores, int token) {
        return Math.log(softmax(scores)[token]);
    }

    private static double[] softmax(double[] scores) {
        double highest = Double.NEGATIVE_INFINITY, sum = 0;
        for (var score : scores) highest = Math.max(highest, score);
        var p = new double[scores.length];
        for (int i = 0; i < p.length; i++) sum += p[i] = Math.exp(scores[i] - highest);
        for (int i = 0; i < p.length; i++) p[i] /= sum;
        return p;
    }

    private static double gelu(double x) {
        return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    private double[] norm(double[] x, NormSpec spec) {
        double mean = 0, variance = 0;
        for (var value : x) mean += value / c;
        for (var value : x) variance += (value - mean) * (value - mean) / c;
        float[] scale = model.weights().vector(spec.scale()), shift = model.weights().vector(spec.shift().orElseThrow());
        var y = new double[c];
        for (int i = 0; i < c; i++) y[i] = (x[i] - mean) / Math.sqrt(variance + spec.epsilon()) * scale[i] + shift[i];
        return y;
    }

    private double[] product(double[] x, LinearSpec spec) {
        var bias = model.weights().vector(spec.bias().orElseThrow());
        var y = new double[spec.out()];
        for (int o = 0; o < y.length; o++) {
            var row = row(spec.weight(), o);
            y[o] = bias[o];
            for (int i = 0; i < x.length; i++) y[o] += x[i] * row[i];
        }
        return y;
    }

    private double[] row(WeightSpec spec, int row) {
        var matrix = model.weights().matrix(spec);
        var floats = new float[matrix.columns()];
        matrix.row(row, floats, 0);
        var doubles = new double[floats.length];
        for (int i = 0; i < doubles.length; i++) doubles[i] = floats[i];
        return doubles;
    }

    private static double[] sum(double[] a, double[] b) {
        var sum = new double[a.length];
        for (int i = 0; i < sum.length; i++) sum[i] = a[i] + b[i];
        return sum;
    }
}
