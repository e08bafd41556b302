package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;

import dev.parley.kernels.vectors.VectorShape;
import jdk.incubator.vector.FloatVector;

/** Products of four rows with up to four vectors at a time: sixteen sums in registers, each number loaded used four times. */
final class RowTile {

    private RowTile() {}

    /** Rows of a part: at least as many as {@link TransposedRows} transposes at a time. */
    static int rowsPerPart(long bytesOfRow, int rows) {
        return Math.max(2 * LANES, Partition.rowsPerPart(bytesOfRow, rows));
    }

    /** Floats that vectors of n numbers take: those of a large batch lie side by side. */
    static int inputSize(int n, int batch) {
        return batch < TransposedRows.MIN_BATCH ? batch * n : Tile.inputSize(n, batch);
    }

    /**
     * y[b][r] for four rows and all vectors.
     *
     * @param w four rows of n floats, one after the other, and room for the sums: {@link #scratchSize}
     * @param n floats in a row, a multiple of the lanes
     * @param rowAt where in a vector's results each of the four rows goes
     */
    static void multiply(float[] w, int n, float[] x, int batch, int xStride, float[] y, int yAt, int yStride, int[] rowAt) {
        for (int b = 0; b < batch; b += 4) {
            var last = batch - 1;
            tile(w, n, x, b * xStride, Math.min(b + 1, last) * xStride, Math.min(b + 2, last) * xStride, Math.min(b + 3, last) * xStride);
            for (int k = 0; k < Math.min(4, batch - b); k++) add(w, 4 * n + k * LANES, y, yAt + (b + k) * yStride, rowAt);
        }
    }

    /** Floats that four rows and the sums of a tile take. */
    static int scratchSize(int n) {
        return 4 * n + 16 * LANES;
    }

    /**
     * Leaves sixteen vectors, whose lanes are still to be added, after the rows: kept apart, since a method of all this is too large to be
     * inlined into.
     */
    private static void tile(float[] w, int n, float[] x, int x0, int x1, int x2, int x3) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector a00 = zero, a01 = zero, a02 = zero, a03 = zero;
        FloatVector a10 = zero, a11 = zero, a12 = zero, a13 = zero;
        FloatVector a20 = zero, a21 = zero, a22 = zero, a23 = zero;
        FloatVector a30 = zero, a31 = zero, a32 = zero, a33 = zero;
        for (int i = 0; i < n; i += LANES) {
            var v0 = FloatVector.fromArray(FLOATS, x, x0 + i);
            var v1 = FloatVector.fromArray(FLOATS, x, x1 + i);
            var v2 = FloatVector.fromArray(FLOATS, x, x2 + i);
            var v3 = FloatVector.fromArray(FLOATS, x, x3 + i);
            var r = FloatVector.fromArray(FLOATS, w, i);
            a00 = r.fma(v0, a00);
            a01 = r.fma(v1, a01);
            a02 = r.fma(v2, a02);
            a03 = r.fma(v3, a03);
            r = FloatVector.fromArray(FLOATS, w, n + i);
            a10 = r.fma(v0, a10);
            a11 = r.fma(v1, a11);
            a12 = r.fma(v2, a12);
            a13 = r.fma(v3, a13);
            r = FloatVector.fromArray(FLOATS, w, 2 * n + i);
            a20 = r.fma(v0, a20);
            a21 = r.fma(v1, a21);
            a22 = r.fma(v2, a22);
            a23 = r.fma(v3, a23);
            r = FloatVector.fromArray(FLOATS, w, 3 * n + i);
            a30 = r.fma(v0, a30);
            a31 = r.fma(v1, a31);
            a32 = r.fma(v2, a32);
            a33 = r.fma(v3, a33);
        }
        keep(w, 4 * n, a00, a01, a02, a03);
        keep(w, 4 * n + 4 * LANES, a10, a11, a12, a13);
        keep(w, 4 * n + 8 * LANES, a20, a21, a22, a23);
        keep(w, 4 * n + 12 * LANES, a30, a31, a32, a33);
    }

    private static void keep(float[] into, int at, FloatVector v0, FloatVector v1, FloatVector v2, FloatVector v3) {
        v0.intoArray(into, at);
        v1.intoArray(into, at + LANES);
        v2.intoArray(into, at + 2 * LANES);
        v3.intoArray(into, at + 3 * LANES);
    }

    /** One vector's products with the four rows. */
    private static void add(float[] sums, int at, float[] y, int yAt, int[] rowAt) {
        for (int r = 0; r < 4; r++) y[yAt + rowAt[r]] = VectorShape.sumLanes(FloatVector.fromArray(FLOATS, sums, at + 4 * r * LANES));
    }
}
