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

    private static final long STEP = StripCodes.STEP;

    private GroupTile() {}

    /**
     * Adds the products of two strips with four vectors to their results.
     *
     * @param panel holds at {@code from} for each column a register of the first strip's numbers, then one of the second's
     * @param scales of the group in the first strip at {@code scalesAt}, and in the second at {@code nextAt}
     * @param x holds at {@code xAt} for each column of the group a number of each vector, at {@code sumAt} their sums
     * @param y results in the order of {@link Tile}'s sums
     */
    static void addFour(MemorySegment panel, long from, int columns, float[] scales, int scalesAt, int nextAt, float[] x, int xAt,
            int sumAt,
            MemorySegment y, long at) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector a0 = zero, b0 = zero, a1 = zero, b1 = zero, a2 = zero, b2 = zero, a3 = zero, b3 = zero;
        for (int c = 0; c < columns; c++) {
            var a = FloatVector.fromMemorySegment(FLOATS, panel, from + STEP * c, LITTLE);
            var b = FloatVector.fromMemorySegment(FLOATS, panel, from + STEP * c + Tile.VECTOR, LITTLE);
            var i = xAt + Tile.VECTORS * c;
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
        m.fma(n, a0.fma(s, FloatVector.fromMemorySegment(FLOATS, y, at, LITTLE))).intoMemorySegment(y, at, LITTLE);
        l.fma(n, b0.fma(t, FloatVector.fromMemorySegment(FLOATS, y, at + Tile.VECTOR, LITTLE))).intoMemorySegment(y, at + Tile.VECTOR,
                LITTLE);
        n = FloatVector.broadcast(FLOATS, x[sumAt + 1]);
        m.fma(n, a1.fma(s, FloatVector.fromMemorySegment(FLOATS, y, at + 2 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                at + 2 * Tile.VECTOR, LITTLE);
        l.fma(n, b1.fma(t, FloatVector.fromMemorySegment(FLOATS, y, at + 3 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                at + 3 * Tile.VECTOR, LITTLE);
        n = FloatVector.broadcast(FLOATS, x[sumAt + 2]);
        m.fma(n, a2.fma(s, FloatVector.fromMemorySegment(FLOATS, y, at + 4 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                at + 4 * Tile.VECTOR, LITTLE);
        l.fma(n, b2.fma(t, FloatVector.fromMemorySegment(FLOATS, y, at + 5 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                at + 5 * Tile.VECTOR, LITTLE);
        n = FloatVector.broadcast(FLOATS, x[sumAt + 3]);
        m.fma(n, a3.fma(s, FloatVector.fromMemorySegment(FLOATS, y, at + 6 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                at + 6 * Tile.VECTOR, LITTLE);
        l.fma(n, b3.fma(t, FloatVector.fromMemorySegment(FLOATS, y, at + 7 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                at + 7 * Tile.VECTOR, LITTLE);
    }

    /**
     * The same with two tiles of vectors, whose sixteen sums fit the registers of AVX-512.
     *
     * @param xAt the first tile's numbers, {@code xNext} the second's
     * @param sumAt the first tile's sums, {@code sumNext} the second's
     * @param at the first tile's results, {@code next} the second's
     */
    static void addEight(MemorySegment panel, long from, int columns, float[] scales, int scalesAt, int nextAt, float[] x, int xAt,
            int xNext,
            int sumAt, int sumNext, MemorySegment y, long at, long next) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero, b7 = zero;
        for (int c = 0; c < columns; c++) {
            var a = FloatVector.fromMemorySegment(FLOATS, panel, from + STEP * c, LITTLE);
            var b = FloatVector.fromMemorySegment(FLOATS, panel, from + STEP * c + Tile.VECTOR, LITTLE);
            int i = xAt + Tile.VECTORS * c, j = xNext + Tile.VECTORS * c;
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
        FloatVector s = FloatVector.fromArray(FLOATS, scales, scalesAt), m = FloatVector.fromArray(FLOATS, scales, scalesAt + LANES);
        FloatVector t = FloatVector.fromArray(FLOATS, scales, nextAt), l = FloatVector.fromArray(FLOATS, scales, nextAt + LANES);
        var n = FloatVector.broadcast(FLOATS, x[sumAt]);
        m.fma(n, a0.fma(s, FloatVector.fromMemorySegment(FLOATS, y, at, LITTLE))).intoMemorySegment(y, at, LITTLE);
        l.fma(n, b0.fma(t, FloatVector.fromMemorySegment(FLOATS, y, at + Tile.VECTOR, LITTLE))).intoMemorySegment(y, at + Tile.VECTOR,
                LITTLE);
        n = FloatVector.broadcast(FLOATS, x[sumAt + 1]);
        m.fma(n, a1.fma(s, FloatVector.fromMemorySegment(FLOATS, y, at + 2 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                at + 2 * Tile.VECTOR, LITTLE);
        l.fma(n, b1.fma(t, FloatVector.fromMemorySegment(FLOATS, y, at + 3 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                at + 3 * Tile.VECTOR, LITTLE);
        n = FloatVector.broadcast(FLOATS, x[sumAt + 2]);
        m.fma(n, a2.fma(s, FloatVector.fromMemorySegment(FLOATS, y, at + 4 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                at + 4 * Tile.VECTOR, LITTLE);
        l.fma(n, b2.fma(t, FloatVector.fromMemorySegment(FLOATS, y, at + 5 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                at + 5 * Tile.VECTOR, LITTLE);
        n = FloatVector.broadcast(FLOATS, x[sumAt + 3]);
        m.fma(n, a3.fma(s, FloatVector.fromMemorySegment(FLOATS, y, at + 6 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                at + 6 * Tile.VECTOR, LITTLE);
        l.fma(n, b3.fma(t, FloatVector.fromMemorySegment(FLOATS, y, at + 7 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                at + 7 * Tile.VECTOR, LITTLE);
        n = FloatVector.broadcast(FLOATS, x[sumNext]);
        m.fma(n, a4.fma(s, FloatVector.fromMemorySegment(FLOATS, y, next, LITTLE))).intoMemorySegment(y, next, LITTLE);
        l.fma(n, b4.fma(t, FloatVector.fromMemorySegment(FLOATS, y, next + Tile.VECTOR, LITTLE))).intoMemorySegment(y, next + Tile.VECTOR,
                LITTLE);
        n = FloatVector.broadcast(FLOATS, x[sumNext + 1]);
        m.fma(n, a5.fma(s, FloatVector.fromMemorySegment(FLOATS, y, next + 2 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                next + 2 * Tile.VECTOR, LITTLE);
        l.fma(n, b5.fma(t, FloatVector.fromMemorySegment(FLOATS, y, next + 3 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                next + 3 * Tile.VECTOR, LITTLE);
        n = FloatVector.broadcast(FLOATS, x[sumNext + 2]);
        m.fma(n, a6.fma(s, FloatVector.fromMemorySegment(FLOATS, y, next + 4 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                next + 4 * Tile.VECTOR, LITTLE);
        l.fma(n, b6.fma(t, FloatVector.fromMemorySegment(FLOATS, y, next + 5 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                next + 5 * Tile.VECTOR, LITTLE);
        n = FloatVector.broadcast(FLOATS, x[sumNext + 3]);
        m.fma(n, a7.fma(s, FloatVector.fromMemorySegment(FLOATS, y, next + 6 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                next + 6 * Tile.VECTOR, LITTLE);
        l.fma(n, b7.fma(t, FloatVector.fromMemorySegment(FLOATS, y, next + 7 * Tile.VECTOR, LITTLE))).intoMemorySegment(y,
                next + 7 * Tile.VECTOR, LITTLE);
    }

    /** Keeps a group's sums of four strips. */
    static void keep(MemorySegment sums, int group, FloatVector a0, FloatVector a1, FloatVector a2, FloatVector a3) {
        var at = 4 * Tile.VECTOR * group;
        a0.intoMemorySegment(sums, at, LITTLE);
        a1.intoMemorySegment(sums, at + Tile.VECTOR, LITTLE);
        a2.intoMemorySegment(sums, at + 2 * Tile.VECTOR, LITTLE);
        a3.intoMemorySegment(sums, at + 3 * Tile.VECTOR, LITTLE);
    }

    /**
     * Adds the sums of groups of four strips, scaled, to their results.
     *
     * @param stride floats from the scales of a strip to those of the next
     * @param x holds at {@code sumAt} the sum of each group's inputs
     */
    static void addOne(MemorySegment sums, int groups, float[] scales, int stride, float[] x, int sumAt, float[] y) {
        FloatVector y0 = Tile.sum(y, 0, 0), y1 = Tile.sum(y, 0, 1), y2 = Tile.sum(y, 0, 2), y3 = Tile.sum(y, 0, 3);
        for (int g = 0; g < groups; g++) {
            var n = FloatVector.broadcast(FLOATS, x[sumAt + g]);
            var at = 4 * Tile.VECTOR * g;
            var s = 2 * LANES * g;
            y0 = FloatVector.fromArray(FLOATS, scales, s + LANES).fma(n,
                    FloatVector.fromMemorySegment(FLOATS, sums, at, LITTLE).fma(FloatVector.fromArray(FLOATS, scales, s), y0));
            s += stride;
            y1 = FloatVector.fromArray(FLOATS, scales, s + LANES).fma(n,
                    FloatVector.fromMemorySegment(FLOATS, sums, at + Tile.VECTOR, LITTLE).fma(FloatVector.fromArray(FLOATS, scales, s),
                            y1));
            s += stride;
            y2 = FloatVector.fromArray(FLOATS, scales, s + LANES).fma(n, FloatVector
                    .fromMemorySegment(FLOATS, sums, at + 2 * Tile.VECTOR, LITTLE).fma(FloatVector.fromArray(FLOATS, scales, s), y2));
            s += stride;
            y3 = FloatVector.fromArray(FLOATS, scales, s + LANES).fma(n, FloatVector
                    .fromMemorySegment(FLOATS, sums, at + 3 * Tile.VECTOR, LITTLE).fma(FloatVector.fromArray(FLOATS, scales, s), y3));
        }
        Tile.keep(y, 0, y0, y1, y2, y3);
    }
}
