package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.machine.NativeMemory;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.BFloat16Bits;
import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Weights in bfloat16, row by row as a weight file has them, so that a mapped file can be used where it lies. A load takes
 * pairs of neighbours as one int; shifting and masking give the even and the odd columns, so that vectors are arranged as
 * a register of even numbers, then one of the odd between them.
 */
public final class BFloat16Matrix extends RowMajorMatrix {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);

    private BFloat16Matrix(MemorySegment memory, int rows, int columns, int stride) {
        super(memory, rows, columns, stride, 2);
    }

    /** Rows whose length is a multiple of this need no padding. */
    static int step() {
        return 4 * LANES;
    }

    /** True if rows of such a length can be used where they lie. */
    public static boolean canView(int columns) {
        return columns % step() == 0;
    }

    /** The matrix over memory that holds it row by row. */
    public static BFloat16Matrix view(MemorySegment memory, int rows, int columns) {
        if (!canView(columns) || memory.byteSize() != 2L * rows * columns) {
            throw new IllegalArgumentException("Memory of " + memory.byteSize() + " bytes is no matrix of " + rows + " x " + columns + ".");
        }
        return new BFloat16Matrix(memory, rows, columns, columns);
    }

    /** Rounds rows to bfloat16, into memory of the arena. */
    public static BFloat16Matrix pack(RowSource source, Arena arena, ThreadTeam team) {
        var stride = VectorShape.roundUp(source.columns(), step());
        var memory = NativeMemory.allocate(arena, 2L * source.rows() * stride);
        source.readAll(64, stride, team, (first, count, floats) -> {
            for (int r = 0; r < count; r++) BFloat16Bits.write(floats, r * stride, memory, 2L * (first + r) * stride, stride);
        });
        return new BFloat16Matrix(memory, source.rows(), source.columns(), stride);
    }

    @Override
    void arrange(float[] x, int xAt, float[] into, int at) {
        if (columns < stride) Arrays.fill(into, at + columns / (2 * LANES) * 2 * LANES, at + stride, 0);
        for (int c = 0; c < columns; c += 2 * LANES) {
            var pairs = Math.min(LANES, (columns - c) / 2);
            for (int i = 0; i < pairs; i++) {
                into[at + c + i] = x[xAt + c + 2 * i];
                into[at + c + LANES + i] = x[xAt + c + 2 * i + 1];
            }
            if (columns - c < 2 * LANES && columns % 2 == 1) into[at + c + pairs] = x[xAt + columns - 1];
        }
    }

    @Override
    void multiplyByScalars(int from, int to, float[] x, int batch, float[] y, int yAt, int yStride) {
        var halves = new short[stride];
        var floats = new float[stride + LANES];
        for (int r = from; r < to; r++) {
            MemorySegment.copy(memory, SHORT, 2L * r * stride, halves, 0, stride);
            widenByScalars(halves, floats);
            ScalarRows.multiply(floats, stride, x, batch, y, yAt + r, yStride);
        }
    }

    private static void widenByScalars(short[] halves, float[] into) {
        for (int i = 0; i < halves.length; i += 2 * LANES) {
            for (int k = 0; k < LANES; k++) {
                into[i + k] = Float.intBitsToFloat(halves[i + 2 * k] << 16);
                into[i + LANES + k] = Float.intBitsToFloat(halves[i + 2 * k + 1] << 16);
            }
        }
    }

    /** Four rows with one vector; sums in the order of {@link RowTile}, so that a vector alone and in a batch gives the same. */
    @Override
    void multiplyFourRows(long w0, long w1, long w2, long w3, float[] x, float[] y, int y0, int y1, int y2, int y3) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        for (int i = 0; i < stride; i += 2 * LANES) {
            var even = FloatVector.fromArray(FLOATS, x, i);
            var odd = FloatVector.fromArray(FLOATS, x, i + LANES);
            var p0 = IntVector.fromMemorySegment(INTS, memory, w0 + 2L * i, LITTLE);
            var p1 = IntVector.fromMemorySegment(INTS, memory, w1 + 2L * i, LITTLE);
            var p2 = IntVector.fromMemorySegment(INTS, memory, w2 + 2L * i, LITTLE);
            var p3 = IntVector.fromMemorySegment(INTS, memory, w3 + 2L * i, LITTLE);
            a0 = BFloat16Bits.upper(p0).fma(odd, BFloat16Bits.lower(p0).fma(even, a0));
            a1 = BFloat16Bits.upper(p1).fma(odd, BFloat16Bits.lower(p1).fma(even, a1));
            a2 = BFloat16Bits.upper(p2).fma(odd, BFloat16Bits.lower(p2).fma(even, a2));
            a3 = BFloat16Bits.upper(p3).fma(odd, BFloat16Bits.lower(p3).fma(even, a3));
        }
        y[y0] = VectorShape.sumLanes(a0);
        y[y1] = VectorShape.sumLanes(a1);
        y[y2] = VectorShape.sumLanes(a2);
        y[y3] = VectorShape.sumLanes(a3);
    }

    @Override
    void widen(long rowAt, float[] into, int at) {
        for (int i = 0; i < stride; i += 2 * LANES) {
            var pairs = IntVector.fromMemorySegment(INTS, memory, rowAt + 2L * i, LITTLE);
            BFloat16Bits.lower(pairs).intoArray(into, at + i);
            BFloat16Bits.upper(pairs).intoArray(into, at + LANES + i);
        }
    }

    @Override
    public void row(int row, float[] into, int at) {
        for (int c = 0; c < columns; c++) {
            into[at + c] = Float.intBitsToFloat(memory.get(SHORT, 2L * ((long) row * stride + c)) << 16);
        }
    }
}
