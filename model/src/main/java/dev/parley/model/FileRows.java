package dev.parley.model;

import dev.parley.kernels.DType;
import dev.parley.kernels.matrix.RowSource;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The rows of a matrix as a weight file has them, widened to float32 while they are read.
 *
 * @param bytes row-major, (rows, columns), or (columns, rows) where transposed
 */
record FileRows(MemorySegment bytes, DType dtype, int rows, int columns, boolean transposed) implements RowSource {

    private static final int TILE = 16;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public void read(int first, int count, float[] into, int stride) {
        read(first, count, into, stride, 0);
    }

    /** The same, the first row at a place. */
    void read(int first, int count, float[] into, int stride, int at) {
        if (!transposed) {
            for (int r = 0; r < count; r++) run((long) (first + r) * columns, columns, into, at + r * stride);
            return;
        }
        var tile = new float[TILE * count]; // some columns of all rows: both the file and the rows are met in whole cache lines
        for (int c = 0; c < columns; c += TILE) {
            var some = Math.min(TILE, columns - c);
            for (int k = 0; k < some; k++) run((long) (c + k) * rows + first, count, tile, k * count);
            for (int r = 0; r < count; r++) gather(tile, r, count, some, into, at + r * stride + c);
        }
    }

    // A method of its own, short and plain: at a program's start the compiler has it ready sooner.
    private static void gather(float[] from, int at, int step, int count, float[] into, int intoAt) {
        for (int i = 0; i < count; i++) into[intoAt + i] = from[at + i * step];
    }

    /** Reads numbers that lie one after the other. */
    private void run(long from, int count, float[] into, int at) {
        switch (dtype) {
            case FLOAT32 -> MemorySegment.copy(bytes, FLOAT, 4 * from, into, at, count);
            case BFLOAT16 -> {
                for (int i = 0; i < count; i++) into[at + i] = Float.intBitsToFloat(bytes.get(SHORT, 2 * (from + i)) << 16);
            }
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) into[at + i] = Float.float16ToFloat(bytes.get(SHORT, 2 * (from + i)));
            }
            case FLOAT64 -> {
                for (int i = 0; i < count; i++) into[at + i] = (float) bytes.get(DOUBLE, 8 * (from + i));
            }
            default -> throw new IllegalStateException(dtype + " is no type of weights."); // the loader has checked it
        }
    }
}
