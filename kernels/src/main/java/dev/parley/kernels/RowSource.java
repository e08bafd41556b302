package dev.parley.kernels;

/** Where a matrix's numbers come from, row by row: a weight file, in whatever type and orientation. Threads may read at once. */
public interface RowSource {

    /** Number of rows: outputs of the product. */
    int rows();

    /** Numbers in a row: inputs of the product. */
    int columns();

    /**
     * Reads rows.
     *
     * @param into receives row {@code first + i} at {@code i * stride}
     */
    void read(int first, int count, float[] into, int stride);
}
