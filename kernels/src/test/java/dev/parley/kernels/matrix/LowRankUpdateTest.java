package dev.parley.kernels.matrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.kernels.vectors.VectorKernels;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Updates of low rank against the same in double, for sizes that fit the vectors and sizes that do not. */
class LowRankUpdateTest {

    @BeforeAll
    static void byVectors() {
        VectorKernels.markReady();
    }

    @ParameterizedTest
    @CsvSource({"1, 64, 32", "8, 37, 61", "16, 96, 100", "17, 5, 33", "64, 130, 257"})
    void addsTheScaledProductOfBothMatrices(int rank, int columns, int rows) {
        var random = new SplittableRandom(rank * 1000L + columns);
        float[] a = numbers(rank * columns, random), b = numbers(rows * rank, random), x = numbers(columns + 3, random);
        var y = numbers(rows + 2, random);
        var expected = new double[rows];
        for (int row = 0; row < rows; row++) {
            expected[row] = y[row + 2];
            for (int r = 0; r < rank; r++) {
                var low = 0.0;
                for (int c = 0; c < columns; c++) low += (double) a[r * columns + c] * x[c + 3];
                expected[row] += 0.5 * b[row * rank + r] * low;
            }
        }
        var update = LowRankUpdate.of(a, b, rank, 0.5, Arena.ofAuto());
        var low = new float[update.lowSize() + 1];
        update.shrink(x, 3, low, 1);
        update.expand(low, 1, 0, rows, y, 2);
        for (int row = 0; row < rows; row++) assertEquals(expected[row], y[row + 2], 1e-5 * columns, "row " + row);
    }

    /** Which threads take which rows, and whether vectors are compiled yet, must change no bit. */
    @ParameterizedTest
    @CsvSource({"8, 37, 61", "16, 96, 100", "64, 131, 257"})
    void partsAndPlainLoopsGiveTheSameBits(int rank, int columns, int rows) {
        var random = new SplittableRandom(rank);
        float[] a = numbers(rank * columns, random), b = numbers(rows * rank, random), x = numbers(columns, random);
        var update = LowRankUpdate.of(a, b, rank, 1.5, Arena.ofAuto());
        float[] byVectors = new float[update.lowSize()], byScalars = new float[update.lowSize()];
        update.shrinkByVectors(x, 0, byVectors, 0);
        update.shrinkByScalars(x, 0, byScalars, 0);
        assertArrayEquals(byVectors, byScalars);
        float[] whole = new float[rows], inParts = new float[rows];
        update.expand(byVectors, 0, 0, rows, whole, 0);
        for (int from = 0; from < rows; from += 7) update.expand(byVectors, 0, from, Math.min(rows, from + 7), inParts, 0);
        assertArrayEquals(whole, inParts);
    }

    private static float[] numbers(int n, SplittableRandom random) {
        var numbers = new float[n];
        for (int i = 0; i < n; i++) numbers[i] = (float) random.nextDouble(-1, 1);
        return numbers;
    }
}
