package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.IntVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.NE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Codes of four bits, each of which stands for a number that is looked up in a register. */
final class CodedNumbers extends StripCodes {

    /** Numbers that are denser near 0. */
    static final CodedNumbers UNEVEN = new CodedNumbers(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

    /** Twice the numbers of a float of four bits. */
    static final CodedNumbers FLOAT4 = new CodedNumbers(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

    private static final int GROUP = 32;

    private final int[] table = new int[16]; // the bits of floats

    private CodedNumbers(float... table) {
        super(4, 8);
        for (int i = 0; i < 16; i++) this.table[i] = Float.floatToRawIntBits(table[i]);
    }

    @Override
    void widen(MemorySegment w, long from, int columns, MemorySegment panel, long at) {
        IntVector first = IntVector.fromArray(INTS, table, 0), second = IntVector.fromArray(INTS, table, 16 - LANES);
        for (int c = 0; c < columns; c += 8) {
            var bits = fromMemorySegment(INTS, w, from + Tile.VECTOR * (c / 8), LITTLE);
            for (int k = 0; k < 8; k++) {
                lookUp(bits, first, second).intoMemorySegment(panel, at + 2 * Tile.VECTOR * (c + k), LITTLE);
                bits = bits.lanewise(LSHR, 4);
            }
        }
    }

    @Override
    void addOne(MemorySegment w, long at0, long at1, long at2, long at3, int columns, float[] scales, int stride, float[] x, int xAt,
            int sumAt, float[] y) {
        FloatVector y0 = Tile.sum(y, 0, 0), y1 = Tile.sum(y, 0, 1), y2 = Tile.sum(y, 0, 2), y3 = Tile.sum(y, 0, 3);
        IntVector first = IntVector.fromArray(INTS, table, 0), second = IntVector.fromArray(INTS, table, 16 - LANES);
        var scalesAt = 0;
        for (int from = 0; from < columns; from += GROUP) {
            FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, a2 = a0, a3 = a0;
            for (int c = from; c < from + GROUP; c += 8) {
                var at = Tile.VECTOR * (c / 8);
                var n0 = fromMemorySegment(INTS, w, at0 + at, LITTLE);
                var n1 = fromMemorySegment(INTS, w, at1 + at, LITTLE);
                var n2 = fromMemorySegment(INTS, w, at2 + at, LITTLE);
                var n3 = fromMemorySegment(INTS, w, at3 + at, LITTLE);
                for (int k = 0; k < 8; k++) {
                    var v = FloatVector.broadcast(FLOATS, x[xAt + c + k]);
                    a0 = lookUp(n0, first, second).reinterpretAsFloats().fma(v, a0);
                    a1 = lookUp(n1, first, second).reinterpretAsFloats().fma(v, a1);
                    a2 = lookUp(n2, first, second).reinterpretAsFloats().fma(v, a2);
                    a3 = lookUp(n3, first, second).reinterpretAsFloats().fma(v, a3);
                    n0 = n0.lanewise(LSHR, 4);
                    n1 = n1.lanewise(LSHR, 4);
                    n2 = n2.lanewise(LSHR, 4);
                    n3 = n3.lanewise(LSHR, 4);
                }
            }
            y0 = a0.fma(fromArray(FLOATS, scales, scalesAt), y0);
            y1 = a1.fma(fromArray(FLOATS, scales, scalesAt + stride), y1);
            y2 = a2.fma(fromArray(FLOATS, scales, scalesAt + 2 * stride), y2);
            y3 = a3.fma(fromArray(FLOATS, scales, scalesAt + 3 * stride), y3);
            scalesAt += 2 * LANES;
        }
        Tile.keep(y, 0, y0, y1, y2, y3);
    }

    private static IntVector lookUp(IntVector bits, IntVector first, IntVector second) {
        if (LANES == 16) return bits.and(15).selectFrom(first);
        var low = bits.and(7);
        return low.selectFrom(first).blend(low.selectFrom(second), bits.and(8).compare(NE, 0));
    }
}
