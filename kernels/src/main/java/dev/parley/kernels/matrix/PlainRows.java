package dev.parley.kernels.matrix;

import dev.parley.kernels.vectors.Lanes;

/**
 * What {@link RowTile} computes, to the last bit, number by number. Interpreted, an operation on vectors takes a thousand times as
 * long as compiled, and compiling it takes half a second: this is for the time before, so that the first token need not wait.
 */
final class PlainRows {

    private PlainRows() {}

    /**
     * y[b] for one row and all vectors.
     *
     * @param w holds the row's n floats, n a multiple of the lanes, and room for a sum of each lane after them
     */
    static void multiply(float[] w, int n, float[] x, int batch, float[] y, int yAt, int yStride) {
        var turned = batch >= TurnedRows.LEAST;
        int step = turned ? Tile.VECTORS : Lanes.COUNT, lanes = turned ? Tile.VECTORS * n / Lanes.COUNT : 1; // from a number to its lane's next, and to the next lane's
        for (int b = 0; b < batch; b++) {
            var xAt = turned ? Tile.inputAt(n, b, batch) : b * n;
            for (int lane = 0; lane < Lanes.COUNT; lane += 4) fourLanes(w, n, x, xAt + lane * lanes, lanes, step, lane);
            y[yAt + b * yStride] = Lanes.sum(w, n);
        }
    }

    private static void fourLanes(float[] w, int n, float[] x, int xAt, int lanes, int step, int lane) {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (int i = lane; i < n; i += Lanes.COUNT, xAt += step) {
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
