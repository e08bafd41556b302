package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a block of a GGUF file holds: whole numbers, from 0 on but for those of eight bits, and their scales. Eight numbers are unpacked at a time, as the bytes of a
 * long. Each kind of block has a method of its own, so that the compiler's work on one is not lost when the next kind comes.
 */
final class UnpackedBlock {

    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, LITTLE);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, LITTLE);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, LITTLE);
    private static final long ONES = 0x0101010101010101L, THREES = 3 * ONES, FIFTEENS = 15 * ONES;

    /** With eight bytes to spare, so that any eight of the numbers can be read as a long. */
    final byte[] numbers = new byte[256 + 8];

    /** Scales, one after the other or each with its minimum. */
    final byte[] bytes = new byte[16];
    float scale;
    float minimum;

    private final byte[] block = new byte[256];

    /**
     * Reads a block.
     *
     * @throws ArithmeticException if a scale is not finite
     */
    void read(BlockFormat format, MemorySegment w, long at) {
        MemorySegment.copy(w, ValueLayout.JAVA_BYTE, at, block, 0, format.bytes());
        switch (format) {
            case Q4_0, IQ4_NL -> four(2);
            case Q4_1 -> four(4);
            case Q5_0 -> five(2);
            case Q5_1 -> five(4);
            case Q8_0 -> eight();
            case Q4_K -> fourK();
            case Q5_K -> fiveK();
            case Q6_K -> sixK();
            case IQ4_XS -> uneven();
            case MXFP4 -> power();
        }
    }

    private float half(int at) {
        var number = Float.float16ToFloat((short) SHORTS.get(block, at));
        if (!Float.isFinite(number)) throw new ArithmeticException("A scale is not finite.");
        return number;
    }

    private long eight(int at) {
        return (long) LONGS.get(block, at);
    }

    private void put(int at, long eight) {
        LONGS.set(numbers, at, eight);
    }

    private void add(int at, long eight) {
        LONGS.set(numbers, at, (long) LONGS.get(numbers, at) | eight);
    }

    /** A scale, and a minimum where there are four bytes before the numbers. */
    private void four(int header) {
        scale = half(0);
        minimum = header == 4 ? half(2) : 0;
        halves(header, 0);
    }

    /** The same with the fifth bits of all in four bytes. */
    private void five(int header) {
        scale = half(0);
        minimum = header == 4 ? half(2) : 0;
        halves(header + 4, 0);
        var fifths = (int) INTS.get(block, header);
        for (int i = 0; i < 32; i += 8) add(i, Long.expand(fifths >>> i & 255, ONES) << 4);
    }

    /** 32 numbers of four bits, the first sixteen in the low ones of sixteen bytes. */
    private void halves(int at, int to) {
        for (int i = 0; i < 16; i += 8) {
            var both = eight(at + i);
            put(to + i, both & FIFTEENS);
            put(to + i + 16, both >>> 4 & FIFTEENS);
        }
    }

    private void eight() {
        scale = half(0);
        for (int i = 0; i < 32; i += 8) put(i, eight(2 + i));
    }

    private void fourK() {
        groupScales();
        pairs(16);
    }

    private void fiveK() {
        groupScales();
        pairs(48);
        for (int g = 0; g < 8; g++)
            for (int i = 0; i < 32; i += 8) add(32 * g + i, (eight(16 + i) >>> g & ONES) << 4);
    }

    /** Four times 32 bytes: the low bits are a group of 32 numbers, the high ones the next. */
    private void pairs(int at) {
        for (int i = 0; i < 128; i += 8) {
            var both = eight(at + i);
            var to = i / 32 * 64 + i % 32;
            put(to, both & FIFTEENS);
            put(to + 32, both >>> 4 & FIFTEENS);
        }
    }

    /** Two halves, and twelve bytes of eight scales and eight minima of six bits each. */
    private void groupScales() {
        scale = half(0);
        minimum = half(2);
        for (int g = 0; g < 4; g++) {
            int x = block[4 + g], y = block[8 + g], z = block[12 + g];
            bytes[2 * g] = (byte) (x & 63);
            bytes[2 * g + 1] = (byte) (y & 63);
            bytes[2 * g + 8] = (byte) (z & 15 | x >>> 2 & 48);
            bytes[2 * g + 9] = (byte) (z >>> 4 & 15 | y >>> 2 & 48);
        }
    }

    /**
     * Two halves of 128 numbers, whose low four bits are 64 bytes, the first 64 numbers in the low ones; then 32 bytes for each half,
     * whose pairs of bits are the upper two of four times 32 numbers; sixteen scales of eight bits; and the half that they are
     * multiplied by.
     */
    private void sixK() {
        scale = half(208);
        System.arraycopy(block, 192, bytes, 0, 16);
        for (int i = 0; i < 64; i += 8) {
            int low = i / 32 * 64 + i % 32, to = i / 32 * 128 + i % 32;
            long a = eight(low), b = eight(low + 32), high = eight(128 + i);
            put(to, a & FIFTEENS | (high & THREES) << 4);
            put(to + 32, b & FIFTEENS | (high >>> 2 & THREES) << 4);
            put(to + 64, a >>> 4 & FIFTEENS | (high >>> 4 & THREES) << 4);
            put(to + 96, b >>> 4 & FIFTEENS | (high >>> 6 & THREES) << 4);
        }
    }

    /** Eight groups of 32, each with a scale of six bits whose upper two lie apart. */
    private void uneven() {
        scale = half(0);
        int upper = (short) SHORTS.get(block, 2);
        for (int g = 0; g < 8; g++) {
            int low = block[4 + g / 2] >>> g % 2 * 4 & 15, high = upper >>> 2 * g & 3;
            bytes[g] = (byte) ((low | high << 4) - 32);
            halves(8 + 16 * g, 32 * g);
        }
    }

    private void power() {
        bytes[0] = block[0];
        halves(1, 0);
    }
}
