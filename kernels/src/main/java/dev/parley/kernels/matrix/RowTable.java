package dev.parley.kernels.matrix;

import java.lang.foreign.MemorySegment;

/**
 * A matrix whose rows are looked up and never multiplied, as that of the tokens' embeddings: it stays where the file has it.
 *
 * @param source of the rows
 * @param memory that the source reads
 */
public record RowTable(RowSource source, MemorySegment memory) implements Matrix {

    @Override
    public int rows() {
        return source.rows();
    }

    @Override
    public int columns() {
        return source.columns();
    }

    @Override
    public void row(int row, float[] into, int at) {
        var floats = new float[columns()];
        source.read(row, 1, floats, floats.length);
        System.arraycopy(floats, 0, into, at, floats.length);
    }

    @Override
    public long bytes() {
        return memory.byteSize();
    }

    @Override
    public int panelSize() {
        return 0;
    }

    @Override
    public int parts() {
        return 0;
    }

    @Override
    public int firstRow(int part) {
        throw notMultiplied();
    }

    @Override
    public int inputSize(int batch) {
        throw notMultiplied();
    }

    @Override
    public void arrange(float[] x, int xAt, float[] into, int b, int batch) {
        throw notMultiplied();
    }

    @Override
    public void multiply(int part, float[] x, int batch, float[] y, int yAt, int yStride, MatrixWorkspace workspace) {
        throw notMultiplied();
    }

    private static UnsupportedOperationException notMultiplied() {
        return new UnsupportedOperationException("A table's rows are looked up and not multiplied.");
    }
}
