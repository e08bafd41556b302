package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.IntVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Whole numbers of four bits. They are masked where they stand in the int, and become floats times a power of 16, by which their inputs
 * were divided before: two operations for a register of them, and no shifts. Only the one at the top of an int is shifted down, since it
 * would be the sign.
 */
final class FourBits extends StripCodes {

    static final FourBits CODES = new FourBits();

    private static final int PER_INT = 8;

    private FourBits() {
        super(4, PER_INT, 32);
        for (int c = 0; c < factors.length; c++)
            if (c % PER_INT < 7) factors[c] = 1f / (1 << 4 * (c % PER_INT));
    }

    @Override
    void widen(MemorySegment w, long from, int columns, MemorySegment panel, long at) {
        for (int c = 0; c < columns; c += PER_INT) {
            var n = fromMemorySegment(INTS, w, from + Tile.VECTOR * (c / PER_INT), LITTLE);
            for (int k = 0; k < 7; k++)
                ((FloatVector) n.and(15 << 4 * k).convertShape(I2F, FLOATS, 0)).intoMemorySegment(panel, at + STEP * (c + k), LITTLE);
            ((FloatVector) n.lanewise(LSHR, 28).convertShape(I2F, FLOATS, 0)).intoMemorySegment(panel, at + STEP * (c + 7), LITTLE);
        }
    }

    @Override
    void sumFour(MemorySegment w, long at0, long at1, long at2, long at3, int columns, float[] x, int xAt, MemorySegment sums) {
        for (int first = 0; first < columns; first += 32) {
            FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, a2 = a0, a3 = a0;
            for (int c = first; c < first + 32; c += PER_INT) {
                var at = Tile.VECTOR * (c / PER_INT);
                var n0 = fromMemorySegment(INTS, w, at0 + at, LITTLE);
                var n1 = fromMemorySegment(INTS, w, at1 + at, LITTLE);
                var n2 = fromMemorySegment(INTS, w, at2 + at, LITTLE);
                var n3 = fromMemorySegment(INTS, w, at3 + at, LITTLE);
                for (int k = 0; k < 7; k++) {
                    var v = broadcast(FLOATS, x[xAt + c + k]);
                    var m = IntVector.broadcast(INTS, 15 << 4 * k);
                    a0 = ((FloatVector) n0.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a0);
                    a1 = ((FloatVector) n1.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a1);
                    a2 = ((FloatVector) n2.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a2);
                    a3 = ((FloatVector) n3.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a3);
                }
                var v = broadcast(FLOATS, x[xAt + c + 7]);
                a0 = ((FloatVector) n0.lanewise(LSHR, 28).convertShape(I2F, FLOATS, 0)).fma(v, a0);
                a1 = ((FloatVector) n1.lanewise(LSHR, 28).convertShape(I2F, FLOATS, 0)).fma(v, a1);
                a2 = ((FloatVector) n2.lanewise(LSHR, 28).convertShape(I2F, FLOATS, 0)).fma(v, a2);
                a3 = ((FloatVector) n3.lanewise(LSHR, 28).convertShape(I2F, FLOATS, 0)).fma(v, a3);
            }
            GroupTile.keep(sums, first / 32, a0, a1, a2, a3);
        }
    }
}
