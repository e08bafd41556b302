package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** What a block of a GGUF file holds: whole numbers from 0 on, and their scales. Eight numbers are unpacked at a time, as the bytes of a long. */
final class UnpackedBlock {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, LITTLE);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE);
    private static final long ONES = 0x0101010101010101L, THREES = 3 * ONES, FIFTEENS = 15 * ONES;

    /** With eight bytes to spare, so that any eight of the numbers can be read as a long. */
    final byte[] numbers = new byte[256 + 8];
    final byte[] scales = new byte[16];
    final byte[] minima = new byte[8];
    float scale;
    float minimum;

    /**
     * Reads a block.
     *
     * @throws ArithmeticException if a scale is not finite
     */
    void read(BlockFormat format, MemorySegment w, long at) {
        switch (format) {
            case Q4_0, IQ4_NL -> {
                scale = half(w, at);
                halves(w, at + 2);
            }
            case Q4_1 -> {
                scale = half(w, at);
                minimum = half(w, at + 2);
                halves(w, at + 4);
            }
            case Q5_0 -> {
                scale = half(w, at);
                halves(w, at + 6);
                addFifths(w.get(INT, at + 2));
            }
            case Q5_1 -> {
                scale = half(w, at);
                minimum = half(w, at + 2);
                halves(w, at + 8);
                addFifths(w.get(INT, at + 4));
            }
            case Q8_0 -> {
                scale = half(w, at);
                for (int i = 0; i < 32; i += 8) LONGS.set(numbers, i, w.get(LONG, at + 2 + i) ^ 128 * ONES);
            }
            case Q4_K -> {
                groupScales(w, at);
                pairs(w, at + 16);
            }
            case Q5_K -> {
                groupScales(w, at);
                pairs(w, at + 48);
                for (int g = 0; g < 8; g++)
                    for (int i = 0; i < 32; i += 8) add(32 * g + i, (w.get(LONG, at + 16 + i) >>> g & ONES) << 4);
            }
            case Q6_K -> sixes(w, at);
            case IQ4_XS -> {
                scale = half(w, at);
                for (int g = 0; g < 8; g++) {
                    int low = w.get(BYTE, at + 4 + g / 2) >>> g % 2 * 4 & 15, high = w.get(SHORT, at + 2) >>> 2 * g & 3;
                    scales[g] = (byte) ((low | high << 4) - 32);
                    halves(w, at + 8 + 16L * g, 32 * g);
                }
            }
            case MXFP4 -> {
                scales[0] = w.get(BYTE, at);
                halves(w, at + 1);
            }
        }
    }

    private static float half(MemorySegment w, long at) {
        var number = Float.float16ToFloat(w.get(SHORT, at));
        if (!Float.isFinite(number)) throw new ArithmeticException("A scale is not finite.");
        return number;
    }

    /** 32 numbers of four bits, the first sixteen in the low ones of sixteen bytes. */
    private void halves(MemorySegment w, long at) {
        halves(w, at, 0);
    }

    private void halves(MemorySegment w, long at, int to) {
        for (int i = 0; i < 16; i += 8) {
            var both = w.get(LONG, at + i);
            LONGS.set(numbers, to + i, both & FIFTEENS);
            LONGS.set(numbers, to + i + 16, both >>> 4 & FIFTEENS);
        }
    }

    private void addFifths(int bits) {
        for (int i = 0; i < 32; i += 8) add(i, Long.expand(bits >>> i & 255, ONES) << 4);
    }

    private void add(int at, long eight) {
        LONGS.set(numbers, at, (long) LONGS.get(numbers, at) | eight);
    }

    /** Four times 32 bytes: the low bits are a group of 32 numbers, the high ones the next. */
    private void pairs(MemorySegment w, long at) {
        for (int i = 0; i < 128; i += 8) {
            var both = w.get(LONG, at + i);
            LONGS.set(numbers, i / 32 * 64 + i % 32, both & FIFTEENS);
            LONGS.set(numbers, i / 32 * 64 + i % 32 + 32, both >>> 4 & FIFTEENS);
        }
    }

    /** Two halves, and twelve bytes of eight scales and eight minima of six bits each. */
    private void groupScales(MemorySegment w, long at) {
        scale = half(w, at);
        minimum = half(w, at + 2);
        int x = w.get(INT, at + 4), y = w.get(INT, at + 8), z = w.get(INT, at + 12);
        LONGS.set(scales, 0, x & 0x3f3f3f3f | (long) (z & 0x0f0f0f0f | x >>> 2 & 0x30303030) << 32);
        LONGS.set(minima, 0, y & 0x3f3f3f3f | (long) (z >>> 4 & 0x0f0f0f0f | y >>> 2 & 0x30303030) << 32);
    }

    /**
     * Two halves of 128 numbers, whose low four bits are 64 bytes, the first 64 numbers in the low ones; then 32 bytes for each half,
     * whose pairs of bits are the upper two of four times 32 numbers; sixteen scales of eight bits; and the half that they are
     * multiplied by.
     */
    private void sixes(MemorySegment w, long at) {
        scale = half(w, at + 208);
        for (int i = 0; i < 16; i += 8) LONGS.set(scales, i, w.get(LONG, at + 192 + i));
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 32; i += 8) {
                long a = w.get(LONG, at + 64L * half + i), b = w.get(LONG, at + 64L * half + 32 + i), high = w.get(LONG,
                        at + 128 + 32L * half + i);
                var to = 128 * half + i;
                LONGS.set(numbers, to, a & FIFTEENS | (high & THREES) << 4);
                LONGS.set(numbers, to + 32, b & FIFTEENS | (high >>> 2 & THREES) << 4);
                LONGS.set(numbers, to + 64, a >>> 4 & FIFTEENS | (high >>> 4 & THREES) << 4);
                LONGS.set(numbers, to + 96, b >>> 4 & FIFTEENS | (high >>> 6 & THREES) << 4);
            }
        }
    }
}
