package dev.parley.kernels.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.kernels.vectors.Activations;
import dev.parley.kernels.vectors.Norms;
import dev.parley.kernels.vectors.Rotary;
import dev.parley.kernels.vectors.VectorKernels;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a query sees, and the small functions around it, against the same in double. */
class AttentionTest {

    @BeforeAll
    static void byVectors() {
        VectorKernels.markReady();
    }

    private final SplittableRandom random = new SplittableRandom(9);

    private float[] numbers(int n) {
        var numbers = new float[n];
        for (int i = 0; i < n; i++) numbers[i] = (float) random.nextGaussian();
        return numbers;
    }

    /** @param tolerance 8 bits of a key or a value, where the cache keeps bfloat16 */
    @ParameterizedTest
    @CsvSource({"true, 64, 1e-5", "true, 12, 1e-5", "true, 7, 1e-5", "false, 64, 0.03", "false, 128, 0.03", "false, 12, 0.03",
        "false, 80, 0.03"})
    void aQuerySeesTheKeysOfItsWindow(boolean wide, int dim, double tolerance) {
        try (var cache = new KvBlocks(2, 3, dim, wide, 300)) {
            cache.reserve(200);
            var keys = numbers(200 * dim);
            var values = numbers(200 * dim);
            for (int t = 0; t < 200; t++) {
                for (int h = 0; h < 3; h++) cache.put(1, h, t, h == 2 ? keys : numbers(dim), h == 2 ? t * dim : 0,
                        h == 2 ? values : numbers(dim), h == 2 ? t * dim : 0);
            }
            cache.advance(200);
            var q = numbers(dim);
            for (var window : new int[][] {{0, 1}, {0, 64}, {0, 200}, {130, 131}, {63, 129}, {64, 128}, {199, 200}, {5, 199}}) {
                var out = new float[dim];
                Attention.oneHead(cache, 1, 2, q, 0, 0.3f, window[0], window[1], out, 0, new float[Attention.scratchSize(300, dim)]);
                var wanted = attend(q, keys, values, dim, 0.3, window[0], window[1]);
                for (int d = 0; d < dim; d++) assertEquals(wanted[d], out[d], tolerance);
            }
            var sunk = new float[dim];
            var rule = new Attention.ScoreRule(0.3f, 0).withSink(2.5f);
            Attention.oneHead(cache, 1, 2, q, 0, rule, 5, 199, sunk, 0, new float[Attention.scratchSize(300, dim)]);
            var wanted = attend(q, keys, values, dim, 0.3, 5, 199, Math.exp(2.5));
            for (int d = 0; d < dim; d++) assertEquals(wanted[d], sunk[d], tolerance);
            try (var copy = cache.copy()) {
                float[] out = new float[dim], again = new float[dim];
                Attention.oneHead(cache, 1, 2, q, 0, 0.3f, 0, 200, out, 0, new float[Attention.scratchSize(300, dim)]);
                cache.truncate(3);
                assertEquals(3, cache.length());
                Attention.oneHead(copy, 1, 2, q, 0, 0.3f, 0, 200, again, 0, new float[Attention.scratchSize(300, dim)]);
                assertArrayEquals(out, again);
            }
        }
    }

    private static double[] attend(float[] q, float[] keys, float[] values, int dim, double scale, int from, int to) {
        return attend(q, keys, values, dim, scale, from, to, 0);
    }

    /** @param sink its part of the softmax's sum */
    private static double[] attend(float[] q, float[] keys, float[] values, int dim, double scale, int from, int to, double sink) {
        var out = new double[dim];
        var sum = sink;
        for (int t = from; t < to; t++) {
            var score = 0.0;
            for (int d = 0; d < dim; d++) score += (double) q[d] * keys[t * dim + d];
            var weight = Math.exp(score * scale);
            sum += weight;
            for (int d = 0; d < dim; d++) out[d] += weight * values[t * dim + d];
        }
        for (int d = 0; d < dim; d++) out[d] /= sum;
        return out;
    }

    @Test
    void normsAndActivationsAreTheirFormulas() {
        for (var n : new int[] {1, 15, 16, 40, 768}) {
            float[] x = numbers(n), weight = numbers(n), bias = numbers(n), out = new float[n];
            double mean = 0, squares = 0, variance = 0;
            for (var v : x) {
                mean += v / (double) n;
                squares += (double) v * v / n;
            }
            for (var v : x) variance += (v - mean) * (v - mean) / n;
            Norms.rms(x, 0, n, weight, 1e-5f, out, 0);
            for (int i = 0; i < n; i++) assertEquals(x[i] / Math.sqrt(squares + 1e-5) * weight[i], out[i], 1e-5);
            Norms.layer(x, 0, n, weight, bias, 1e-5f, out, 0);
            for (int i = 0; i < n; i++) assertEquals((x[i] - mean) / Math.sqrt(variance + 1e-5) * weight[i] + bias[i], out[i], 2e-5);
            var gelu = x.clone();
            Activations.geluNew(gelu, 0, n);
            var gated = x.clone();
            Activations.siluTimes(gated, 0, weight, 0, n);
            for (int i = 0; i < n; i++) {
                double v = x[i];
                assertEquals(0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v))), gelu[i], 1e-6);
                assertEquals(v / (1 + Math.exp(-v)) * weight[i], gated[i], 1e-6);
            }
        }
    }

    @Test
    void activationsOfFarNumbersStayNumbers() {
        var x = new float[] {-1e30f, -200, -90, -1e-30f, 0, 1e-30f, 90, 200, 1e15f, -1e15f, -50, 50, 3, -3, 1, -1};
        Activations.geluNew(x, 0, x.length);
        assertEquals(0, x[1], 1e-30);
        assertEquals(200, x[7]);
        assertEquals(1e15f, x[8]);
        for (var v : x) assertEquals(v, v);
    }

    @Test
    void aTurnTakesPairsHalfAHeadApart() {
        var x = new float[] {9, 1, 2, 3, 4, 9};
        Rotary.rotate(x, 1, 4, new float[] {0, 1}, new float[] {1, 0}, 0);
        assertArrayEquals(new float[] {9, -3, 2, 1, 4, 9}, x);
    }
}
