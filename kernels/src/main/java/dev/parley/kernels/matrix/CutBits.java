package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.IntVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Whole numbers of five or six bits, six or five to an int, masked where they stand as in {@link FourBits}; the last of a unit are put
 * together again from the pairs of bits that they were cut into.
 */
final class CutBits extends StripCodes {

    static final CutBits FIVE = new CutBits(5, 32, 32), SIX = new CutBits(6, 16, 16);

    private final int mask;

    private CutBits(int bits, int unit, int group) {
        super(bits, unit, group);
        mask = (1 << bits) - 1;
        for (int c = 0; c < factors.length; c++) {
            var inUnit = c % unit;
            factors[c] = 1f / (1 << bits * (inUnit < ints * perInt ? inUnit % perInt : inUnit - ints * perInt));
        }
    }

    @Override
    void widen(MemorySegment w, long from, int columns, MemorySegment panel, long at) {
        var lowest = IntVector.broadcast(INTS, mask);
        for (int c = 0; c < columns; c += unit) {
            var cut = IntVector.zero(INTS);
            for (int i = 0; i < ints; i++) {
                var n = fromMemorySegment(INTS, w, from + Tile.VECTOR * (c / unit * ints + i), LITTLE);
                var m = lowest;
                for (int k = 0; k < perInt; k++, m = m.lanewise(LSHL, bits))
                    ((FloatVector) n.and(m).convertShape(I2F, FLOATS, 0)).intoMemorySegment(panel, at + STEP * (c + i * perInt + k),
                            LITTLE);
                cut = cut.lanewise(LSHL, 2).or(n.lanewise(LSHR, 30));
            }
            var m = lowest;
            for (int k = ints * perInt; k < unit; k++, m = m.lanewise(LSHL, bits))
                ((FloatVector) cut.and(m).convertShape(I2F, FLOATS, 0)).intoMemorySegment(panel, at + STEP * (c + k), LITTLE);
        }
    }

    @Override
    void sumFour(MemorySegment w, long at0, long at1, long at2, long at3, int columns, float[] x, int xAt, MemorySegment sums) {
        IntVector zero = IntVector.zero(INTS), lowest = IntVector.broadcast(INTS, mask);
        for (int first = 0; first < columns; first += unit) {
            FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, a2 = a0, a3 = a0;
            IntVector cut0 = zero, cut1 = zero, cut2 = zero, cut3 = zero;
            for (int i = 0; i < ints; i++) {
                var at = Tile.VECTOR * (first / unit * ints + i);
                var n0 = fromMemorySegment(INTS, w, at0 + at, LITTLE);
                var n1 = fromMemorySegment(INTS, w, at1 + at, LITTLE);
                var n2 = fromMemorySegment(INTS, w, at2 + at, LITTLE);
                var n3 = fromMemorySegment(INTS, w, at3 + at, LITTLE);
                var m = lowest;
                for (int k = 0; k < perInt; k++, m = m.lanewise(LSHL, bits)) {
                    var v = broadcast(FLOATS, x[xAt + first + i * perInt + k]);
                    a0 = ((FloatVector) n0.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a0);
                    a1 = ((FloatVector) n1.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a1);
                    a2 = ((FloatVector) n2.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a2);
                    a3 = ((FloatVector) n3.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a3);
                }
                cut0 = cut0.lanewise(LSHL, 2).or(n0.lanewise(LSHR, 30));
                cut1 = cut1.lanewise(LSHL, 2).or(n1.lanewise(LSHR, 30));
                cut2 = cut2.lanewise(LSHL, 2).or(n2.lanewise(LSHR, 30));
                cut3 = cut3.lanewise(LSHL, 2).or(n3.lanewise(LSHR, 30));
            }
            var m = lowest;
            for (int k = ints * perInt; k < unit; k++, m = m.lanewise(LSHL, bits)) {
                var v = broadcast(FLOATS, x[xAt + first + k]);
                a0 = ((FloatVector) cut0.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a0);
                a1 = ((FloatVector) cut1.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a1);
                a2 = ((FloatVector) cut2.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a2);
                a3 = ((FloatVector) cut3.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a3);
            }
            var to = 4 * Tile.VECTOR * (first / unit); // written here: a method of ours is more than the compiler inlines
            a0.intoMemorySegment(sums, to, LITTLE);
            a1.intoMemorySegment(sums, to + Tile.VECTOR, LITTLE);
            a2.intoMemorySegment(sums, to + 2 * Tile.VECTOR, LITTLE);
            a3.intoMemorySegment(sums, to + 3 * Tile.VECTOR, LITTLE);
        }
    }
}
