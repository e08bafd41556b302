package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Products of 4-bit weights with several vectors. An int holds eight columns of a row. Rotated so that the next one lies just below
 * a float's exponent, two bit operations make it the float f = 1 + number / 16.
 */
final class Int4Tile {

    /** Numbers in an int. */
    static final int PER_INT = 8;

    /** By how many bits an int is rotated, so that its first number lies just below a float's exponent. */
    static final int ROTATION = 19;

    /** Where the next number of an int is. */
    static final int MASK = 15 << ROTATION;

    /** The bits of 1f. */
    static final int ONE = 0x3f800000;

    private Int4Tile() {}

    /** Widens columns of a strip into a panel, each two registers after the one before. */
    static void widen(MemorySegment w, long from, int columns, MemorySegment panel, long at) {
        var mask = IntVector.broadcast(INTS, MASK);
        var one = IntVector.broadcast(INTS, ONE);
        for (int c = 0; c < columns; c += PER_INT, from += Tile.VECTOR) {
            var bits = IntVector.fromMemorySegment(INTS, w, from, LITTLE);
            for (int k = 0; k < PER_INT; k++) {
                bits.and(mask).or(one).reinterpretAsFloats().intoMemorySegment(panel, at + 2 * Tile.VECTOR * (c + k), LITTLE);
                bits = bits.lanewise(VectorOperators.ROR, 4);
            }
        }
    }

    /** Sums the products of two strips with two tiles of vectors, for the columns of a group. */
    static void multiplyTwoTiles(MemorySegment w, long at0, long at1, int columns, float[] x, int xAt, int nextAt, float[] sums, int at) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero, b7 = zero;
        var mask = IntVector.broadcast(INTS, MASK);
        var one = IntVector.broadcast(INTS, ONE);
        int i = xAt, j = nextAt;
        for (int c = 0; c < columns; c += PER_INT, at0 += Tile.VECTOR, at1 += Tile.VECTOR) {
            var bits0 = IntVector.fromMemorySegment(INTS, w, at0, LITTLE);
            var bits1 = IntVector.fromMemorySegment(INTS, w, at1, LITTLE);
            for (int k = 0; k < PER_INT; k++, i += Tile.VECTORS, j += Tile.VECTORS) {
                var a = bits0.and(mask).or(one).reinterpretAsFloats();
                var b = bits1.and(mask).or(one).reinterpretAsFloats();
                bits0 = bits0.lanewise(VectorOperators.ROR, 4);
                bits1 = bits1.lanewise(VectorOperators.ROR, 4);
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
        }
        Tile.keep(sums, at, a0, b0, a1, b1);
        Tile.keep(sums, at + Tile.SUMS / 2, a2, b2, a3, b3);
        Tile.keep(sums, at + StripTile.SUMS, a4, b4, a5, b5);
        Tile.keep(sums, at + StripTile.SUMS + Tile.SUMS / 2, a6, b6, a7, b7);
    }
}
