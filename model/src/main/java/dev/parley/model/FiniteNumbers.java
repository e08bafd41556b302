package dev.parley.model;

import dev.parley.kernels.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * Looks for infinities and what is no number. Without their signs, the bits of numbers are in the order of the numbers, and these come
 * last: the largest of many tells, and finding it keeps up with memory.
 */
final class FiniteNumbers {

    private static final long BLOCK = 1 << 18;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private FiniteNumbers() {}

    /** The place of the first number that is not finite. @param dtype a floating-point type */
    static OptionalLong firstOther(MemorySegment bytes, DType dtype) {
        var count = bytes.byteSize() / dtype.bytes();
        var blocks = Math.ceilDiv(count, BLOCK);
        return LongStream.range(0, blocks).parallel().filter(b -> !finite(bytes, dtype, b * BLOCK, Math.min(count, (b + 1) * BLOCK)))
                .findFirst().stream()
                .flatMap(b -> LongStream.range(b * BLOCK, Math.min(count, (b + 1) * BLOCK))).filter(i -> !finite(bytes, dtype, i, i + 1))
                .findFirst();
    }

    private static boolean finite(MemorySegment bytes, DType dtype, long from, long to) {
        return switch (dtype) {
            case FLOAT32 -> largestInt(bytes, from, to) < 0x7f800000;
            case BFLOAT16 -> largestShort(bytes, from, to) < 0x7f80;
            case FLOAT16 -> largestShort(bytes, from, to) < 0x7c00;
            case FLOAT64 -> largestLong(bytes, from, to) < 0x7ff0000000000000L;
            default -> throw new IllegalStateException(dtype + " is no type of weights."); // the loader has checked it
        };
    }

    private static int largestInt(MemorySegment bytes, long from, long to) {
        var largest = 0;
        for (long i = from; i < to; i++) largest = Math.max(largest, bytes.get(INT, 4 * i) & 0x7fffffff);
        return largest;
    }

    private static int largestShort(MemorySegment bytes, long from, long to) {
        var largest = 0;
        for (long i = from; i < to; i++) largest = Math.max(largest, bytes.get(SHORT, 2 * i) & 0x7fff);
        return largest;
    }

    private static long largestLong(MemorySegment bytes, long from, long to) {
        var largest = 0L;
        for (long i = from; i < to; i++) largest = Math.max(largest, bytes.get(LONG, 8 * i) & Long.MAX_VALUE);
        return largest;
    }
}
