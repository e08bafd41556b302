package dev.parley.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Widens one block of numbers that share scales. A block of 256 has groups of 16 or 32 with a scale of their own, beside the block's. */
final class GgmlBlocks {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** What the sixteen codes of IQ4 stand for: denser near 0, where most weights are. */
    private static final float[] UNEVEN = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    /** What the sixteen codes of MXFP4 stand for: twice the numbers of a float of four bits. */
    private static final float[] FLOAT4 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    private GgmlBlocks() {}

    static void widen(GgmlType type, MemorySegment bytes, long block, float[] into, int at) {
        switch (type) {
            case Q8_0 -> {
                var d = half(bytes, block);
                for (int i = 0; i < 32; i++) into[at + i] = d * bytes.get(ValueLayout.JAVA_BYTE, block + 2 + i);
            }
            case Q4_0 -> fours(bytes, block + 2, 0, -8, half(bytes, block), -0f, into, at);
            case Q4_1 -> fours(bytes, block + 4, 0, 0, half(bytes, block), half(bytes, block + 2), into, at);
            case Q5_0 -> fours(bytes, block + 6, bytes.get(INT, block + 2), -16, half(bytes, block), -0f, into, at);
            case Q5_1 -> fours(bytes, block + 8, bytes.get(INT, block + 4), 0, half(bytes, block), half(bytes, block + 2), into, at);
            case Q2_K -> widenQ2K(bytes, block, into, at);
            case Q3_K -> widenQ3K(bytes, block, into, at);
            case Q4_K -> widenQ45K(bytes, block, block + 16, false, into, at);
            case Q5_K -> widenQ45K(bytes, block, block + 48, true, into, at);
            case Q6_K -> widenQ6K(bytes, block, into, at);
            case Q8_K -> {
                var d = bytes.get(FLOAT, block);
                for (int i = 0; i < 256; i++) into[at + i] = d * bytes.get(ValueLayout.JAVA_BYTE, block + 4 + i);
            }
            case IQ4_NL -> coded(UNEVEN, bytes, block + 2, half(bytes, block), into, at);
            case MXFP4 -> coded(FLOAT4, bytes, block + 1, halfPower(unsigned(bytes, block)), into, at);
            case IQ4_XS -> widenIq4Xs(bytes, block, into, at);
            default -> throw new IllegalStateException(type + " has no blocks.");
        }
    }

    /**
     * 32 numbers of four bits, the first half in the low ones; of five with the fifth of each in {@code fifths}. To add -0 changes none.
     */
    private static void fours(MemorySegment bytes, long quants, int fifths, int from, float d, float least, float[] into, int at) {
        for (int i = 0; i < 16; i++) {
            var pair = unsigned(bytes, quants + i);
            into[at + i] = d * ((pair & 15 | (fifths >>> i & 1) << 4) + from) + least;
            into[at + 16 + i] = d * ((pair >>> 4 | (fifths >>> i + 16 & 1) << 4) + from) + least;
        }
    }

    /** Sixteen groups of 16, each with a scale and a minimum of four bits. */
    private static void widenQ2K(MemorySegment bytes, long block, float[] into, int at) {
        float d = half(bytes, block + 80), dMin = half(bytes, block + 82);
        for (int i = 0; i < 256; i++) {
            var scale = unsigned(bytes, block + i / 16);
            into[at + i] = d * (scale & 15) * twoBits(bytes, block + 16, i) - dMin * (scale >>> 4);
        }
    }

    /** Sixteen groups of 16, each with a scale of six bits; the third bit of a number lies apart, and says that 4 is not taken away. */
    private static void widenQ3K(MemorySegment bytes, long block, float[] into, int at) {
        var d = half(bytes, block + 108);
        var scales = new float[16];
        for (int g = 0; g < 16; g++) {
            int low = unsigned(bytes, block + 96 + g % 8) >>> g / 8 * 4 & 15, high = unsigned(bytes, block + 104 + g % 4) >>> g / 4 * 2 & 3;
            scales[g] = d * ((low | high << 4) - 32);
        }
        for (int i = 0; i < 256; i++) {
            var third = unsigned(bytes, block + i % 32) >>> i / 32 & 1;
            into[at + i] = scales[i / 16] * (twoBits(bytes, block + 32, i) - (third == 1 ? 0 : 4));
        }
    }

    private static int twoBits(MemorySegment bytes, long quants, int i) {
        return unsigned(bytes, quants + i / 128 * 32L + i % 32) >>> i % 128 / 32 * 2 & 3;
    }

    /** The code of the nearest of MXFP4's numbers, the first of two that are as near. @param x in halves of the block's scale */
    static int nearestFloat4(float x) {
        var best = 0;
        for (int code = 1; code < FLOAT4.length; code++) if (Math.abs(FLOAT4[code] - x) < Math.abs(FLOAT4[best] - x)) best = code;
        return best;
    }

    /** Eight groups of 32, each with a scale and a minimum of six bits, packed into twelve bytes; the fifth bits of Q5_K lie apart. */
    private static void widenQ45K(MemorySegment bytes, long block, long quants, boolean five, float[] into, int at) {
        float d = half(bytes, block), dMin = half(bytes, block + 2);
        var scales = block + 4;
        for (int g = 0; g < 8; g++) {
            int scale, min;
            if (g < 4) {
                scale = unsigned(bytes, scales + g) & 63;
                min = unsigned(bytes, scales + g + 4) & 63;
            } else {
                var low = unsigned(bytes, scales + g + 4);
                scale = low & 15 | unsigned(bytes, scales + g - 4) >>> 6 << 4;
                min = low >>> 4 | unsigned(bytes, scales + g) >>> 6 << 4;
            }
            for (int i = 0; i < 32; i++) {
                var pair = unsigned(bytes, quants + g / 2 * 32L + i);
                var fifth = five ? (unsigned(bytes, block + 16 + i) >>> g & 1) << 4 : 0;
                into[at + g * 32 + i] = d * scale * ((g % 2 == 0 ? pair & 15 : pair >>> 4) | fifth) - dMin * min;
            }
        }
    }

    /** Sixteen groups of 16, each with a scale of eight bits; four bits of a number lie apart from its other two. */
    private static void widenQ6K(MemorySegment bytes, long block, float[] into, int at) {
        var d = half(bytes, block + 208);
        for (int half = 0; half < 2; half++) {
            long low = block + 64L * half, high = block + 128 + 32L * half, scales = block + 192 + 8L * half;
            for (int i = 0; i < 32; i++) {
                int a = unsigned(bytes, low + i), b = unsigned(bytes, low + 32 + i), h = unsigned(bytes, high + i);
                int[] quants = {a & 15 | (h & 3) << 4, b & 15 | (h >>> 2 & 3) << 4, a >>> 4 | (h >>> 4 & 3) << 4, b >>> 4 | (h >>> 6) << 4};
                for (int k = 0; k < 4; k++) {
                    var scale = bytes.get(ValueLayout.JAVA_BYTE, scales + i / 16 + 2L * k);
                    into[at + 128 * half + 32 * k + i] = d * scale * (quants[k] - 32);
                }
            }
        }
    }

    /** 32 codes of four bits, the first half in the low ones. */
    private static void coded(float[] codes, MemorySegment bytes, long quants, float d, float[] into, int at) {
        for (int i = 0; i < 16; i++) {
            var pair = unsigned(bytes, quants + i);
            into[at + i] = d * codes[pair & 15];
            into[at + 16 + i] = d * codes[pair >>> 4];
        }
    }

    /** Half of 2 to the power of e - 127, the scale of MXFP4; the least two are no normal numbers. */
    static float halfPower(int e) {
        return Float.intBitsToFloat(e < 2 ? 0x200000 << e : e - 1 << 23);
    }

    /** Eight groups of 32, each with a scale of six bits whose upper two lie apart. */
    private static void widenIq4Xs(MemorySegment bytes, long block, float[] into, int at) {
        var d = half(bytes, block);
        for (int g = 0; g < 8; g++) {
            int low = unsigned(bytes, block + 4 + g / 2) >>> g % 2 * 4 & 15, high = bytes.get(SHORT, block + 2) >>> 2 * g & 3;
            coded(UNEVEN, bytes, block + 8 + 16L * g, d * ((low | high << 4) - 32), into, at + 32 * g);
        }
    }

    static float half(MemorySegment bytes, long at) {
        return Float.float16ToFloat(bytes.get(SHORT, at));
    }

    private static int unsigned(MemorySegment bytes, long at) {
        return bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }
}
