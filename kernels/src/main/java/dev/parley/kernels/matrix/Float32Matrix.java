package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.machine.NativeMemory;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Weights in float32, row by row as a weight file has them, so that a mapped file can be used where it lies. */
public final class Float32Matrix extends RowMajorMatrix {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);

    private Float32Matrix(MemorySegment memory, int rows, int columns, int stride) {
        super(memory, rows, columns, stride, 4);
    }

    /** True if rows of such a length can be used where they lie. */
    public static boolean canView(int columns) {
        return columns % (4 * LANES) == 0;
    }

    /** The matrix over memory that holds it row by row. */
    public static Float32Matrix view(MemorySegment memory, int rows, int columns) {
        if (!canView(columns) || memory.byteSize() != 4L * rows * columns) {
            throw new IllegalArgumentException("Memory of " + memory.byteSize() + " bytes is no matrix of " + rows + " x " + columns + ".");
        }
        return new Float32Matrix(memory, rows, columns, columns);
    }

    /** Copies rows into memory of the arena. */
    public static Float32Matrix pack(RowSource source, Arena arena, ThreadTeam team) {
        var stride = VectorShape.roundUp(source.columns(), 4 * LANES);
        var memory = NativeMemory.allocate(arena, 4L * source.rows() * stride);
        source.readAll(64, stride, team,
                (first, count, floats) -> MemorySegment.copy(floats, 0, memory, FLOAT, 4L * first * stride, count * stride));
        return new Float32Matrix(memory, source.rows(), source.columns(), stride);
    }

    @Override
    void arrange(float[] x, int xAt, float[] into, int at) {
        System.arraycopy(x, xAt, into, at, columns);
        Arrays.fill(into, at + columns, at + stride, 0);
    }

    @Override
    void widen(long rowAt, float[] into, int at) {
        MemorySegment.copy(memory, FLOAT, rowAt, into, at, stride);
    }

    @Override
    void multiplyByScalars(int from, int to, float[] x, int batch, float[] y, int yAt, int yStride) {
        var floats = new float[stride + LANES];
        for (int r = from; r < to; r++) {
            MemorySegment.copy(memory, FLOAT, 4L * r * stride, floats, 0, stride);
            ScalarRows.multiply(floats, stride, x, batch, y, yAt + r, yStride);
        }
    }

    @Override
    void multiplyFourRows(long w0, long w1, long w2, long w3, float[] x, float[] y, int y0, int y1, int y2, int y3) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        for (int i = 0; i < stride; i += LANES) {
            var v = FloatVector.fromArray(FLOATS, x, i);
            a0 = FloatVector.fromMemorySegment(FLOATS, memory, w0 + 4L * i, LITTLE).fma(v, a0);
            a1 = FloatVector.fromMemorySegment(FLOATS, memory, w1 + 4L * i, LITTLE).fma(v, a1);
            a2 = FloatVector.fromMemorySegment(FLOATS, memory, w2 + 4L * i, LITTLE).fma(v, a2);
            a3 = FloatVector.fromMemorySegment(FLOATS, memory, w3 + 4L * i, LITTLE).fma(v, a3);
        }
        y[y0] = VectorShape.sumLanes(a0);
        y[y1] = VectorShape.sumLanes(a1);
        y[y2] = VectorShape.sumLanes(a2);
        y[y3] = VectorShape.sumLanes(a3);
    }

    @Override
    public void row(int row, float[] into, int at) {
        MemorySegment.copy(memory, FLOAT, 4L * row * stride, into, at, columns);
    }
}
