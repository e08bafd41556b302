package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of 8-bit weights with several vectors: two strips (each as many rows as a register has lanes, a column's bytes side by
 * side), whose bytes are widened on the way, so that memory streams at an even pace. Eight vectors take sixteen sums, which is all
 * the registers of AVX2, so the compiler keeps some in memory; two passes of eight sums, with memory idle during the second, were
 * slower still.
 */
final class Int8Tile {

    /** Eight or sixteen bytes, of which the first {@code LANES} become floats. */
    private static final VectorSpecies<Byte> BYTES = LANES >= 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    /** Bytes that the last load may read beyond the weights. */
    static final int SLACK = BYTES.length() - Math.min(LANES, BYTES.length());

    private Int8Tile() {}

    /** A column of a strip, as floats. */
    static FloatVector column(MemorySegment w, long at) {
        return (FloatVector) ByteVector.fromMemorySegment(BYTES, w, at, LITTLE).convertShape(VectorOperators.B2F, FLOATS, 0);
    }

    /** Adds the products with the first tile of vectors to its sums, and leaves the widened weights in the panel. */
    static void multiplyFirstTile(MemorySegment w, long at0, long at1, int columns, MemorySegment panel, float[] x, int xAt, float[] sums) {
        FloatVector a0 = Tile.sum(sums, 0, 0), b0 = Tile.sum(sums, 0, 1), a1 = Tile.sum(sums, 0, 2), b1 = Tile.sum(sums, 0, 3);
        FloatVector a2 = Tile.sum(sums, 0, 4), b2 = Tile.sum(sums, 0, 5), a3 = Tile.sum(sums, 0, 6), b3 = Tile.sum(sums, 0, 7);
        for (int c = 0; c < columns; c++) {
            var a = column(w, at0 + (long) c * LANES);
            var b = column(w, at1 + (long) c * LANES);
            a.intoMemorySegment(panel, 2 * Tile.VECTOR * c, LITTLE);
            b.intoMemorySegment(panel, 2 * Tile.VECTOR * c + Tile.VECTOR, LITTLE);
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
        Tile.keep(sums, 0, a0, b0, a1, b1);
        Tile.keep(sums, Tile.SUMS / 2, a2, b2, a3, b3);
    }

    /**
     * Sums the products of two strips with two tiles of vectors, for a whole group: reading sums begun before would be more than the
     * compiler inlines.
     */
    static void multiplyTwoTiles(MemorySegment w, long at0, long at1, int columns, float[] x, int xAt, int nextAt, float[] sums, int at) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero, b7 = zero;
        for (int c = 0; c < columns; c++) {
            var a = column(w, at0 + (long) c * LANES);
            var b = column(w, at1 + (long) c * LANES);
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
        Tile.keep(sums, at + StripTile.SUMS, a4, b4, a5, b5);
        Tile.keep(sums, at + StripTile.SUMS + Tile.SUMS / 2, a6, b6, a7, b7);
    }
}
