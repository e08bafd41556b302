package dev.parley.kernels.matrix;

import static dev.parley.kernels.matrix.Oracle.TEAM;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.Seed;
import dev.parley.kernels.machine.ThreadTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a matrix keeps of the numbers it is given, against the rule of each type. */
class PackingTest {

    @RegisterExtension
    static final Seed SEED = new Seed();

    private static float[] row(Matrix matrix, int r) {
        var row = new float[matrix.columns() + 2];
        row[0] = row[row.length - 1] = 77;
        matrix.row(r, row, 1);
        assertEquals(77, row[0]);
        assertEquals(77, row[row.length - 1], "more than a row was written");
        return java.util.Arrays.copyOfRange(row, 1, row.length - 1);
    }

    private static float largest(float[] w, int from, int to) {
        var largest = 0f;
        for (int i = from; i < to; i++) largest = Math.max(largest, Math.abs(w[i]));
        return largest;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "5, 31", "37, 75", "70, 129"})
    void float32IsKeptAndBFloat16IsTheNearest(int rows, int columns) {
        var w = Seed.gaussians(SEED.random(), rows * columns);
        try (var arena = Arena.ofConfined()) {
            var source = new Oracle.Rows(w, rows, columns);
            Matrix singles = Float32Matrix.pack(source, arena, TEAM), halves = BFloat16Matrix.pack(source, arena, TEAM);
            for (int r = 0; r < rows; r++) {
                float[] exact = row(singles, r), rounded = row(halves, r);
                for (int c = 0; c < columns; c++) {
                    var number = w[r * columns + c];
                    assertEquals(number, exact[c]);
                    assertEquals(0, Float.floatToRawIntBits(rounded[c]) & 0xffff, "no bfloat16");
                    assertEquals(number, rounded[c], Math.abs(number) / 256, "half a step of 8 significant bits");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 4", "17, 75, 76", "17, 75, 36", "50, 64, 32", "33, 257, 128"})
    void int8TakesTheLargestOfItsGroupFor127AndRoundsTheOthers(int rows, int columns, int group) {
        var w = Seed.gaussians(SEED.random(), rows * columns);
        try (var arena = Arena.ofConfined()) {
            var matrix = Int8Matrix.pack(new Oracle.Rows(w, rows, columns), group, arena, TEAM);
            for (int r = 0; r < rows; r++) {
                var row = row(matrix, r);
                for (int from = 0; from < columns; from += group) {
                    int to = Math.min(columns, from + group), at = r * columns;
                    var scale = largest(w, at + from, at + to) / 127.0;
                    for (int c = from; c < to; c++) {
                        // The scale and the product with it are float32: some units of 2^-24 of a number of 127 steps.
                        assertEquals(w[at + c], row[c], scale * (0.5 + 127 * 0x1p-22), "row " + r + ", column " + c);
                        assertEquals(Math.rint(row[c] / scale), row[c] / scale, 127 * 0x1p-22, "a whole number of steps");
                    }
                }
            }
        }
    }

    @Test
    void int8KeepsWholeNumbersWithAPowerOfTwoForScale() {
        int rows = LANES + 3, columns = 255;
        var w = new float[rows * columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) w[r * columns + c] = (c - 127) * (float) Math.pow(2, r % 7 - 3);
        }
        try (var arena = Arena.ofConfined()) {
            var matrix = Int8Matrix.pack(new Oracle.Rows(w, rows, columns), arena, TEAM);
            for (int r = 0; r < rows; r++)
                assertArrayEquals(java.util.Arrays.copyOfRange(w, r * columns, (r + 1) * columns), row(matrix, r));
        }
    }

    /** The error in squares of the best of the scales that it may choose from, in double. */
    private static double leastError(float[] w, int from, int to) {
        var largest = 0f;
        for (int i = from; i < to; i++) if (Math.abs(w[i]) > Math.abs(largest)) largest = w[i];
        var least = Double.MAX_VALUE;
        for (var becomes : new double[] {-8, -7.4, -8.6, 7}) {
            var scale = nearestBFloat16(largest / becomes);
            var error = 0.0;
            for (int i = from; i < to; i++) {
                var difference = w[i] - Math.clamp(Math.round(w[i] / scale), -8, 7) * scale;
                error += difference * difference;
            }
            least = Math.min(least, error);
        }
        return least;
    }

    private static double nearestBFloat16(double x) {
        var step = Math.ulp((float) x) * 65536.0;
        return Math.rint(x / step) * step;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "17, 75", "50, 64", "33, 257", "3, 31", "3, 33"})
    void int4HasSixteenStepsAndTheScaleOfTheLeastError(int rows, int columns) {
        var w = Seed.gaussians(SEED.random(), rows * columns);
        try (var arena = Arena.ofConfined()) {
            var matrix = Int4Matrix.pack(new Oracle.Rows(w, rows, columns), arena, TEAM);
            for (int r = 0; r < rows; r++) {
                var row = row(matrix, r);
                for (int from = 0; from < columns; from += Int4Matrix.GROUP) {
                    int to = Math.min(columns, from + Int4Matrix.GROUP), at = r * columns;
                    var error = 0.0;
                    for (int c = from; c < to; c++) error += (row[c] - (double) w[at + c]) * (row[c] - (double) w[at + c]);
                    var least = leastError(w, at + from, at + to);
                    // It compares errors that are sums in float32 of some thirty terms.
                    assertEquals(least, error, 1e-4 * least + 1e-9 * largest(w, at + from, at + to), "row " + r + ", group at " + from);
                    assertTrue(java.util.stream.IntStream.range(from, to).mapToObj(c -> row[c]).distinct().count() <= 16);
                }
            }
        }
    }

    @Test
    void int4KeepsWhatItCanRepresent() {
        int rows = LANES + 1, columns = 3 * Int4Matrix.GROUP;
        var w = new float[rows * columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++)
                w[r * columns + c] = ((c * 5 + r) % 16 - 8) * (float) Math.pow(2, c / Int4Matrix.GROUP - r % 5);
        }
        try (var arena = Arena.ofConfined()) {
            var matrix = Int4Matrix.pack(new Oracle.Rows(w, rows, columns), arena, TEAM);
            for (int r = 0; r < rows; r++)
                assertArrayEquals(java.util.Arrays.copyOfRange(w, r * columns, (r + 1) * columns), row(matrix, r));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void weightsThatAreNotFiniteAreNotQuantised(float bad) {
        var w = new float[20 * 70];
        w[13 * 70 + 69] = bad;
        var source = new Oracle.Rows(w, 20, 70);
        try (var arena = Arena.ofConfined()) {
            assertThrows(ArithmeticException.class, () -> Int8Matrix.pack(source, arena, TEAM));
            assertThrows(ArithmeticException.class, () -> Int4Matrix.pack(source, arena, TEAM));
        }
    }

    @Test
    void zerosStayZeros() {
        try (var arena = Arena.ofConfined()) {
            for (var kind : Oracle.KINDS) {
                var matrix = kind.pack().apply(new Oracle.Rows(new float[19 * 70], 19, 70), arena);
                assertArrayEquals(new float[70], row(matrix, 18), kind.name());
                assertArrayEquals(new float[3 * 19], Oracle.multiply(matrix, Seed.gaussians(SEED.random(), 3 * 70), 3), kind.name());
            }
        }
    }

    @Test
    void aSourceOfColumnsGivesTheSameMatrix() {
        int rows = 45, columns = 83;
        var byRows = Seed.gaussians(SEED.random(), rows * columns);
        var byColumns = new float[rows * columns];
        for (int r = 0; r < rows; r++) for (int c = 0; c < columns; c++) byColumns[c * rows + r] = byRows[r * columns + c];
        try (var arena = Arena.ofConfined()) {
            for (var kind : Oracle.KINDS) {
                var one = kind.pack().apply(new Oracle.Rows(byRows, rows, columns), arena);
                var other = kind.pack().apply(new Oracle.Columns(byColumns, rows, columns), arena);
                assertEquals(-1, one.memory().mismatch(other.memory()), kind.name());
            }
        }
    }

    @Test
    void aMappedFileIsUsedWhereItLies() {
        int rows = 23, columns = 8 * LANES;
        try (var arena = Arena.ofConfined()) {
            var single = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
            var half = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
            var file = arena.allocate(1 + 4L * rows * columns).asSlice(1); // files begin where they like
            for (long i = 0; i < (long) rows * columns; i++) file.set(single, 4 * i, i);
            var singles = Float32Matrix.view(file, rows, columns);
            assertEquals(5 * columns + 7, row(singles, 5)[7]);
            assertEquals(file.address(), singles.memory().address());
            var x = Seed.integers(SEED.random(), columns);
            Oracle.check(Oracle.FLOAT32, singles, x, 1, Oracle.multiply(singles, x, 1));

            var halves = file.asSlice(0, 2L * rows * columns);
            for (long i = 0; i < (long) rows * columns; i++) halves.set(half, 2 * i, (short) (Float.floatToRawIntBits(i % 200) >> 16));
            var view = BFloat16Matrix.view(halves, rows, columns);
            assertEquals((5 * columns + 7) % 200, row(view, 5)[7]);
            Oracle.check(Oracle.BFLOAT16, view, x, 1, Oracle.multiply(view, x, 1));

            assertThrows(IllegalArgumentException.class, () -> Float32Matrix.view(file, rows + 1, columns));
            assertThrows(IllegalArgumentException.class, () -> BFloat16Matrix.view(file, rows, columns));
            assertFalse(Float32Matrix.canView(columns + LANES));
            assertFalse(BFloat16Matrix.canView(columns + LANES));
        }
    }

    @Test
    void everythingWidenedIsWhatTheRowsSay() {
        int rows = 37, columns = 75;
        try (var arena = Arena.ofConfined()) {
            for (var kind : Oracle.KINDS) {
                var matrix = kind.pack().apply(new Oracle.Rows(Seed.gaussians(SEED.random(), rows * columns), rows, columns), arena);
                var wide = arena.allocate(4L * rows * columns, 4);
                matrix.widenAll(wide, true, TEAM);
                var narrow = arena.allocate(2L * rows * columns, 2);
                matrix.widenAll(narrow, false, TEAM);
                for (int r = 0; r < rows; r++) {
                    var row = row(matrix, r);
                    for (int c = 0; c < columns; c++) {
                        assertEquals(row[c], wide.getAtIndex(ValueLayout.JAVA_FLOAT, r * (long) columns + c));
                        var half = Float.intBitsToFloat(narrow.getAtIndex(ValueLayout.JAVA_SHORT, r * (long) columns + c) << 16);
                        assertEquals(row[c], half, Math.abs(row[c]) / 256);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "64, 64, 2", "65, 64, 3", "7, 3, 2", "200, 16, 3"})
    void everyRowIsReadOnceWithZerosAround(int rows, int blockRows, int members) {
        int columns = 5, stride = 8;
        var seen = new AtomicIntegerArray(rows);
        var w = new float[rows * columns];
        for (int i = 0; i < w.length; i++) w[i] = i + 1;
        new Oracle.Rows(w, rows, columns).readAll(blockRows, stride, new ThreadTeam(members), (first, count, floats) -> {
            for (int i = 0; i < floats.length; i++) {
                int r = i / stride, c = i % stride;
                assertEquals(r < count && c < columns ? w[(first + r) * columns + c] : 0, floats[i]);
            }
            for (int r = 0; r < count; r++) seen.incrementAndGet(first + r);
        });
        for (int r = 0; r < rows; r++) assertEquals(1, seen.get(r));
    }
}
