package dev.parley.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Weights in float32, row by row as a weight file has them, so that a mapped file can be used where it lies. */
public final class Float32Matrix implements Matrix {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(Lanes.LITTLE);

    private final MemorySegment memory;
    private final int rows;
    private final int columns;
    private final int stride; // columns with padding
    private final int rowsOfPart;

    private Float32Matrix(MemorySegment memory, int rows, int columns, int stride) {
        this.memory = memory;
        this.rows = rows;
        this.columns = columns;
        this.stride = stride;
        rowsOfPart = RowParts.rowsOfPart(4L * stride, rows);
    }

    /** True if rows of such a length can be used where they lie. */
    public static boolean canView(int columns) {
        return columns % (4 * Lanes.COUNT) == 0;
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
        var stride = Lanes.padded(source.columns(), 4 * Lanes.COUNT);
        var memory = NativeMemory.allocate(arena, 4L * source.rows() * stride);
        source.readAll(64, stride, team, (first, count, floats) -> MemorySegment.copy(floats, 0, memory, FLOAT, 4L * first * stride, count * stride));
        return new Float32Matrix(memory, source.rows(), source.columns(), stride);
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    /** Numbers from the start of a row to that of the next. */
    public int stride() {
        return stride;
    }

    @Override
    public int inputSize(int batch) {
        return RowTile.inputSize(stride, batch);
    }

    @Override
    public void arrange(float[] x, int xAt, Arranged arranged, int b, int batch) {
        var into = arranged.floats;
        int first = RowTile.inputAt(stride, b, batch), step = RowTile.inputStep(batch), at = first;
        for (int c = 0; c < stride; c += Lanes.COUNT, at += step) {
            var count = Math.clamp(columns - c, 0, Lanes.COUNT);
            System.arraycopy(x, xAt + Math.min(c, columns), into, at, count);
            Arrays.fill(into, at + count, at + Lanes.COUNT, 0);
        }
        RowTile.copy(arranged, first, step, stride);
    }

    @Override
    public int parts() {
        return Math.ceilDiv(rows, rowsOfPart);
    }

    @Override
    public int firstRow(int part) {
        return Math.min(rows, part * rowsOfPart);
    }

    @Override
    public void multiply(int part, Arranged x, int batch, float[] y, int yAt, int yStride, float[] scratch) {
        if (WarmUp.isDone()) multiplyByVectors(firstRow(part), firstRow(part + 1), x, batch, y, yAt, yStride, scratch);
        else multiplyPlainly(firstRow(part), firstRow(part + 1), x, batch, y, yAt, yStride, scratch);
    }

    void multiplyByVectors(int from, int to, Arranged x, int batch, float[] y, int yAt, int yStride, float[] scratch) {
        if (batch == 1) multiplyOne(from, to, x.memory, y, yAt);
        else RowTile.multiply(this::widen, from, to, stride, x.memory, batch, y, yAt, yStride, scratch);
    }

    private void multiplyOne(int from, int to, MemorySegment x, float[] y, int yAt) {
        var quarter = Math.ceilDiv(to - from, RowParts.STREAMS);
        for (int r = from; r < from + quarter; r++) {
            int r1 = Math.min(r + quarter, to - 1), r2 = Math.min(r + 2 * quarter, to - 1), r3 = Math.min(r + 3 * quarter, to - 1);
            one(memory, 4L * stride * r, 4L * stride * r1, 4L * stride * r2, 4L * stride * r3, stride, x, y, yAt + r, yAt + r1, yAt + r2, yAt + r3);
        }
    }

    private void widen(int first, int rows, int column, int columns, MemorySegment into) {
        for (int r = 0; r < rows; r++) copy(memory, 4L * ((long) stride * (first + r) + column), columns, into, RowTile.rowAt(columns, r));
    }

    private static void copy(MemorySegment w, long at, int n, MemorySegment into, long intoAt) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector.fromMemorySegment(Lanes.FLOATS, w, at + 4L * i, Lanes.LITTLE).intoMemorySegment(into, intoAt + 16L * i, Lanes.LITTLE);
        }
    }

    void multiplyPlainly(int from, int to, Arranged x, int batch, float[] y, int yAt, int yStride, float[] scratch) {
        for (int r = from; r < to; r++) {
            MemorySegment.copy(memory, FLOAT, 4L * r * stride, scratch, 0, stride);
            PlainRows.multiply(scratch, stride, x.floats, batch, y, yAt + r, yStride);
        }
    }

    /** Four rows with one vector. */
    private static void one(MemorySegment w, long w0, long w1, long w2, long w3, int n, MemorySegment x, float[] y, int y0, int y1, int y2, int y3) {
        var zero = FloatVector.zero(Lanes.FLOATS);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        for (int i = 0; i < n; i += Lanes.COUNT) {
            var v = FloatVector.fromMemorySegment(Lanes.FLOATS, x, 4L * i, Lanes.LITTLE);
            a0 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, w0 + 4L * i, Lanes.LITTLE).fma(v, a0);
            a1 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, w1 + 4L * i, Lanes.LITTLE).fma(v, a1);
            a2 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, w2 + 4L * i, Lanes.LITTLE).fma(v, a2);
            a3 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, w3 + 4L * i, Lanes.LITTLE).fma(v, a3);
        }
        y[y0] = Lanes.sum(a0);
        y[y1] = Lanes.sum(a1);
        y[y2] = Lanes.sum(a2);
        y[y3] = Lanes.sum(a3);
    }

    @Override
    public int scratchSize(int batch) {
        return RowTile.scratchSize(stride, batch);
    }

    @Override
    public void row(int row, float[] into, int at) {
        MemorySegment.copy(memory, FLOAT, 4L * row * stride, into, at, columns);
    }

    @Override
    public long bytes() {
        return 4L * rows * stride;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }
}
