package dev.parley.model.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * The types of numbers in a GGUF file: plain, or in blocks of 32 or 256 that share scales. The layouts are those of ggml's
 * reference (https://github.com/ggml-org/ggml).
 */
public enum GgmlType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q8_0(8, 32, 34),
    Q4_K(12, 256, 144),
    Q6_K(14, 256, 210),
    BF16(30, 1, 2);

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int id;
    private final int blockSize;
    private final int blockBytes;

    GgmlType(int id, int blockSize, int blockBytes) {
        this.id = id;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
    }

    static Optional<GgmlType> of(int id) {
        return Arrays.stream(values()).filter(t -> t.id == id).findFirst();
    }

    int id() {
        return id;
    }

    /** Numbers that share a block; a row is a whole number of them. */
    public int blockSize() {
        return blockSize;
    }

    /** Bytes of so many numbers. */
    public long bytes(long numbers) {
        return numbers / blockSize * blockBytes;
    }

    /** Widens numbers. @param from number of the first; it and the count are whole blocks */
    public void widen(MemorySegment bytes, long from, int count, float[] into, int at) {
        var offset = bytes(from);
        switch (this) {
            case F32 -> MemorySegment.copy(bytes, FLOAT, offset, into, at, count);
            case F16 -> {
                for (int i = 0; i < count; i++) into[at + i] = half(bytes, offset + 2L * i);
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) into[at + i] = Float.intBitsToFloat(bytes.get(SHORT, offset + 2L * i) << 16);
            }
            default -> {
                for (int b = 0; b < count / blockSize; b++) widenBlock(bytes, offset + (long) b * blockBytes, into, at + b * blockSize);
            }
        }
    }

    private void widenBlock(MemorySegment bytes, long block, float[] into, int at) {
        switch (this) {
            case Q8_0 -> {
                var d = half(bytes, block);
                for (int i = 0; i < 32; i++) into[at + i] = d * bytes.get(ValueLayout.JAVA_BYTE, block + 2 + i);
            }
            case Q4_0 -> {
                var d = half(bytes, block);
                for (int i = 0; i < 16; i++) {
                    var pair = unsigned(bytes, block + 2 + i);
                    into[at + i] = d * ((pair & 15) - 8);
                    into[at + 16 + i] = d * ((pair >>> 4) - 8);
                }
            }
            case Q4_K -> widenQ4K(bytes, block, into, at);
            case Q6_K -> widenQ6K(bytes, block, into, at);
            default -> throw new IllegalStateException(this + " has no blocks.");
        }
    }

    /** Eight groups of 32, each with a scale and a minimum of six bits, packed into twelve bytes. */
    private static void widenQ4K(MemorySegment bytes, long block, float[] into, int at) {
        float d = half(bytes, block), dMin = half(bytes, block + 2);
        long scales = block + 4, quants = block + 16;
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
                var pair = unsigned(bytes, quants + g / 2 * 32 + i);
                into[at + g * 32 + i] = d * scale * (g % 2 == 0 ? pair & 15 : pair >>> 4) - dMin * min;
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
                    var scale = bytes.get(ValueLayout.JAVA_BYTE, scales + i / 16 + 2 * k);
                    into[at + 128 * half + 32 * k + i] = d * scale * (quants[k] - 32);
                }
            }
        }
    }

    private static float half(MemorySegment bytes, long at) {
        return Float.float16ToFloat(bytes.get(SHORT, at));
    }

    private static int unsigned(MemorySegment bytes, long at) {
        return bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    /** True of the types that {@link #narrow} writes. */
    public boolean canBeWritten() {
        return this != Q4_K && this != Q6_K;
    }

    /** Narrows numbers, whole blocks. @param offset in bytes */
    public void narrow(float[] from, int at, int count, MemorySegment into, long offset) {
        switch (this) {
            case F32 -> MemorySegment.copy(from, at, into, FLOAT, offset, count);
            case F16 -> {
                for (int i = 0; i < count; i++) into.set(SHORT, offset + 2L * i, Float.floatToFloat16(from[at + i]));
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) into.set(SHORT, offset + 2L * i, toBFloat16(from[at + i]));
            }
            case Q8_0 -> {
                for (int b = 0; b < count / 32; b++) narrowQ8(from, at + 32 * b, into, offset + 34L * b);
            }
            case Q4_0 -> {
                for (int b = 0; b < count / 32; b++) narrowQ4(from, at + 32 * b, into, offset + 18L * b);
            }
            default -> throw new IllegalArgumentException("Parley reads " + this + " and does not write it.");
        }
    }

    private static short toBFloat16(float value) {
        var bits = Float.floatToRawIntBits(value);
        return (short) ((bits & 0x7fffffff) > 0x7f800000 ? bits >>> 16 | 0x40 : bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    private static void narrowQ8(float[] x, int at, MemorySegment into, long block) {
        var largest = 0f;
        for (int i = 0; i < 32; i++) largest = Math.max(largest, Math.abs(x[at + i]));
        var d = largest / 127;
        var inverse = d == 0 ? 0 : 1 / d;
        into.set(SHORT, block, Float.floatToFloat16(d));
        for (int i = 0; i < 32; i++) {
            var scaled = x[at + i] * inverse; // ggml rounds halves away from 0
            into.set(ValueLayout.JAVA_BYTE, block + 2 + i, (byte) (scaled < 0 ? -Math.round(-scaled) : Math.round(scaled)));
        }
    }

    private static void narrowQ4(float[] x, int at, MemorySegment into, long block) {
        var largest = 0f; // with its sign
        for (int i = 0; i < 32; i++) {
            if (Math.abs(x[at + i]) > Math.abs(largest)) largest = x[at + i];
        }
        var d = largest / -8;
        var inverse = d == 0 ? 0 : 1 / d;
        into.set(SHORT, block, Float.floatToFloat16(d));
        for (int i = 0; i < 16; i++) {
            int low = Math.min(15, (int) (x[at + i] * inverse + 8.5f)), high = Math.min(15, (int) (x[at + 16 + i] * inverse + 8.5f));
            into.set(ValueLayout.JAVA_BYTE, block + 2 + i, (byte) (low | high << 4));
        }
    }
}
