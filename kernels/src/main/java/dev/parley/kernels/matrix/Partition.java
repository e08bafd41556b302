package dev.parley.kernels.matrix;

import dev.parley.kernels.vectors.VectorShape;

/**
 * How the rows of a matrix are cut into parts for the threads. A part is read as four streams, a quarter of it apart: one stream
 * keeps too few cache lines in flight to use all of the memory's bandwidth, and neighbouring rows count as one stream (measured:
 * 15 GB/s by neighbours, 28 by quarters, of the 31 that the machine has).
 */
final class Partition {

    /** Bytes of a part: large enough that handing it out costs nothing, small enough that the threads finish together. */
    private static final int BYTES = 48 << 10;
    static final int STREAMS = 4;

    private Partition() {}

    /** Rows of a part: a multiple of four, by the bytes of a row. */
    static int rowsPerPart(long bytesOfRow, int rows) {
        var fitting = (int) Math.max(1, BYTES / Math.max(1, bytesOfRow * STREAMS)) * STREAMS;
        return Math.min(fitting, VectorShape.roundUp(Math.max(1, rows), STREAMS));
    }
}
