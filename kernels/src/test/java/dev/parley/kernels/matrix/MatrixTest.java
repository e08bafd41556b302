package dev.parley.kernels.matrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.machine.NativeMemory;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.VectorKernels;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Products against the same in double, for sizes that fit the vectors and sizes that do not. */
class MatrixTest {

    @BeforeAll
    static void byVectors() {
        VectorKernels.markReady();
    }

    private static final ThreadTeam TEAM = ThreadTeam.shared();

    /** A kind of matrix, and how far a number may move when it is kept so, as a part of the row's largest. */
    private record Kind(String name, BiFunction<RowSource, Arena, Matrix> pack, double loss) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Kind> KINDS = List.of(new Kind("float32", (s, a) -> Float32Matrix.pack(s, a, TEAM), 0),
            new Kind("bfloat16", (s, a) -> BFloat16Matrix.pack(s, a, TEAM), 1 / 256.0),
            new Kind("int8", (s, a) -> Int8Matrix.pack(s, a, TEAM), 1 / 250.0),
            new Kind("int8 in groups", (s, a) -> Int8Matrix.pack(s, 32, a, TEAM), 1 / 250.0),
            new Kind("int4", (s, a) -> Int4Matrix.pack(s, a, TEAM), 1 / 7.0));

    static Stream<Arguments> kindsAndSizes() {
        return KINDS.stream()
                .flatMap(kind -> Stream.of(new int[] {1, 1}, new int[] {3, 7}, new int[] {16, 64}, new int[] {17, 65}, new int[] {50, 129},
                        new int[] {300, 768}, new int[] {1001, 100}).map(size -> Arguments.of(kind, size[0], size[1])));
    }

    record Numbers(float[] values, int rows, int columns) implements RowSource {

        static Numbers of(int rows, int columns) {
            var random = new SplittableRandom(rows * 31L + columns);
            var values = new float[rows * columns];
            for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
            return new Numbers(values, rows, columns);
        }

        @Override
        public void read(int first, int count, float[] into, int stride) {
            for (int r = 0; r < count; r++) System.arraycopy(values, (first + r) * columns, into, r * stride, columns);
        }
    }

    private static float[] multiply(Matrix matrix, float[] x, int batch) {
        var arranged = new float[matrix.inputSize(batch)];
        Arrays.fill(arranged, 7); // what was there before must not matter
        for (int b = 0; b < batch; b++) matrix.arrange(x, b * matrix.columns(), arranged, b, batch);
        var y = new float[batch * matrix.rows()];
        var scratch = new MatrixWorkspace[TEAM.size()];
        for (int member = 0; member < scratch.length; member++)
            scratch[member] = new MatrixWorkspace(matrix.panelSize(), matrix.rowsSize(), batch);
        TEAM.run(
                member -> TEAM.share(matrix.parts(), part -> matrix.multiply(part, arranged, batch, y, 0, matrix.rows(), scratch[member])));
        return y;
    }

    @ParameterizedTest
    @MethodSource("kindsAndSizes")
    void productsAreThoseOfTheRowsThatItHolds(Kind kind, int rows, int columns) {
        var numbers = Numbers.of(rows, columns);
        var x = Numbers.of(11, columns).values();
        try (var arena = Arena.ofShared()) {
            var matrix = kind.pack.apply(numbers, arena);
            var y = multiply(matrix, x, 11);
            var row = new float[columns];
            for (int r = 0; r < rows; r++) {
                matrix.row(r, row, 0);
                var largest = 0.0;
                for (int c = 0; c < columns; c++) largest = Math.max(largest, Math.abs(numbers.values()[r * columns + c]));
                for (int c = 0; c < columns; c++) assertEquals(numbers.values()[r * columns + c], row[c], kind.loss * largest);
                for (int b = 0; b < 11; b++) {
                    double sum = 0, size = 0;
                    for (int c = 0; c < columns; c++) {
                        sum += (double) row[c] * x[b * columns + c];
                        size += Math.abs((double) row[c] * x[b * columns + c]);
                    }
                    // GroupSums in float32; 8 and 4 bits are shifted by up to their range, which is taken out again.
                    assertEquals(sum, y[b * rows + r], 3e-6 * size + 1e-4 * largest);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kindsAndSizes")
    void aVectorAloneAndInAnyBatchGivesTheSameBits(Kind kind, int rows, int columns) {
        var x = Numbers.of(20, columns).values();
        try (var arena = Arena.ofShared()) {
            var matrix = kind.pack.apply(Numbers.of(rows, columns), arena);
            for (var batch : new int[] {2, 3, 4, 5, 8, 9, 16, 17, 20}) {
                var together = multiply(matrix, x, batch);
                for (int b = 0; b < batch; b++) {
                    var alone = multiply(matrix, Arrays.copyOfRange(x, b * columns, (b + 1) * columns), 1);
                    assertArrayEquals(alone, Arrays.copyOfRange(together, b * rows, (b + 1) * rows));
                }
            }
        }
    }

    @Test
    void whatIsWidenedIsWhatTheRowsSay() {
        try (var arena = Arena.ofShared()) {
            for (var kind : KINDS) {
                var matrix = kind.pack.apply(Numbers.of(37, 75), arena);
                var wide = arena.allocate(4L * 37 * 75, 4);
                matrix.widenAll(wide, true, TEAM);
                var row = new float[75];
                for (int r = 0; r < 37; r++) {
                    matrix.row(r, row, 0);
                    for (int c = 0; c < 75; c++)
                        assertEquals(row[c], wide.getAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, r * 75L + c));
                }
            }
        }
    }

    @Test
    void memoryForWeightsIsOfZerosAndGoesWithItsArena() {
        var arena = Arena.ofShared();
        var memory = NativeMemory.allocate(arena, 20 << 20);
        for (long at = 0; at < memory.byteSize(); at += 4096) assertEquals(0, memory.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at));
        memory.fill((byte) 1);
        arena.close();
        assertTrue(!memory.scope().isAlive());
    }
}
