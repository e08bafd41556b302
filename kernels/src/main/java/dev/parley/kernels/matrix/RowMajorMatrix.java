package dev.parley.kernels.matrix;

import dev.parley.kernels.vectors.VectorKernels;
import java.lang.foreign.MemorySegment;

/** Weights row by row, as a weight file has them: what float32 and bfloat16 have in common. */
abstract sealed class RowMajorMatrix implements Matrix permits Float32Matrix, BFloat16Matrix {

    final MemorySegment memory;
    final int rows;
    final int columns;
    final int stride; // columns with padding
    private final int bytesPerNumber;
    private final int rowsPerPart;
    private final TransposedRows.Rows transposed;

    RowMajorMatrix(MemorySegment memory, int rows, int columns, int stride, int bytesPerNumber) {
        this.memory = memory;
        this.rows = rows;
        this.columns = columns;
        this.stride = stride;
        this.bytesPerNumber = bytesPerNumber;
        rowsPerPart = RowTile.rowsPerPart((long) bytesPerNumber * stride, rows);
        transposed = new TransposedRows.Rows(memory, stride, bytesPerNumber == 2);
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
        if (batch < TransposedRows.MIN_BATCH) arrange(x, xAt, into, b * stride);
        else TransposedRows.arrange(transposed, x, xAt, columns, into, b, batch);
    }

    /** Arranges a vector for a batch of few, in the order in which {@link #widen} has the numbers of a row. */
    abstract void arrange(float[] x, int xAt, float[] into, int at);

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
        else TransposedRows.multiply(transposed, from, to, x, batch, y, yAt, yStride, workspace);
    }

    private void multiplyOne(int from, int to, float[] x, float[] y, int yAt) {
        var quarter = Math.ceilDiv(to - from, Partition.STREAMS);
        for (int r = from; r < from + quarter; r++) {
            int r1 = Math.min(r + quarter, to - 1), r2 = Math.min(r + 2 * quarter, to - 1), r3 = Math.min(r + 3 * quarter, to - 1);
            multiplyFourRows(at(r), at(r1), at(r2), at(r3), x, y, yAt + r, yAt + r1, yAt + r2, yAt + r3);
        }
    }

    /** Multiplies four rows, given by where in memory they begin, with one vector. */
    abstract void multiplyFourRows(long w0, long w1, long w2, long w3, float[] x, float[] y, int y0, int y1, int y2, int y3);

    private void multiplyFew(int from, int to, float[] x, int batch, float[] y, int yAt, int yStride, float[] rows) {
        var quarter = Math.ceilDiv(to - from, Partition.STREAMS);
        var rowAt = new int[4];
        for (int r = from; r < from + quarter; r++) {
            for (int k = 0; k < 4; k++) {
                rowAt[k] = Math.min(r + k * quarter, to - 1);
                widen(at(rowAt[k]), rows, k * stride);
            }
            RowTile.multiply(rows, stride, x, batch, stride, y, yAt, yStride, rowAt);
        }
    }

    /** A row as floats. */
    abstract void widen(long rowAt, float[] into, int at);

    abstract void multiplyByScalars(int from, int to, float[] x, int batch, float[] y, int yAt, int yStride);

    /** Where in memory a row begins. */
    final long at(int row) {
        return (long) bytesPerNumber * stride * row;
    }

    @Override
    public int panelSize() {
        return TransposedRows.panelSize();
    }

    @Override
    public int rowsSize() {
        return RowTile.scratchSize(stride);
    }

    @Override
    public long bytes() {
        return at(rows);
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }
}
