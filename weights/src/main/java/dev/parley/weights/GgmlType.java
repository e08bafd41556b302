package dev.parley.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The types of numbers in a GGUF file: plain, or in blocks of 32 or 256 that share scales. The layouts are those of ggml's
 * reference (https://github.com/ggml-org/ggml).
 */
public enum GgmlType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    Q8_K(15, 256, 292),
    IQ4_NL(20, 32, 18),
    IQ4_XS(23, 256, 136),
    BF16(30, 1, 2),
    MXFP4(39, 32, 17);

    /** The names of the types that are not read, for messages. */
    private static final Map<Integer, String> OTHERS = Map.ofEntries(Map.entry(4, "Q4_2"), Map.entry(5, "Q4_3"), Map.entry(9, "Q8_1"),
            Map.entry(16, "IQ2_XXS"), Map.entry(17, "IQ2_XS"), Map.entry(18, "IQ3_XXS"), Map.entry(19, "IQ1_S"), Map.entry(21, "IQ3_S"),
            Map.entry(22, "IQ2_S"),
            Map.entry(24, "I8"), Map.entry(25, "I16"), Map.entry(26, "I32"), Map.entry(27, "I64"), Map.entry(28, "F64"),
            Map.entry(29, "IQ1_M"),
            Map.entry(34, "TQ1_0"), Map.entry(35, "TQ2_0"), Map.entry(40, "NVFP4"));

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

    /** What ggml calls a type, known here or not. */
    static String nameOf(int id) {
        return of(id).map(Enum::name).orElseGet(() -> OTHERS.getOrDefault(id, "number " + id));
    }

    /** The types that are read, for messages. */
    static String known() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
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

    /**
     * Widens numbers.
     *
     * @param from number of the first; it and the count are whole blocks
     */
    public void widen(MemorySegment bytes, long from, int count, float[] into, int at) {
        var offset = bytes(from);
        switch (this) {
            case F32 -> MemorySegment.copy(bytes, FLOAT, offset, into, at, count);
            case F16 -> {
                for (int i = 0; i < count; i++) into[at + i] = GgmlBlocks.half(bytes, offset + 2L * i);
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) into[at + i] = Float.intBitsToFloat(bytes.get(SHORT, offset + 2L * i) << 16);
            }
            default -> {
                for (int b = 0; b < count / blockSize; b++)
                    GgmlBlocks.widen(this, bytes, offset + (long) b * blockBytes, into, at + b * blockSize);
            }
        }
    }

    /**
     * Whether the scales of some blocks are numbers, and with them all that the blocks hold.
     *
     * @param first number of the first block
     */
    boolean scalesAreFinite(MemorySegment bytes, long first, long count) {
        for (long at = first * blockBytes; at < (first + count) * blockBytes; at += blockBytes) {
            var finite = switch (this) {
                case Q4_0, Q5_0, Q8_0, IQ4_NL, IQ4_XS -> isFinite(bytes, at);
                case Q4_1, Q5_1, Q4_K, Q5_K -> isFinite(bytes, at) && isFinite(bytes, at + 2);
                case Q2_K -> isFinite(bytes, at + 80) && isFinite(bytes, at + 82);
                case Q3_K -> isFinite(bytes, at + 108);
                case Q6_K -> isFinite(bytes, at + 208);
                case Q8_K -> Float.isFinite(bytes.get(FLOAT, at));
                case MXFP4 -> true; // a power of two
                case F32, F16, BF16 -> throw new IllegalStateException(this + " has no blocks.");
            };
            if (!finite) return false;
        }
        return true;
    }

    private static boolean isFinite(MemorySegment bytes, long at) {
        return (bytes.get(SHORT, at) & 0x7c00) != 0x7c00;
    }

    /** True of the types that {@link #narrow} writes. */
    public boolean canBeWritten() {
        return switch (this) {
            case F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K, MXFP4 -> true;
            case Q2_K, Q3_K, Q8_K, IQ4_NL, IQ4_XS -> false;
        };
    }

    /**
     * Narrows numbers, whole blocks.
     *
     * @param offset in bytes
     */
    public void narrow(float[] from, int at, int count, MemorySegment into, long offset) {
        narrow(from, at, count, new float[0], into, offset);
    }

    /**
     * Narrows a row.
     *
     * @param importance how much the error of each of its numbers counts; empty where that is not known
     * @param offset in bytes
     */
    public void narrow(float[] from, int at, int count, float[] importance, MemorySegment into, long offset) {
        switch (this) {
            case F32 -> MemorySegment.copy(from, at, into, FLOAT, offset, count);
            case F16 -> {
                for (int i = 0; i < count; i++) into.set(SHORT, offset + 2L * i, Float.floatToFloat16(from[at + i]));
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) into.set(SHORT, offset + 2L * i, toBFloat16(from[at + i]));
            }
            default -> new BlockRounding(this, importance).row(from, at, count, into, offset);
        }
    }

    private static short toBFloat16(float value) {
        var bits = Float.floatToRawIntBits(value);
        return (short) ((bits & 0x7fffffff) > 0x7f800000 ? bits >>> 16 | 0x40 : bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }
}
