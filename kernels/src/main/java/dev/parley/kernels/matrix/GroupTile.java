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
    static void addFour(MemorySegment panel, int columns, int group, float[] scales, int scalesAt, int nextAt, float[] x, int xAt, int sumAt,
            float[] y, int at) {
        var zero = FloatVector.zero(FLOATS);
        long from = 0;
        for (int first = 0; first < columns; first += group) {
            FloatVector a0 = zero, b0 = zero, a1 = zero, b1 = zero, a2 = zero, b2 = zero, a3 = zero, b3 = zero;
            for (int c = 0; c < group; c++, from += STEP, xAt += Tile.VECTORS) {
                var a = FloatVector.fromMemorySegment(FLOATS, panel, from, LITTLE);
                var b = FloatVector.fromMemorySegment(FLOATS, panel, from + Tile.VECTOR, LITTLE);
                var n = FloatVector.broadcast(FLOATS, x[xAt]);
                a0 = a.fma(n, a0);
                b0 = b.fma(n, b0);
                n = FloatVector.broadcast(FLOATS, x[xAt + 1]);
                a1 = a.fma(n, a1);
                b1 = b.fma(n, b1);
                n = FloatVector.broadcast(FLOATS, x[xAt + 2]);
                a2 = a.fma(n, a2);
                b2 = b.fma(n, b2);
                n = FloatVector.broadcast(FLOATS, x[xAt + 3]);
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
}
