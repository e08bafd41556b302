package dev.parley.kernels.matrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.parley.kernels.machine.ThreadTeam;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What computes before the vectors are compiled gives the same bits: a text does not depend on when it was begun. */
class ScalarRowsTest {

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
                halves.multiplyByScalars(0, rows, x, batch, plain, 0, rows);
                halves.multiplyByVectors(0, rows, x, batch, vectors, 0, rows,
                        new MatrixWorkspace(halves.panelSize(), halves.rowsSize(), batch));
                assertArrayEquals(vectors, plain);
                x = new float[singles.inputSize(batch)];
                for (int b = 0; b < batch; b++) singles.arrange(numbers(columns), 0, x, b, batch);
                singles.multiplyByScalars(0, rows, x, batch, plain, 0, rows);
                singles.multiplyByVectors(0, rows, x, batch, vectors, 0, rows,
                        new MatrixWorkspace(singles.panelSize(), singles.rowsSize(), batch));
                assertArrayEquals(vectors, plain);
            }
        }
    }
}
