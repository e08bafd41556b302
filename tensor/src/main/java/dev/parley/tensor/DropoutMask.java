package dev.parley.tensor;

import dev.parley.kernels.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Masks of dropout: each number is a hash of its place and the seed, so that any thread may draw a part, and a mask is the same each time.
 * The hash is lowbias32 (C. Wellons, "hash-prospector"), 32 bits for each element.
 */
final class DropoutMask {

    private static final int TOGETHER = 4096;

    private DropoutMask() {}

    /** 0 with probability p, else 1 / (1 - p). */
    static Tensor of(DType dtype, double p, long seed, long... shape) {
        if (!(p >= 0 && p < 1)) throw new IllegalArgumentException("Dropout is " + p + "; it is from 0 to below 1.");
        var mask = Tensor.empty(dtype, shape);
        var memory = mask.memory();
        var kept = (float) (1 / (1 - p));
        var least = (int) Math.round(p * Integer.MAX_VALUE); // of 31 bits that are kept
        switch (dtype) {
            case FLOAT32 -> floats(memory, mask.elementCount(), Float.floatToRawIntBits(kept), least, seed);
            case BFLOAT16 -> shorts(memory, mask.elementCount(), bfloat16(kept), least, seed);
            default -> throw new TensorException("Nothing of type " + dtype + " is dropped.");
        }
        return mask;
    }

    private static short bfloat16(float value) {
        var bits = Float.floatToRawIntBits(value);
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16); // to the nearest
    }

    private static void floats(MemorySegment memory, long count, int kept, int least, long seed) {
        var part = new int[TOGETHER];
        for (long at = 0; at < count; at += TOGETHER) {
            var key = key(seed, at);
            int first = (int) key, second = (int) (key >>> 32);
            for (int i = 0; i < TOGETHER; i++) part[i] = kept & dropped(i, first, second, least);
            MemorySegment.copy(part, 0, memory, ValueLayout.JAVA_INT, at * 4, (int) Math.min(TOGETHER, count - at));
        }
    }

    private static void shorts(MemorySegment memory, long count, short kept, int least, long seed) {
        var part = new short[TOGETHER];
        for (long at = 0; at < count; at += TOGETHER) {
            var key = key(seed, at);
            int first = (int) key, second = (int) (key >>> 32);
            for (int i = 0; i < TOGETHER; i++) part[i] = (short) (kept & dropped(i, first, second, least));
            MemorySegment.copy(part, 0, memory, ValueLayout.JAVA_SHORT, at * 2, (int) Math.min(TOGETHER, count - at));
        }
    }

    /** All bits 0 where an element is dropped, all 1 where it is kept; without a branch, so that many are made at once. */
    private static int dropped(int i, int first, int second, int least) {
        var x = i * 0x9E3779B9 + first;
        x = (x ^ x >>> 16) * 0x21F0AAAD;
        x = ((x ^ x >>> 15) + second) * 0x735A2D97;
        x ^= x >>> 15;
        return ~((x >>> 1) - least >> 31);
    }

    /** SplitMix64 of the place of a part. */
    private static long key(long seed, long at) {
        var z = seed + (at + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
