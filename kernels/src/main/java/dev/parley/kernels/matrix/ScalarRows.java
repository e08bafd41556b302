package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.LANES;

import dev.parley.kernels.vectors.VectorShape;

/**
 * Computes what {@link RowTile} does, to the last bit, in plain loops. Interpreted, a vector operation takes a thousand times as
 * long as compiled, and compiling takes half a second: these loops serve until then, so that the first token need not wait.
 */
final class ScalarRows {

    private ScalarRows() {}

    /**
     * y[b] for one row and all vectors.
     *
     * @param w holds the row's n floats, n a multiple of the lanes, and room for a sum of each lane after them
     */
    static void multiply(float[] w, int n, float[] x, int batch, float[] y, int yAt, int yStride) {
        var transposed = batch >= TransposedRows.MIN_BATCH;
        int step = transposed ? Tile.VECTORS : LANES; // from a lane's number to its next
        int lanes = transposed ? Tile.VECTORS * n / LANES : 1; // from a lane to the next
        for (int b = 0; b < batch; b++) {
            var xAt = transposed ? Tile.inputAt(n, b, batch) : b * n;
            for (int lane = 0; lane < LANES; lane += 4) fourLanes(w, n, x, xAt + lane * lanes, lanes, step, lane);
            y[yAt + b * yStride] = VectorShape.sumLanes(w, n);
        }
    }

    private static void fourLanes(float[] w, int n, float[] x, int xAt, int lanes, int step, int lane) {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (int i = lane; i < n; i += LANES, xAt += step) {
            s0 = Math.fma(w[i], x[xAt], s0);
            s1 = Math.fma(w[i + 1], x[xAt + lanes], s1);
            s2 = Math.fma(w[i + 2], x[xAt + 2 * lanes], s2);
            s3 = Math.fma(w[i + 3], x[xAt + 3 * lanes], s3);
        }
        w[n + lane] = s0;
        w[n + lane + 1] = s1;
        w[n + lane + 2] = s2;
        w[n + lane + 3] = s3;
    }
}
