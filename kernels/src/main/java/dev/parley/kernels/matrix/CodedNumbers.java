package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
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

    private final int[] table = new int[16]; // the bits of floats

    private CodedNumbers(float... table) {
        super(4, 8, 32);
        for (int i = 0; i < 16; i++) this.table[i] = Float.floatToRawIntBits(table[i]);
    }

    @Override
    void widen(MemorySegment w, long from, int columns, MemorySegment panel, long at) {
        IntVector first = IntVector.fromArray(INTS, table, 0), second = IntVector.fromArray(INTS, table, 16 - LANES);
        for (int c = 0; c < columns; c += 8) {
            var bits = fromMemorySegment(INTS, w, from + Tile.VECTOR * (c / 8), LITTLE);
            for (int k = 0; k < 8; k++) {
                lookUp(bits, first, second).intoMemorySegment(panel, at + STEP * (c + k), LITTLE);
                bits = bits.lanewise(LSHR, 4);
            }
        }
    }

    @Override
    void sumFour(MemorySegment w, long at0, long at1, long at2, long at3, int columns, float[] x, int xAt, MemorySegment sums) {
        IntVector low = IntVector.fromArray(INTS, table, 0), high = IntVector.fromArray(INTS, table, 16 - LANES);
        for (int first = 0; first < columns; first += 32) {
            FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, a2 = a0, a3 = a0;
            for (int c = first; c < first + 32; c += 8) {
                var at = Tile.VECTOR * (c / 8);
                var n0 = fromMemorySegment(INTS, w, at0 + at, LITTLE);
                var n1 = fromMemorySegment(INTS, w, at1 + at, LITTLE);
                var n2 = fromMemorySegment(INTS, w, at2 + at, LITTLE);
                var n3 = fromMemorySegment(INTS, w, at3 + at, LITTLE);
                for (int k = 0; k < 8; k++) {
                    var v = FloatVector.broadcast(FLOATS, x[xAt + c + k]);
                    a0 = lookUp(n0, low, high).reinterpretAsFloats().fma(v, a0);
                    a1 = lookUp(n1, low, high).reinterpretAsFloats().fma(v, a1);
                    a2 = lookUp(n2, low, high).reinterpretAsFloats().fma(v, a2);
                    a3 = lookUp(n3, low, high).reinterpretAsFloats().fma(v, a3);
                    n0 = n0.lanewise(LSHR, 4);
                    n1 = n1.lanewise(LSHR, 4);
                    n2 = n2.lanewise(LSHR, 4);
                    n3 = n3.lanewise(LSHR, 4);
                }
            }
            GroupTile.keep(sums, first / 32, a0, a1, a2, a3);
        }
    }

    private static IntVector lookUp(IntVector bits, IntVector first, IntVector second) {
        if (LANES == 16) return bits.and(15).selectFrom(first);
        var low = bits.and(7);
        return low.selectFrom(first).blend(low.selectFrom(second), bits.and(8).compare(NE, 0));
    }
}
