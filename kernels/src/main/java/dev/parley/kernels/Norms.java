package dev.parley.kernels;

import jdk.incubator.vector.FloatVector;

/** Normalisation of a vector. */
public final class Norms {

    private Norms() {}

    /** Root mean square norm, Zhang and Sennrich 2019 (arXiv:1910.07467): x / sqrt(mean(x²) + eps) · weight. */
    public static void rms(float[] x, int at, int n, float[] weight, float epsilon, float[] into, int intoAt) {
        var scale = (float) (1 / Math.sqrt(sumOfSquares(x, at, n, 0) / n + epsilon));
        var i = 0;
        for (; i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            FloatVector.fromArray(Lanes.FLOATS, x, at + i).mul(scale).mul(FloatVector.fromArray(Lanes.FLOATS, weight, i)).intoArray(into, intoAt + i);
        }
        for (; i < n; i++) into[intoAt + i] = x[at + i] * scale * weight[i];
    }

    /** Layer normalisation, Ba et al. 2016 (arXiv:1607.06450): (x - mean) / sqrt(variance + eps) · weight + bias. */
    public static void layer(float[] x, int at, int n, float[] weight, float[] bias, float epsilon, float[] into, int intoAt) {
        var mean = sum(x, at, n) / n;
        var scale = (float) (1 / Math.sqrt(sumOfSquares(x, at, n, mean) / n + epsilon));
        var i = 0;
        for (; i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            FloatVector.fromArray(Lanes.FLOATS, x, at + i).sub(mean).mul(scale)
                    .fma(FloatVector.fromArray(Lanes.FLOATS, weight, i), FloatVector.fromArray(Lanes.FLOATS, bias, i)).intoArray(into, intoAt + i);
        }
        for (; i < n; i++) into[intoAt + i] = (x[at + i] - mean) * scale * weight[i] + bias[i];
    }

    private static float sum(float[] x, int at, int n) {
        var sums = FloatVector.zero(Lanes.FLOATS);
        var i = 0;
        for (; i <= n - Lanes.COUNT; i += Lanes.COUNT) sums = sums.add(FloatVector.fromArray(Lanes.FLOATS, x, at + i));
        var sum = Lanes.sum(sums);
        for (; i < n; i++) sum += x[at + i];
        return sum;
    }

    private static float sumOfSquares(float[] x, int at, int n, float mean) {
        var sums = FloatVector.zero(Lanes.FLOATS);
        var i = 0;
        for (; i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            var v = FloatVector.fromArray(Lanes.FLOATS, x, at + i).sub(mean);
            sums = v.fma(v, sums);
        }
        var sum = Lanes.sum(sums);
        for (; i < n; i++) sum += (x[at + i] - mean) * (x[at + i] - mean);
        return sum;
    }
}
