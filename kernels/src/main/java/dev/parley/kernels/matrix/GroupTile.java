package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Products of widened columns, which lie in panels, whose groups have scales. Each sum adds the products of a group from 0 on, one after
 * the other; multiplied by the group's scale it is added to the result. So a vector's bits do not depend on what is computed beside it.
 */
final class GroupTile {

    private static final long STEP = 2 * Tile.VECTOR; // from a column of a panel to the next

    private GroupTile() {}

    /**
     * Adds the products of two strips with four vectors to their results.
     *
     * @param columns whole groups
     * @param scales of the first strip at {@code scalesAt}, and of the second at {@code nextAt}
     * @param x holds at {@code xAt} for each column a number of each vector, at {@code sumAt} for each group their sums
     * @param y results as {@link Tile} has its sums
     */
    static void addFour(MemorySegment panel, int columns, int group, float[] scales, int scalesAt, int nextAt, float[] x, int xAt,
            int sumAt,
            float[] y, int at) {
        var zero = FloatVector.zero(FLOATS);
        for (int first = 0; first < columns; first += group) {
            var from = STEP * first;
            var xFrom = xAt + Tile.VECTORS * first;
            FloatVector a0 = zero, b0 = zero, a1 = zero, b1 = zero, a2 = zero, b2 = zero, a3 = zero, b3 = zero;
            for (int c = 0; c < group; c++) {
                var a = FloatVector.fromMemorySegment(FLOATS, panel, from + STEP * c, LITTLE);
                var b = FloatVector.fromMemorySegment(FLOATS, panel, from + STEP * c + Tile.VECTOR, LITTLE);
                var i = xFrom + Tile.VECTORS * c;
                var n = FloatVector.broadcast(FLOATS, x[i]);
                a0 = a.fma(n, a0);
                b0 = b.fma(n, b0);
                n = FloatVector.broadcast(FLOATS, x[i + 1]);
                a1 = a.fma(n, a1);
                b1 = b.fma(n, b1);
                n = FloatVector.broadcast(FLOATS, x[i + 2]);
                a2 = a.fma(n, a2);
                b2 = b.fma(n, b2);
                n = FloatVector.broadcast(FLOATS, x[i + 3]);
                a3 = a.fma(n, a3);
                b3 = b.fma(n, b3);
            }
            FloatVector s = FloatVector.fromArray(FLOATS, scales, scalesAt), m = FloatVector.fromArray(FLOATS, scales, scalesAt + LANES);
            FloatVector t = FloatVector.fromArray(FLOATS, scales, nextAt), l = FloatVector.fromArray(FLOATS, scales, nextAt + LANES);
            var n = FloatVector.broadcast(FLOATS, x[sumAt]);
            m.fma(n, a0.fma(s, Tile.sum(y, at, 0))).intoArray(y, at);
            l.fma(n, b0.fma(t, Tile.sum(y, at, 1))).intoArray(y, at + LANES);
            n = FloatVector.broadcast(FLOATS, x[sumAt + 1]);
            m.fma(n, a1.fma(s, Tile.sum(y, at, 2))).intoArray(y, at + 2 * LANES);
            l.fma(n, b1.fma(t, Tile.sum(y, at, 3))).intoArray(y, at + 3 * LANES);
            n = FloatVector.broadcast(FLOATS, x[sumAt + 2]);
            m.fma(n, a2.fma(s, Tile.sum(y, at, 4))).intoArray(y, at + 4 * LANES);
            l.fma(n, b2.fma(t, Tile.sum(y, at, 5))).intoArray(y, at + 5 * LANES);
            n = FloatVector.broadcast(FLOATS, x[sumAt + 3]);
            m.fma(n, a3.fma(s, Tile.sum(y, at, 6))).intoArray(y, at + 6 * LANES);
            l.fma(n, b3.fma(t, Tile.sum(y, at, 7))).intoArray(y, at + 7 * LANES);
            scalesAt += 2 * LANES;
            nextAt += 2 * LANES;
            sumAt += Tile.VECTORS;
        }
    }

    /**
     * The same for two tiles of vectors, whose sixteen sums fit the registers of AVX-512.
     *
     * @param xAt the first tile's numbers, {@code xNext} the second's
     * @param yAt the first tile's results, {@code yNext} the second's
     * @param a room for the sums, at {@code aAt}
     */
    static void addEight(MemorySegment panel, int columns, int group, float[] scales, int scalesAt, int nextAt, float[] x, int xAt,
            int xNext,
            int sumAt, int sumNext, float[] y, int yAt, int yNext, int aAt) {
        for (int first = 0; first < columns; first += group) {
            sumEight(panel, STEP * first, group, x, xAt + Tile.VECTORS * first, xNext + Tile.VECTORS * first, y, aAt);
            var g = first / group;
            int s0 = scalesAt + 2 * LANES * g, s1 = nextAt + 2 * LANES * g;
            for (int v = 0; v < Tile.VECTORS; v++)
                addScaled(scales, s0, s1, x[sumAt + Tile.VECTORS * g + v], y, aAt + 2 * v * LANES, yAt + 2 * v * LANES);
            for (int v = 0; v < Tile.VECTORS; v++)
                addScaled(scales, s0, s1, x[sumNext + Tile.VECTORS * g + v], y, aAt + Tile.SUMS + 2 * v * LANES, yNext + 2 * v * LANES);
        }
    }

    private static void addScaled(float[] scales, int s0, int s1, float sum, float[] y, int a, int at) {
        var n = FloatVector.broadcast(FLOATS, sum);
        var first = Tile.sum(y, a, 0).fma(FloatVector.fromArray(FLOATS, scales, s0), Tile.sum(y, at, 0));
        FloatVector.fromArray(FLOATS, scales, s0 + LANES).fma(n, first).intoArray(y, at);
        var second = Tile.sum(y, a, 1).fma(FloatVector.fromArray(FLOATS, scales, s1), Tile.sum(y, at, 1));
        FloatVector.fromArray(FLOATS, scales, s1 + LANES).fma(n, second).intoArray(y, at + LANES);
    }

    private static void sumEight(MemorySegment panel, long from, int columns, float[] x, int xAt, int nextAt, float[] sums, int at) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero, b7 = zero;
        for (int c = 0; c < columns; c++) {
            var a = FloatVector.fromMemorySegment(FLOATS, panel, from + STEP * c, LITTLE);
            var b = FloatVector.fromMemorySegment(FLOATS, panel, from + STEP * c + Tile.VECTOR, LITTLE);
            int i = xAt + Tile.VECTORS * c, j = nextAt + Tile.VECTORS * c;
            var n = FloatVector.broadcast(FLOATS, x[i]);
            a0 = a.fma(n, a0);
            b0 = b.fma(n, b0);
            n = FloatVector.broadcast(FLOATS, x[i + 1]);
            a1 = a.fma(n, a1);
            b1 = b.fma(n, b1);
            n = FloatVector.broadcast(FLOATS, x[i + 2]);
            a2 = a.fma(n, a2);
            b2 = b.fma(n, b2);
            n = FloatVector.broadcast(FLOATS, x[i + 3]);
            a3 = a.fma(n, a3);
            b3 = b.fma(n, b3);
            n = FloatVector.broadcast(FLOATS, x[j]);
            a4 = a.fma(n, a4);
            b4 = b.fma(n, b4);
            n = FloatVector.broadcast(FLOATS, x[j + 1]);
            a5 = a.fma(n, a5);
            b5 = b.fma(n, b5);
            n = FloatVector.broadcast(FLOATS, x[j + 2]);
            a6 = a.fma(n, a6);
            b6 = b.fma(n, b6);
            n = FloatVector.broadcast(FLOATS, x[j + 3]);
            a7 = a.fma(n, a7);
            b7 = b.fma(n, b7);
        }
        Tile.keep(sums, at, a0, b0, a1, b1);
        Tile.keep(sums, at + Tile.SUMS / 2, a2, b2, a3, b3);
        Tile.keep(sums, at + Tile.SUMS, a4, b4, a5, b5);
        Tile.keep(sums, at + Tile.SUMS + Tile.SUMS / 2, a6, b6, a7, b7);
    }
}
