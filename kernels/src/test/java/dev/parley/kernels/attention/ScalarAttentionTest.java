package dev.parley.kernels.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What computes before the vectors are compiled gives the same bits: a text does not depend on when it was begun. */
class ScalarAttentionTest {

    private final SplittableRandom random = new SplittableRandom(4);

    private float[] numbers(int n) {
        var numbers = new float[n];
        for (int i = 0; i < n; i++) numbers[i] = (float) random.nextGaussian();
        return numbers;
    }

    @ParameterizedTest
    @CsvSource({"true, 64, 0, -Infinity", "true, 12, 0, 0.5", "true, 7, 3, -Infinity", "false, 64, 0, 2", "false, 128, 0.5, -Infinity",
        "false, 12, 0, -Infinity", "false, 80, 0, -30"})
    void attentionHasTheSameBits(boolean wide, int dim, float cap, float sink) {
        try (var cache = new KvBlocks(1, 1, dim, wide, 200)) {
            cache.reserve(150);
            for (int t = 0; t < 150; t++) cache.put(0, 0, t, numbers(dim), 0, numbers(dim), 0);
            cache.advance(150);
            var q = numbers(dim);
            for (var window : new int[][] {{0, 1}, {0, 64}, {0, 150}, {63, 129}, {5, 40}}) {
                float[] plain = new float[dim], vectors = new float[dim];
                ScalarAttention.oneHead(cache, 0, 0, q, 0, new Attention.ScoreRule(0.3f, cap, sink), window[0], window[1], plain, 0,
                        new float[Attention.scratchSize(200, dim)]);
                Attention.oneHeadByVectors(cache, 0, 0, q, 0, new Attention.ScoreRule(0.3f, cap, sink), window[0], window[1], vectors, 0,
                        new float[Attention.scratchSize(200, dim)]);
                assertArrayEquals(vectors, plain);
            }
        }
    }
}
