package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.machine.NativeMemory;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.VectorKernels;
import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Weights in float32, row by row as a weight file has them, so that a mapped file can be used where it lies. */
public final class Float32Matrix implements Matrix {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);

    private final MemorySegment memory;
    private final int rows;
    private final int columns;
    private final int stride; // columns with padding
    private final int rowsPerPart;
    private final TransposedRows.Rows tiled;

    private Float32Matrix(MemorySegment memory, int rows, int columns, int stride) {
        this.memory = memory;
        this.rows = rows;
        this.columns = columns;
        this.stride = stride;
        rowsPerPart = RowTile.rowsPerPart(4L * stride, rows);
        tiled = new TransposedRows.Rows(memory, stride, false);
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
    public void arrange(float[] x, int xAt, float[] into, int b, int batch) {
        if (batch < TransposedRows.MIN_BATCH) {
            System.arraycopy(x, xAt, into, b * stride, columns);
            Arrays.fill(into, b * stride + columns, (b + 1) * stride, 0);
        } else {
            TransposedRows.arrange(tiled, x, xAt, columns, into, b, batch);
        }
    }

    @Override
    public int parts() {
        return Math.ceilDiv(rows, rowsPerPart);
    }

    @Override
    public int firstRow(int part) {
        return Math.min(rows, part * rowsPerPart);
    }

    @Override
    public void multiply(int part, float[] x, int batch, float[] y, int yAt, int yStride, MatrixWorkspace workspace) {
        if (VectorKernels.areReady()) multiplyByVectors(firstRow(part), firstRow(part + 1), x, batch, y, yAt, yStride, workspace);
        else multiplyByScalars(firstRow(part), firstRow(part + 1), x, batch, y, yAt, yStride);
    }

    void multiplyByVectors(int from, int to, float[] x, int batch, float[] y, int yAt, int yStride, MatrixWorkspace workspace) {
        if (batch == 1) multiplyOne(from, to, x, y, yAt);
        else if (batch < TransposedRows.MIN_BATCH) multiplyFew(from, to, x, batch, y, yAt, yStride, workspace.rows);
        else TransposedRows.multiply(tiled, from, to, x, batch, y, yAt, yStride, workspace);
    }

    private void multiplyFew(int from, int to, float[] x, int batch, float[] y, int yAt, int yStride, float[] rows) {
        var quarter = Math.ceilDiv(to - from, Partition.STREAMS);
        var rowAt = new int[4];
        for (int r = from; r < from + quarter; r++) {
            for (int k = 0; k < 4; k++) {
                rowAt[k] = Math.min(r + k * quarter, to - 1);
                MemorySegment.copy(memory, FLOAT, 4L * stride * rowAt[k], rows, k * stride, stride);
            }
            RowTile.multiply(rows, stride, x, batch, stride, y, yAt, yStride, rowAt);
        }
    }

    private void multiplyOne(int from, int to, float[] x, float[] y, int yAt) {
        var quarter = Math.ceilDiv(to - from, Partition.STREAMS);
        for (int r = from; r < from + quarter; r++) {
            int r1 = Math.min(r + quarter, to - 1), r2 = Math.min(r + 2 * quarter, to - 1), r3 = Math.min(r + 3 * quarter, to - 1);
            one(memory, 4L * stride * r, 4L * stride * r1, 4L * stride * r2, 4L * stride * r3, stride, x, y, yAt + r, yAt + r1, yAt + r2, yAt + r3);
        }
    }

    void multiplyByScalars(int from, int to, float[] x, int batch, float[] y, int yAt, int yStride) {
        var floats = new float[stride + LANES];
        for (int r = from; r < to; r++) {
            MemorySegment.copy(memory, FLOAT, 4L * r * stride, floats, 0, stride);
            ScalarRows.multiply(floats, stride, x, batch, y, yAt + r, yStride);
        }
    }

    /** Four rows with one vector. */
    private static void one(MemorySegment w, long w0, long w1, long w2, long w3, int n, float[] x, float[] y, int y0, int y1, int y2, int y3) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        for (int i = 0; i < n; i += LANES) {
            var v = FloatVector.fromArray(FLOATS, x, i);
            a0 = FloatVector.fromMemorySegment(FLOATS, w, w0 + 4L * i, LITTLE).fma(v, a0);
            a1 = FloatVector.fromMemorySegment(FLOATS, w, w1 + 4L * i, LITTLE).fma(v, a1);
            a2 = FloatVector.fromMemorySegment(FLOATS, w, w2 + 4L * i, LITTLE).fma(v, a2);
            a3 = FloatVector.fromMemorySegment(FLOATS, w, w3 + 4L * i, LITTLE).fma(v, a3);
        }
        y[y0] = VectorShape.sumLanes(a0);
        y[y1] = VectorShape.sumLanes(a1);
        y[y2] = VectorShape.sumLanes(a2);
        y[y3] = VectorShape.sumLanes(a3);
    }

    @Override
    public int panelSize() {
        return TransposedRows.panelSize();
    }

    @Override
    public void row(int row, float[] into, int at) {
        MemorySegment.copy(memory, FLOAT, 4L * row * stride, into, at, columns);
    }

    @Override
    public int rowsSize() {
        return RowTile.scratchSize(stride);
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
