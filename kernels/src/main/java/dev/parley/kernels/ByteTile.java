package dev.parley.kernels;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of weights of eight bits with several vectors: two strips (each as many rows as a vector has lanes, a column's bytes
 * side by side) and up to eight vectors at a time, sixteen sums in registers. A byte is widened once for all eight.
 *
 * <p>One loop over the columns, and nothing in it that depends on more than its number: the compiler then takes the checks of
 * bounds out of it. With an inner loop over the four columns of an int, the same product was a quarter slower.
 */
final class ByteTile {

    /** Eight or sixteen bytes, of which the first become floats: as many as a vector of floats has lanes. */
    private static final VectorSpecies<Byte> BYTES = Lanes.COUNT >= 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    /** Bytes after the last column that a load may touch. */
    static final int SLACK = BYTES.length() - Math.min(Lanes.COUNT, BYTES.length());

    private ByteTile() {}

    /** A column of a strip. */
    static FloatVector column(MemorySegment w, long at) {
        return (FloatVector) ByteVector.fromMemorySegment(BYTES, w, at, Lanes.LITTLE).convertShape(VectorOperators.B2F, Lanes.FLOATS, 0);
    }

    /**
     * The sums of w x over columns.
     *
     * @param at0 where they begin in the first strip
     * @param xAt where they begin in x; the numbers of eight vectors lie together
     * @param sums receives, for each vector, a sum of each row: the first strip's at 0, the second's at 8 vectors
     */
    static void sums(MemorySegment w, long at0, long at1, int columns, float[] x, int xAt, int count, float[] sums) {
        if (count > 4) eight(w, at0, at1, columns, x, xAt, sums);
        else four(w, at0, at1, columns, x, xAt, sums);
    }

    private static void four(MemorySegment w, long at0, long at1, int columns, float[] x, int xAt, float[] sums) {
        var zero = FloatVector.zero(Lanes.FLOATS);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        for (int c = 0; c < columns; c++) {
            var f = column(w, at0 + (long) c * Lanes.COUNT);
            var g = column(w, at1 + (long) c * Lanes.COUNT);
            var i = xAt + c * StripTile.MOST_VECTORS;
            var n = FloatVector.broadcast(Lanes.FLOATS, x[i]);
            a0 = f.fma(n, a0);
            b0 = g.fma(n, b0);
            n = FloatVector.broadcast(Lanes.FLOATS, x[i + 1]);
            a1 = f.fma(n, a1);
            b1 = g.fma(n, b1);
            n = FloatVector.broadcast(Lanes.FLOATS, x[i + 2]);
            a2 = f.fma(n, a2);
            b2 = g.fma(n, b2);
            n = FloatVector.broadcast(Lanes.FLOATS, x[i + 3]);
            a3 = f.fma(n, a3);
            b3 = g.fma(n, b3);
        }
        StripTile.keep(sums, 0, a0, a1, a2, a3);
        StripTile.keep(sums, 8, b0, b1, b2, b3);
    }

    private static void eight(MemorySegment w, long at0, long at1, int columns, float[] x, int xAt, float[] sums) {
        var zero = FloatVector.zero(Lanes.FLOATS);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero, b7 = zero;
        for (int c = 0; c < columns; c++) {
            var f = column(w, at0 + (long) c * Lanes.COUNT);
            var g = column(w, at1 + (long) c * Lanes.COUNT);
            var i = xAt + c * StripTile.MOST_VECTORS;
            var n = FloatVector.broadcast(Lanes.FLOATS, x[i]);
            a0 = f.fma(n, a0);
            b0 = g.fma(n, b0);
            n = FloatVector.broadcast(Lanes.FLOATS, x[i + 1]);
            a1 = f.fma(n, a1);
            b1 = g.fma(n, b1);
            n = FloatVector.broadcast(Lanes.FLOATS, x[i + 2]);
            a2 = f.fma(n, a2);
            b2 = g.fma(n, b2);
            n = FloatVector.broadcast(Lanes.FLOATS, x[i + 3]);
            a3 = f.fma(n, a3);
            b3 = g.fma(n, b3);
            n = FloatVector.broadcast(Lanes.FLOATS, x[i + 4]);
            a4 = f.fma(n, a4);
            b4 = g.fma(n, b4);
            n = FloatVector.broadcast(Lanes.FLOATS, x[i + 5]);
            a5 = f.fma(n, a5);
            b5 = g.fma(n, b5);
            n = FloatVector.broadcast(Lanes.FLOATS, x[i + 6]);
            a6 = f.fma(n, a6);
            b6 = g.fma(n, b6);
            n = FloatVector.broadcast(Lanes.FLOATS, x[i + 7]);
            a7 = f.fma(n, a7);
            b7 = g.fma(n, b7);
        }
        StripTile.keep(sums, 0, a0, a1, a2, a3);
        StripTile.keep(sums, 4, a4, a5, a6, a7);
        StripTile.keep(sums, 8, b0, b1, b2, b3);
        StripTile.keep(sums, 12, b4, b5, b6, b7);
    }
}
