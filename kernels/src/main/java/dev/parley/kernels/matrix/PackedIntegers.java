package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.IntVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Whole numbers. They are masked where they stand in the int, and become floats times a power of two, by which their inputs were divided
 * before: two operations for a register of them, and no shifts. Only the one at the top of an int is shifted down, since it would be
 * the sign.
 */
final class PackedIntegers extends StripCodes {

    static final PackedIntegers FOUR = new PackedIntegers(4, 8), FIVE = new PackedIntegers(5, 32), SIX = new PackedIntegers(6, 16),
            EIGHT = new PackedIntegers(8, 4);

    private static final long STEP = 2 * Tile.VECTOR; // from a column of a panel to the next

    private final int inPlace; // numbers of an int that are not shifted
    private final int mask;

    private PackedIntegers(int bits, int unit) {
        super(bits, unit);
        inPlace = bits * perInt == 32 ? perInt - 1 : perInt;
        mask = (1 << bits) - 1;
        for (int c = 0; c < factors.length; c++) {
            var place = c % unit < ints * perInt ? c % unit % perInt : c % unit - ints * perInt;
            if (place < inPlace) factors[c] = 1f / (1 << bits * place);
        }
    }

    @Override
    void widen(MemorySegment w, long from, int columns, MemorySegment panel, long at) {
        for (int c = 0; c < columns; c += unit) {
            var cut = IntVector.zero(INTS);
            for (int i = 0; i < ints; i++) {
                var n = fromMemorySegment(INTS, w, from + Tile.VECTOR * (c / unit * ints + i), LITTLE);
                var m = IntVector.broadcast(INTS, mask);
                var to = at + STEP * (c + i * perInt);
                for (int k = 0; k < inPlace; k++, m = m.lanewise(LSHL, bits))
                    ((FloatVector) n.and(m).convertShape(I2F, FLOATS, 0)).intoMemorySegment(panel, to + STEP * k, LITTLE);
                if (inPlace < perInt) ((FloatVector) n.lanewise(LSHR, 32 - bits).convertShape(I2F, FLOATS, 0)).intoMemorySegment(panel,
                        to + STEP * inPlace, LITTLE);
                else cut = cut.lanewise(LSHL, 2).or(n.lanewise(LSHR, 30));
            }
            var m = IntVector.broadcast(INTS, mask);
            for (int k = ints * perInt; k < unit; k++, m = m.lanewise(LSHL, bits))
                ((FloatVector) cut.and(m).convertShape(I2F, FLOATS, 0)).intoMemorySegment(panel, at + STEP * (c + k), LITTLE);
        }
    }

    @Override
    void addOne(MemorySegment w, long at0, long at1, long at2, long at3, int columns, float[] scales, int stride, float[] x, int xAt,
            int sumAt, float[] y) {
        FloatVector y0 = Tile.sum(y, 0, 0), y1 = Tile.sum(y, 0, 1), y2 = Tile.sum(y, 0, 2), y3 = Tile.sum(y, 0, 3);
        IntVector zero = IntVector.zero(INTS), lowest = IntVector.broadcast(INTS, mask);
        int group = bits == 6 ? 16 : 32, scalesAt = 0;
        long at = 0;
        for (int first = 0; first < columns; first += group) {
            FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, a2 = a0, a3 = a0;
            for (int c = 0; c < group; c += unit) {
                IntVector cut0 = zero, cut1 = zero, cut2 = zero, cut3 = zero;
                for (int i = 0; i < ints; i++, at += Tile.VECTOR) {
                    var n0 = fromMemorySegment(INTS, w, at0 + at, LITTLE);
                    var n1 = fromMemorySegment(INTS, w, at1 + at, LITTLE);
                    var n2 = fromMemorySegment(INTS, w, at2 + at, LITTLE);
                    var n3 = fromMemorySegment(INTS, w, at3 + at, LITTLE);
                    var m = lowest;
                    var column = xAt + first + c + i * perInt;
                    for (int k = 0; k < inPlace; k++, m = m.lanewise(LSHL, bits)) {
                        var v = FloatVector.broadcast(FLOATS, x[column + k]);
                        a0 = ((FloatVector) n0.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a0);
                        a1 = ((FloatVector) n1.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a1);
                        a2 = ((FloatVector) n2.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a2);
                        a3 = ((FloatVector) n3.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a3);
                    }
                    if (inPlace < perInt) {
                        var v = FloatVector.broadcast(FLOATS, x[column + inPlace]);
                        a0 = ((FloatVector) n0.lanewise(LSHR, 32 - bits).convertShape(I2F, FLOATS, 0)).fma(v, a0);
                        a1 = ((FloatVector) n1.lanewise(LSHR, 32 - bits).convertShape(I2F, FLOATS, 0)).fma(v, a1);
                        a2 = ((FloatVector) n2.lanewise(LSHR, 32 - bits).convertShape(I2F, FLOATS, 0)).fma(v, a2);
                        a3 = ((FloatVector) n3.lanewise(LSHR, 32 - bits).convertShape(I2F, FLOATS, 0)).fma(v, a3);
                    } else {
                        cut0 = cut0.lanewise(LSHL, 2).or(n0.lanewise(LSHR, 30));
                        cut1 = cut1.lanewise(LSHL, 2).or(n1.lanewise(LSHR, 30));
                        cut2 = cut2.lanewise(LSHL, 2).or(n2.lanewise(LSHR, 30));
                        cut3 = cut3.lanewise(LSHL, 2).or(n3.lanewise(LSHR, 30));
                    }
                }
                var m = lowest;
                for (int k = ints * perInt; k < unit; k++, m = m.lanewise(LSHL, bits)) {
                    var v = FloatVector.broadcast(FLOATS, x[xAt + first + c + k]);
                    a0 = ((FloatVector) cut0.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a0);
                    a1 = ((FloatVector) cut1.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a1);
                    a2 = ((FloatVector) cut2.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a2);
                    a3 = ((FloatVector) cut3.and(m).convertShape(I2F, FLOATS, 0)).fma(v, a3);
                }
            }
            var n = FloatVector.broadcast(FLOATS, x[sumAt]);
            var s = scalesAt;
            y0 = fromArray(FLOATS, scales, s + LANES).fma(n, a0.fma(fromArray(FLOATS, scales, s), y0));
            s += stride;
            y1 = fromArray(FLOATS, scales, s + LANES).fma(n, a1.fma(fromArray(FLOATS, scales, s), y1));
            s += stride;
            y2 = fromArray(FLOATS, scales, s + LANES).fma(n, a2.fma(fromArray(FLOATS, scales, s), y2));
            s += stride;
            y3 = fromArray(FLOATS, scales, s + LANES).fma(n, a3.fma(fromArray(FLOATS, scales, s), y3));
            scalesAt += 2 * LANES;
            sumAt++;
        }
        Tile.keep(y, 0, y0, y1, y2, y3);
    }
}
