package dev.parley.kernels.vectors;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Numbers of sixteen bits. */
public final class Halves {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(Lanes.LITTLE);

    private Halves() {}

    /** Rounds to the nearest bfloat16, ties to even. */
    public static short toBFloat16(float value) {
        return rounded(Float.floatToRawIntBits(value));
    }

    private static short rounded(int bits) {
        var nan = 0x7f800000 - (bits & 0x7fffffff) >> 31; // all ones for a NaN, which stays one
        return (short) (bits + (0x7fff + (bits >> 16 & 1) & ~nan) >> 16 | nan & 0x40);
    }

    /** Two numbers as neighbours in memory, the first in the lower half. */
    public static int pair(float first, float second) {
        return toBFloat16(first) & 0xffff | toBFloat16(second) << 16;
    }

    public static float fromBFloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    public static void toBFloat16(float[] from, int at, MemorySegment to, long offset, int count) {
        var halves = new short[count]; // plain arrays are quick also before this is compiled well
        toBFloat16(from, at, halves);
        MemorySegment.copy(halves, 0, to, SHORT, offset, count);
    }

    private static void toBFloat16(float[] from, int at, short[] to) {
        for (int i = 0; i < to.length; i++) to[i] = rounded(Float.floatToRawIntBits(from[at + i]));
    }
}
