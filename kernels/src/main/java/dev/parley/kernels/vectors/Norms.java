package dev.parley.kernels.vectors;

/** Normalisation of a vector: so little work that plain loops do, which are quick from the first token on. */
public final class Norms {

    private Norms() {}

    /**
     * Root mean square norm, Zhang and Sennrich 2019 (arXiv:1910.07467): x / sqrt(mean(x²) + eps) · weight.
     *
     * @param x the vector, n numbers from {@code at} on
     * @param weight n numbers
     * @param into receives n numbers from {@code intoAt} on; may be {@code x} at the same place
     */
    public static void rms(float[] x, int at, int n, float[] weight, float epsilon, float[] into, int intoAt) {
        var scale = (float) (1 / Math.sqrt(sumOfSquares(x, at, n, 0) / n + epsilon));
        for (int i = 0; i < n; i++) into[intoAt + i] = x[at + i] * scale * weight[i];
    }

    /**
     * Layer normalisation, Ba et al. 2016 (arXiv:1607.06450): (x - mean) / sqrt(variance + eps) · weight + bias.
     *
     * @param x the vector, n numbers from {@code at} on
     * @param weight n numbers
     * @param bias n numbers
     * @param into receives n numbers from {@code intoAt} on; may be {@code x} at the same place
     */
    public static void layer(float[] x, int at, int n, float[] weight, float[] bias, float epsilon, float[] into, int intoAt) {
        var mean = sum(x, at, n) / n;
        var scale = (float) (1 / Math.sqrt(sumOfSquares(x, at, n, mean) / n + epsilon));
        for (int i = 0; i < n; i++) into[intoAt + i] = (x[at + i] - mean) * scale * weight[i] + bias[i];
    }

    /** Eight sums side by side, which the processor adds to at once. */
    private static float sum(float[] x, int at, int n) {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        int i = at, end = at + n;
        for (; i + 8 <= end; i += 8) {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
            s4 += x[i + 4];
            s5 += x[i + 5];
            s6 += x[i + 6];
            s7 += x[i + 7];
        }
        for (; i < end; i++) s0 += x[i];
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    private static float sumOfSquares(float[] x, int at, int n, float mean) {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        int i = at, end = at + n;
        for (; i + 8 <= end; i += 8) {
            s0 += square(x[i] - mean);
            s1 += square(x[i + 1] - mean);
            s2 += square(x[i + 2] - mean);
            s3 += square(x[i + 3] - mean);
            s4 += square(x[i + 4] - mean);
            s5 += square(x[i + 5] - mean);
            s6 += square(x[i + 6] - mean);
            s7 += square(x[i + 7] - mean);
        }
        for (; i < end; i++) s0 += square(x[i] - mean);
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    private static float square(float x) {
        return x * x;
    }
}
