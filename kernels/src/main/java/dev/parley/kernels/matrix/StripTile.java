package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Products of quantised weights, which lie in strips, with several vectors. Up to eight are multiplied by two strips while their
 * weights are widened; for more, some columns of two strips are widened to a panel that stays in the nearest cache, and multiplied
 * with all vectors.
 */
final class StripTile {

    private static final int COLUMNS = 256; // of a panel

    /** Floats of a panel. */
    static final int PANEL = 2 * COLUMNS * LANES;

    /** Floats of four vectors: the sums of a group, and the results. */
    static final int SUMS = 2 * Tile.SUMS;

    private StripTile() {}

    /**
     * Weights in strips, whose columns lie in groups that share a scale. The result of a group is scale · (stretch · sum(f x) + shift ·
     * sum(x)).
     */
    interface Weights {

        /**
         * Sums the products of f with two tiles of vectors, for all columns of a group.
         *
         * @param xAt where the group's columns begin in the first tile's vectors
         * @param nextAt where in the second's
         * @param at where the sums of both are
         */
        void sumPair(int s0, int s1, int group, float[] x, int xAt, int nextAt, float[] sums, int at);

        /** Adds products of f with all tiles of vectors to their sums, for some columns of a group. */
        void add(int s0, int s1, int group, int column, int columns, Vectors vectors, MatrixWorkspace workspace);

        FloatVector scales(int strip, int group);
    }

    /**
     * Vectors in tiles.
     *
     * @param at where the columns begin in the first tile's
     * @param size numbers from a tile to the next
     */
    record Vectors(float[] x, int at, int tiles, int size) {}

    /** Adds products of some columns, which lie widened in the panel, to the sums of the tiles from a first one on. */
    static void addWidened(int columns, Vectors vectors, int first, MatrixWorkspace workspace) {
        for (int t = first; t < vectors.tiles; t++)
            Tile.add(workspace.panel, 0, columns, vectors.x, vectors.at + t * vectors.size, workspace.sums, t * SUMS);
    }

    /**
     * How weights are grouped.
     *
     * @param size numbers of an arranged vector; where there is a shift, those after the columns are sum(x) of each group
     */
    record Groups(int count, int columns, int size, float stretch, float shift) {}

    /** y[b][r] for the rows of two strips, which may be the same, and all vectors. */
    static void multiply(Weights weights, Groups groups, int s0, int s1, float[] x, int batch, float[] y, int yAt, int yStride, int rows,
            MatrixWorkspace workspace) {
        var sums = workspace.sums;
        var tiles = Math.ceilDiv(batch, Tile.VECTORS);
        Arrays.fill(sums, 0, tiles * SUMS, 0);
        for (int g = 0; g < groups.count; g++) {
            if (inPairs(tiles)) sumPairs(weights, groups, s0, s1, g, x, tiles, sums);
            else addColumns(weights, groups, s0, s1, g, x, tiles, workspace);
            FloatVector scale0 = weights.scales(s0, g), scale1 = weights.scales(s1, g);
            for (int t = 0; t < tiles; t++) {
                addScaled(groups, sums, t * SUMS, x, Tile.VECTORS * (t * groups.size + groups.count * groups.columns + g), scale0, scale1);
            }
        }
        for (int t = 0; t < tiles; t++) {
            var first = t * Tile.VECTORS;
            Tile.store(sums, t * SUMS + Tile.SUMS, batch - first, y, yAt + first * yStride, yStride, s0 * LANES, s1 * LANES, rows);
        }
    }

    /** With the thirty-two registers of AVX-512, to widen weights again for each two tiles is faster than to write and read a panel. */
    private static boolean inPairs(int tiles) {
        return tiles == 2 || tiles > 2 && LANES >= 16;
    }

    private static void sumPairs(Weights weights, Groups groups, int s0, int s1, int g, float[] x, int tiles, float[] sums) {
        int at = Tile.VECTORS * g * groups.columns, size = Tile.VECTORS * groups.size;
        for (int t = 0; t < tiles; t += 2) {
            weights.sumPair(s0, s1, g, x, at + t * size, at + Math.min(t + 1, tiles - 1) * size, sums, t * SUMS);
        }
    }

    private static void addColumns(Weights weights, Groups groups, int s0, int s1, int g, float[] x, int tiles, MatrixWorkspace workspace) {
        for (int c = 0; c < groups.columns; c += COLUMNS) {
            var vectors = new Vectors(x, Tile.VECTORS * (g * groups.columns + c), tiles, Tile.VECTORS * groups.size);
            weights.add(s0, s1, g, c, Math.min(COLUMNS, groups.columns - c), vectors, workspace);
        }
    }

    /** Adds a group's sums to the results, from f x to w x, and begins the next. */
    private static void addScaled(Groups groups, float[] sums, int at, float[] x, int sumAt, FloatVector scale0, FloatVector scale1) {
        for (int v = 0; v < Tile.VECTORS; v++) {
            var shifted = FloatVector.broadcast(FLOATS, groups.shift == 0 ? 0 : groups.shift * x[sumAt + v]);
            addScaled(groups.stretch, sums, at + 2 * v * LANES, scale0, shifted);
            addScaled(groups.stretch, sums, at + (2 * v + 1) * LANES, scale1, shifted);
        }
        Arrays.fill(sums, at, at + Tile.SUMS, 0);
    }

    private static void addScaled(float stretch, float[] sums, int at, FloatVector scale, FloatVector shifted) {
        FloatVector.fromArray(FLOATS, sums, at).fma(FloatVector.broadcast(FLOATS, stretch), shifted)
                .fma(scale, FloatVector.fromArray(FLOATS, sums, at + Tile.SUMS)).intoArray(sums, at + Tile.SUMS);
    }
}
