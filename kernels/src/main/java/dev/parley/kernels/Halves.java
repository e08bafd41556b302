package dev.parley.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Numbers of sixteen bits. */
final class Halves {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(Lanes.LITTLE);

    private Halves() {}

    /** Rounds to the nearest bfloat16, ties to even. */
    static short toBFloat16(float value) {
        var bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > 0x7f800000) return (short) (bits >>> 16 | 0x40); // a NaN stays one
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    static float fromBFloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    static void toBFloat16(float[] from, int at, MemorySegment to, long offset, int count) {
        for (int i = 0; i < count; i++) to.set(SHORT, offset + 2L * i, toBFloat16(from[at + i]));
    }
}
