package dev.parley.kernels.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.VectorKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreeAttentionTest {

    /** By loops over float64, from the definition; 20 numbers fill no whole vectors. */
    @ParameterizedTest
    @CsvSource({"64, 4, 4, 0, false", "64, 4, 2, 0, true", "20, 4, 1, 3, true", "48, 2, 2, 5, true"})
    void aTokenSeesItselfAndThoseAboveIt(int dim, int heads, int keyValueHeads, int window, boolean byVectors) {
        compare(dim, heads, keyValueHeads, window, byVectors, new float[0]);
        compare(dim, heads, keyValueHeads, window, byVectors, new float[] {1.5f, -4, 0, 30});
    }

    private static void compare(int dim, int heads, int keyValueHeads, int window, boolean byVectors, float[] sinks) {
        if (byVectors) VectorKernels.markReady();
        var random = new SplittableRandom(3);
        var n = 50;
        var parents = IntStream.range(0, n).map(t -> random.nextInt(-1, Math.max(1, t)) < 0 && t > 0 ? random.nextInt(t) : t - 1).toArray();
        parents[20] = -1;
        int width = heads * dim, kvWidth = keyValueHeads * dim, stride = width + 2 * kvWidth; // q, k and v of a token side by side
        try (var arena = Arena.ofShared()) {
            var memory = arena.allocate(4L * n * stride, 64);
            var out = arena.allocate(4L * n * width, 64);
            for (int i = 0; i < n * stride; i++) memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-2, 2));
            new TreeAttention(parents, window).run(
                    new TreeAttention.Heads(heads, keyValueHeads, dim, new Attention.ScoreRule(0.3f, 0), sinks),
                    new TreeAttention.Vectors(memory, stride),
                    new TreeAttention.Vectors(memory.asSlice(4L * width), stride),
                    new TreeAttention.Vectors(memory.asSlice(4L * (width + kvWidth)), stride), out, ThreadTeam.shared());
            for (int t = 0; t < n; t++) {
                for (int h = 0; h < heads; h++) {
                    var sums = new double[dim];
                    var all = sinks.length == 0 ? 0 : Math.exp(sinks[h]);
                    for (int seen = t, count = 0; seen >= 0 && (window == 0 || count < window); seen = parents[seen], count++) {
                        var kv = h / (heads / keyValueHeads) * dim;
                        var product = 0.0;
                        for (int d = 0; d < dim; d++)
                            product += (double) memory.getAtIndex(ValueLayout.JAVA_FLOAT, t * stride + h * dim + d)
                                    * memory.getAtIndex(ValueLayout.JAVA_FLOAT, seen * stride + width + kv + d);
                        var weight = Math.exp(0.3 * product);
                        all += weight;
                        for (int d = 0; d < dim; d++)
                            sums[d] += weight * memory.getAtIndex(ValueLayout.JAVA_FLOAT, seen * stride + width + kvWidth + kv + d);
                    }
                    for (int d = 0; d < dim; d++) // float32 and its sums of some sixty products, in the exponent
                        assertEquals(sums[d] / all, out.getAtIndex(ValueLayout.JAVA_FLOAT, t * width + h * dim + d), 1e-4);
                }
            }
        }
    }
}
