package dev.parley.kernels.vectors;

import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static dev.parley.kernels.vectors.VectorShape.SHORTS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Between float32 and bfloat16, which is the upper half of a float32: its sign, its exponent and seven bits of its fraction. */
public final class BFloat16Bits {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);

    private BFloat16Bits() {}

    /** Rounds to the nearest bfloat16, ties to even. */
    public static short of(float value) {
        return rounded(Float.floatToRawIntBits(value));
    }

    private static short rounded(int bits) {
        var nan = 0x7f800000 - (bits & 0x7fffffff) >> 31; // all ones for a NaN, which stays one
        return (short) (bits + (0x7fff + (bits >> 16 & 1) & ~nan) >> 16 | nan & 0x40);
    }

    /** Two numbers as neighbours in memory, the first in the lower half of the int. */
    public static int pair(float first, float second) {
        return of(first) & 0xffff | of(second) << 16;
    }

    /** The number as a float32, exactly. */
    public static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The lower halves of pairs of bfloat16, as float32. */
    public static FloatVector lower(IntVector pairs) {
        return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    /** The upper halves of pairs of bfloat16, as float32. */
    public static FloatVector upper(IntVector pairs) {
        return pairs.and(0xffff0000).reinterpretAsFloats();
    }

    /**
     * Rounds {@code count} numbers from {@code from[at]} on into memory.
     *
     * @param offset in bytes
     */
    public static void write(float[] from, int at, MemorySegment to, long offset, int count) {
        var halves = new short[count]; // plain arrays are quick also before this is compiled well
        round(from, at, halves, count);
        MemorySegment.copy(halves, 0, to, SHORT, offset, count);
    }

    /** Rounds {@code n} numbers from {@code from[at]} on into the beginning of an array. */
    static void round(float[] from, int at, short[] to, int n) {
        for (int i = 0; i < n; i++) to[i] = rounded(Float.floatToRawIntBits(from[at + i]));
    }

    /** As float32, in the same order. */
    static FloatVector widened(ShortVector halves) {
        return ((IntVector) halves.convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)).lanewise(VectorOperators.LSHL, 16)
                .reinterpretAsFloats();
    }

    /** To the nearest bfloat16, ties to even; the NaN that arithmetic gives stays one. */
    static ShortVector rounded(FloatVector numbers) {
        var bits = numbers.reinterpretAsInts();
        var rounded = bits.add(bits.lanewise(VectorOperators.LSHR, 16).and(1)).add(0x7fff);
        return (ShortVector) rounded.lanewise(VectorOperators.LSHR, 16).convertShape(VectorOperators.I2S, SHORTS, 0);
    }
}
