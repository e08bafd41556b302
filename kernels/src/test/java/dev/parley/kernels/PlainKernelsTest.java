package dev.parley.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What computes before the vectors are compiled gives the same bits: a text does not depend on when it was begun. */
class PlainKernelsTest {

    private final SplittableRandom random = new SplittableRandom(4);

    private float[] numbers(int n) {
        var numbers = new float[n];
        for (int i = 0; i < n; i++) numbers[i] = (float) random.nextGaussian();
        return numbers;
    }

    @ParameterizedTest
    @CsvSource({"64, 64", "37, 100", "5, 1", "130, 257"})
    void productsHaveTheSameBits(int rows, int columns) {
        var team = new ThreadTeam(1);
        try (var arena = Arena.ofConfined()) {
            var halves = BFloat16Matrix.pack(new MatrixTest.Numbers(numbers(rows * columns), rows, columns), arena, team);
            var singles = Float32Matrix.pack(new MatrixTest.Numbers(numbers(rows * columns), rows, columns), arena, team);
            for (var batch : new int[] {1, 2, 3, 5, 16, 17, 20}) {
                float[] x = new float[halves.inputSize(batch)], plain = new float[batch * rows], vectors = new float[batch * rows];
                for (int b = 0; b < batch; b++) halves.arrange(numbers(columns), 0, x, b, batch);
                halves.multiplyPlainly(0, rows, x, batch, plain, 0, rows);
                halves.multiplyByVectors(0, rows, x, batch, vectors, 0, rows, new Scratch(halves.panelSize(), halves.rowsSize(), batch));
                assertArrayEquals(vectors, plain);
                x = new float[singles.inputSize(batch)];
                for (int b = 0; b < batch; b++) singles.arrange(numbers(columns), 0, x, b, batch);
                singles.multiplyPlainly(0, rows, x, batch, plain, 0, rows);
                singles.multiplyByVectors(0, rows, x, batch, vectors, 0, rows, new Scratch(singles.panelSize(), singles.rowsSize(), batch));
                assertArrayEquals(vectors, plain);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 64", "true, 12", "true, 7", "false, 64", "false, 128", "false, 12", "false, 80"})
    void attentionHasTheSameBits(boolean wide, int dim) {
        try (var cache = new KvBlocks(1, 1, dim, wide, 200)) {
            cache.reserve(150);
            for (int t = 0; t < 150; t++) cache.put(0, 0, t, numbers(dim), 0, numbers(dim), 0);
            cache.advance(150);
            var q = numbers(dim);
            for (var window : new int[][] {{0, 1}, {0, 64}, {0, 150}, {63, 129}, {5, 40}}) {
                float[] plain = new float[dim], vectors = new float[dim];
                PlainAttention.oneHead(cache, 0, 0, q, 0, 0.3f, window[0], window[1], plain, 0, new float[Attention.scratchSize(200, dim)]);
                Attention.oneHeadByVectors(cache, 0, 0, q, 0, 0.3f, window[0], window[1], vectors, 0, new float[Attention.scratchSize(200, dim)]);
                assertArrayEquals(vectors, plain);
            }
        }
    }

    @Test
    void activationsHaveTheSameBits() {
        var numbers = numbers(5_003);
        for (int i = 0; i < numbers.length; i++) numbers[i] *= i % 7 * 20;
        float[] plain = numbers.clone(), vectors = numbers.clone(), up = numbers(5_003);
        Activations.geluNew(plain, 0, plain.length, false);
        Activations.geluNew(vectors, 0, plain.length, true);
        assertArrayEquals(vectors, plain);
        Activations.siluTimes(plain, 0, up, 0, plain.length, false);
        Activations.siluTimes(vectors, 0, up, 0, plain.length, true);
        assertArrayEquals(vectors, plain);
    }
}
