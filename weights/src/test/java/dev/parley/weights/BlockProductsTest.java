package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.matrix.BlockFormat;
import dev.parley.kernels.matrix.BlockMatrix;
import dev.parley.kernels.matrix.MatrixWorkspace;
import dev.parley.kernels.matrix.RowSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products with blocks laid out in strips, beside sums in float64 of the widened numbers. */
class BlockProductsTest {

    private static final int ROWS = 37;
    private static final int COLUMNS = 1536;
    private static final int BATCH = 3;

    /** Bits that may be any, with scales that are finite. */
    private static MemorySegment randomBlocks(GgmlType type, Random random) {
        var memory = Arena.ofAuto().allocate(type.bytes((long) ROWS * COLUMNS), 64);
        for (long at = 0; at < memory.byteSize(); at++) memory.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt(256));
        var blockBytes = type.bytes(type.blockSize());
        for (long at = 0; at < memory.byteSize(); at += blockBytes) {
            if (type == GgmlType.MXFP4) memory.set(ValueLayout.JAVA_BYTE, at, (byte) (118 + random.nextInt(4)));
            else for (int half = 0; half < 2; half++)
                memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + (type == GgmlType.Q6_K ? 208 : 2 * half * (blockHasTwo(type) ? 1 : 0)),
                        Float.floatToFloat16((float) random.nextGaussian()));
        }
        return memory;
    }

    private static boolean blockHasTwo(GgmlType type) {
        return switch (type) {
            case Q4_1, Q5_1, Q4_K, Q5_K -> true;
            default -> false;
        };
    }

    private record Rows(GgmlType type, MemorySegment memory) implements RowSource {

        @Override
        public int rows() {
            return ROWS;
        }

        @Override
        public int columns() {
            return COLUMNS;
        }

        @Override
        public void read(int first, int count, float[] into, int stride) {
            for (int i = 0; i < count; i++) type.widen(memory, (long) (ROWS - 1 - first - i) * COLUMNS, COLUMNS, into, i * stride);
        }
    }

    /** The file has the rows backwards. */
    @ParameterizedTest
    @EnumSource(BlockFormat.class)
    void sumsAreThoseOfTheWidenedNumbers(BlockFormat format) {
        assumeTrue(BlockMatrix.isSupported(), "registers of this machine do not read blocks");
        var type = GgmlType.valueOf(format.name());
        var random = new Random(5);
        var rows = new Rows(type, randomBlocks(type, random));
        var matrix = BlockMatrix.pack(format, rows.memory, row -> ROWS - 1 - row, rows, Arena.ofAuto(), ThreadTeam.shared());
        float[] x = new float[BATCH * COLUMNS], arranged = new float[matrix.inputSize(BATCH)], y = new float[BATCH * ROWS];
        for (int i = 0; i < x.length; i++) x[i] = (float) random.nextGaussian();
        for (int b = 0; b < BATCH; b++) matrix.arrange(x, b * COLUMNS, arranged, b, BATCH);
        var workspace = new MatrixWorkspace(matrix.panelSize(), matrix.rowsSize(), BATCH);
        for (int part = 0; part < matrix.parts(); part++) matrix.multiply(part, arranged, BATCH, y, 0, ROWS, workspace);
        var tolerance = 1e-6; // some hundred roundings of 2^-24
        var row = new float[COLUMNS];
        for (int r = 0; r < ROWS; r++) {
            matrix.row(r, row, 0);
            for (int b = 0; b < BATCH; b++) {
                double sum = 0, size = 0;
                for (int c = 0; c < COLUMNS; c++) {
                    sum += (double) row[c] * x[b * COLUMNS + c];
                    size += Math.abs((double) row[c] * x[b * COLUMNS + c]);
                }
                assertEquals(sum, y[b * ROWS + r], tolerance * size, type + " row " + r);
            }
        }
    }
}
