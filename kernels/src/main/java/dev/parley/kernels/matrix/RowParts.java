package dev.parley.kernels.matrix;

import dev.parley.kernels.vectors.Lanes;

/**
 * How the rows of a matrix are cut into parts: {@code each} at a time, as many in the last as are left. A part is read as
 * four streams a quarter of it apart: one stream keeps too few lines under way to fill the memory's bandwidth, and
 * neighbouring rows count as one (measured: 15 GB/s by neighbours, 28 by quarters, of 31 that the machine has).
 */
final class RowParts {

    /** Bytes of a part at which the handing out costs nothing and the threads still end together. */
    private static final int BYTES = 48 << 10;
    static final int STREAMS = 4;

    private RowParts() {}

    /** Rows of a part: a multiple of four, by the bytes of a row. */
    static int rowsOfPart(long bytesOfRow, int rows) {
        var fitting = (int) Math.max(1, BYTES / Math.max(1, bytesOfRow * STREAMS)) * STREAMS;
        return Math.min(fitting, Lanes.padded(Math.max(1, rows), STREAMS));
    }
}
