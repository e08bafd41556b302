package dev.parley.kernels.matrix;

import static dev.parley.kernels.matrix.Oracle.KINDS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.kernels.Seed;
import dev.parley.kernels.vectors.VectorKernels;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products of every kind of matrix around each size at which a kernel changes its way: lanes, strips, tiles, panels, groups. */
class MatrixSizesTest {

    @RegisterExtension
    static final Seed SEED = new Seed();

    private static final int[] ROWS = {1, 2, 3, 4, 5, LANES - 1, LANES, LANES + 1, 2 * LANES - 1, 2 * LANES, 2 * LANES + 1, 4 * LANES + 3,
        8 * LANES};
    private static final int[] COLUMNS = {1, 2, 3, LANES - 1, LANES, LANES + 1, 31, 32, 33, 35, 36, 37, 63, 64, 65, 4 * LANES - 1,
        4 * LANES, 4 * LANES + 1,
        127, 128, 129, 255, 256, 257, 289, 513};
    private static final int MAX_BATCH = 40;

    static List<Oracle.Kind> kinds() {
        return KINDS;
    }

    @BeforeAll
    static void byVectors() {
        VectorKernels.markReady();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void productsAreRightAtEverySizeForSomeBatches(Oracle.Kind kind) {
        var random = SEED.random();
        for (var rows : ROWS) {
            for (var columns : COLUMNS) {
                try (var arena = Arena.ofConfined()) {
                    var matrix = kind.pack().apply(new Oracle.Rows(Seed.gaussians(random, rows * columns), rows, columns), arena);
                    for (var batch : new int[] {1, random.nextInt(2, 9), random.nextInt(9, 17), random.nextInt(17, MAX_BATCH + 1)}) {
                        var x = Seed.gaussians(random, batch * columns);
                        Oracle.check(kind, matrix, x, batch, Oracle.multiply(matrix, x, batch));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void productsAreRightForEveryBatchAtSomeSizes(Oracle.Kind kind) {
        var random = SEED.random();
        for (int batch = 1; batch <= MAX_BATCH; batch++) {
            for (int i = 0; i < 6; i++) {
                int rows = random.nextInt(1, 70), columns = random.nextInt(1, 400);
                try (var arena = Arena.ofConfined()) {
                    var matrix = kind.pack().apply(new Oracle.Rows(Seed.gaussians(random, rows * columns), rows, columns), arena);
                    var x = Seed.gaussians(random, batch * columns);
                    Oracle.check(kind, matrix, x, batch, Oracle.multiply(matrix, x, batch));
                }
            }
        }
    }

    /** A panel of transposed rows has 1,024 columns: rows that fill it, that end just before, and that begin a second and a third. */
    @ParameterizedTest
    @MethodSource("kinds")
    void productsAreRightWhereOnePanelEndsAndTheNextBegins(Oracle.Kind kind) {
        var random = SEED.random();
        for (var columns : new int[] {1023, 1024, 1025, 1024 + 4 * LANES, 2048, 2049}) {
            try (var arena = Arena.ofConfined()) {
                int rows = 2 * LANES + 5, batch = random.nextInt(17, 24);
                var matrix = kind.pack().apply(new Oracle.Rows(Seed.gaussians(random, rows * columns), rows, columns), arena);
                var x = Seed.gaussians(random, batch * columns);
                Oracle.check(kind, matrix, x, batch, Oracle.multiply(matrix, x, batch));
                Oracle.check(kind, matrix, x, 1, Oracle.multiply(matrix, x, 1));
            }
        }
    }

    /** One-hot vectors read single columns out, so that each weight of each row is seen alone and any exchange of two shows. */
    @ParameterizedTest
    @MethodSource("kinds")
    void anUnitVectorReadsOutAColumn(Oracle.Kind kind) {
        int rows = 3 * LANES + 1, columns = 100;
        try (var arena = Arena.ofConfined()) {
            var matrix = kind.pack().apply(new Oracle.Rows(Seed.gaussians(SEED.random(), rows * columns), rows, columns), arena);
            for (var batch : new int[] {1, 2, 8, 11, 20}) {
                for (int first = 0; first + batch <= columns; first += batch) {
                    var x = new float[batch * columns];
                    for (int b = 0; b < batch; b++) x[b * columns + first + b] = 1;
                    Oracle.check(kind, matrix, x, batch, Oracle.multiply(matrix, x, batch));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aPartGivesItsOwnRowsAndPartsAreTheWhole(Oracle.Kind kind) {
        var random = SEED.random();
        int rows = 1003, columns = 1000;
        try (var arena = Arena.ofConfined()) {
            var matrix = kind.pack().apply(new Oracle.Rows(Seed.gaussians(random, rows * columns), rows, columns), arena);
            assertEquals(0, matrix.firstRow(0));
            assertEquals(rows, matrix.firstRow(matrix.parts()));
            for (var batch : new int[] {1, 3, 7, 18}) {
                var x = Seed.gaussians(random, batch * columns);
                var whole = Oracle.multiply(matrix, x, batch);
                if (batch == 3) Oracle.check(kind, matrix, x, batch, whole);
                var input = Oracle.arranged(matrix, x, batch);
                for (int part : new int[] {0, matrix.parts() / 2, matrix.parts() - 1}) {
                    int first = matrix.firstRow(part), count = matrix.firstRow(part + 1) - first;
                    assertEquals(count, Math.min(count, matrix.mostRowsOfPart()));
                    var y = new float[batch * count]; // no room for other rows
                    matrix.multiply(part, input, batch, y, -first, count, Oracle.workspace(matrix, batch));
                    for (int b = 0; b < batch; b++) {
                        assertArrayEquals(Arrays.copyOfRange(whole, b * rows + first, b * rows + first + count),
                                Arrays.copyOfRange(y, b * count, (b + 1) * count));
                    }
                }
            }
        }
    }
}
