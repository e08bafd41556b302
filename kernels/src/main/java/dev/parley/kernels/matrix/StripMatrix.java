package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.LANES;

import java.lang.foreign.MemorySegment;

/** Quantised weights in strips of as many rows as a register has lanes: what eight and four bits have in common. */
abstract sealed class StripMatrix implements Matrix permits Int8Matrix, Int4Matrix, BlockMatrix {

    final MemorySegment memory;
    final int rows;
    final int columns;
    private final int stripsPerPart;

    StripMatrix(MemorySegment memory, int rows, int columns, long stripBytes) {
        this.memory = memory;
        this.rows = rows;
        this.columns = columns;
        stripsPerPart = Partition.rowsPerPart(stripBytes, strips());
    }

    private int strips() {
        return Math.ceilDiv(rows, LANES);
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public int parts() {
        return Math.ceilDiv(strips(), stripsPerPart);
    }

    @Override
    public int firstRow(int part) {
        return Math.min(rows, part * stripsPerPart * LANES);
    }

    @Override
    public void multiply(int part, float[] x, int batch, float[] y, int yAt, int yStride, MatrixWorkspace workspace) {
        int from = part * stripsPerPart, to = Math.min(from + stripsPerPart, strips());
        var quarter = Math.ceilDiv(to - from, Partition.STREAMS);
        for (int s = from; s < from + quarter; s++) {
            if (batch == 1) {
                multiplyFourStrips(s, Math.min(s + quarter, to - 1), Math.min(s + 2 * quarter, to - 1), Math.min(s + 3 * quarter, to - 1),
                        x, y, yAt, workspace);
            } else {
                for (int strip = s; strip < to; strip += 2 * quarter) {
                    multiplyTwoStrips(strip, strip + quarter < to ? strip + quarter : strip, x, batch, y, yAt, yStride, workspace);
                }
            }
        }
    }

    /** Multiplies four strips, some of which may be the same, with one vector. */
    abstract void multiplyFourStrips(int s0, int s1, int s2, int s3, float[] x, float[] y, int yAt, MatrixWorkspace workspace);

    /** Multiplies two strips, which may be the same, with several vectors. */
    abstract void multiplyTwoStrips(int s0, int s1, float[] x, int batch, float[] y, int yAt, int yStride, MatrixWorkspace workspace);

    @Override
    public int panelSize() {
        return StripTile.PANEL;
    }

    @Override
    public long bytes() {
        return memory.byteSize();
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }
}
