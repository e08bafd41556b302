package dev.parley.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Rounds the numbers of a row to blocks. How much the error of a number counts is, where a row comes with importances (the mean squared
 * inputs of its columns), that; else, in blocks of 256, larger numbers count more, as ggml has it, and in blocks of 32 all the same.
 */
final class BlockRounding {

    private final GgmlType type;
    private final float[] importance; // of a row's columns, or empty
    private final GroupFits fits = new GroupFits();
    private final float[] weights = new float[LargeBlock.SIZE];
    private final int[] levels = new int[32];
    private final ByteBuffer block;
    private final LargeBlock large;
    private double sigma2; // mean square of the row, or of the block of 256

    BlockRounding(GgmlType type, float[] importance) {
        this.type = type;
        this.importance = importance;
        block = ByteBuffer.allocate((int) type.bytes(type.blockSize())).order(ByteOrder.LITTLE_ENDIAN);
        large = new LargeBlock(block, fits);
    }

    /** Rounds whole blocks; with importances, one row. */
    void row(float[] x, int at, int count, MemorySegment into, long offset) {
        var size = type.blockSize();
        sigma2 = squares(x, at, count) / count;
        for (int column = 0; column < count; column += size) {
            var place = column / size % GroupFits.GROUPS;
            if (size == 32 && place == 0) fit(x, at + column, column, Math.min(GroupFits.GROUPS, (count - column) / size));
            Arrays.fill(block.array(), (byte) 0);
            switch (type) {
                case Q8_0 -> eight(x, at + column);
                case Q4_0 -> symmetric(x, at + column, place, 8, 2);
                case Q5_0 -> symmetric(x, at + column, place, 16, 6);
                case Q4_1 -> shifted(x, at + column, place, 15, 4);
                case Q5_1 -> shifted(x, at + column, place, 31, 8);
                case Q4_K, Q5_K, Q6_K -> large(x, at + column, column);
                case MXFP4 -> float4(x, at + column);
                default -> throw new IllegalArgumentException("Parley reads " + type + " and does not write it.");
            }
            MemorySegment.copy(block.array(), 0, into, ValueLayout.JAVA_BYTE, offset + type.bytes(column), block.capacity());
        }
    }

    private static double squares(float[] x, int at, int count) {
        var sum = 0.0;
        for (int i = at; i < at + count; i++) sum += (double) x[i] * x[i];
        return sum;
    }

    /** How much the error of each number of a group counts, the formula being ggml's for importances and for large blocks. */
    private void weigh(float[] x, int at, int column, int count) {
        for (int i = 0; i < count; i++) {
            double number = x[at + i], square = number * number;
            weights[i] = (float) switch (type) {
                case Q6_K -> importance.length > 0 ? importance[column + i] : square;
                case Q4_K, Q5_K -> importance.length > 0 ? importance[column + i] * Math.sqrt(2 * sigma2 + square)
                        : Math.sqrt(sigma2) + Math.abs(number);
                default -> importance.length > 0 ? importance[column + i] * Math.sqrt(sigma2 + square) : 1;
            };
        }
    }

    private void large(float[] x, int at, int column) {
        if (type != GgmlType.Q6_K) sigma2 = squares(x, at, LargeBlock.SIZE) / LargeBlock.SIZE;
        weigh(x, at, column, LargeBlock.SIZE);
        switch (type) {
            case Q4_K -> large.fourOrFive(x, at, weights, 15);
            case Q5_K -> large.fourOrFive(x, at, weights, 31);
            default -> large.six(x, at, weights);
        }
    }

    // ---- blocks of 32 ----

    /** Numbers that come from such blocks are written as they were. */
    private void float4(float[] x, int at) {
        var largest = 0f;
        for (int i = 0; i < 32; i++) largest = Math.max(largest, Math.abs(x[at + i]));
        var scale = largest == 0 ? 0 : Math.clamp(Math.getExponent(largest) - 2 + 127, 0, 254); // the largest code is 6, between 4 and 8
        block.put(0, (byte) scale);
        var half = GgmlBlocks.halfPower(scale);
        for (int i = 0; i < 16; i++) {
            int low = GgmlBlocks.nearestFloat4(x[at + i] / half), high = GgmlBlocks.nearestFloat4(x[at + 16 + i] / half);
            block.put(1 + i, (byte) (low | high << 4));
        }
    }

    private void eight(float[] x, int at) {
        var largest = 0f;
        for (int i = 0; i < 32; i++) largest = Math.max(largest, Math.abs(x[at + i]));
        var d = largest / 127;
        var inverse = d == 0 ? 0 : 1 / d;
        block.putShort(0, Float.floatToFloat16(d));
        for (int i = 0; i < 32; i++) {
            var scaled = x[at + i] * inverse; // ggml rounds halves away from 0
            block.put(2 + i, (byte) (scaled < 0 ? -Math.round(-scaled) : Math.round(scaled)));
        }
    }

    /** Fits the scales of some neighbouring blocks. */
    private void fit(float[] x, int at, int column, int blocks) {
        if (type == GgmlType.Q8_0 || type == GgmlType.MXFP4) return;
        fits.begin(32);
        weigh(x, at, column, 32 * blocks);
        for (int b = 0; b < blocks; b++) fits.set(b, x, at + 32 * b, weights, 32 * b);
        switch (type) {
            case Q4_0 -> fits.scaled(-8, 7, -8);
            case Q5_0 -> fits.scaled(-16, 15, -16);
            case Q4_1 -> fits.shifted(15, false);
            default -> fits.shifted(31, false);
        }
    }

    /** @param half of the levels, which go from -half to half - 1 */
    private void symmetric(float[] x, int at, int place, int half, int quants) {
        var d = putHalf(0, fits.scale[place]);
        var inverse = d == 0 ? 0 : 1 / d;
        for (int i = 0; i < 32; i++) levels[i] = level(x[at + i] * inverse + half, 2 * half - 1);
        putFours(quants, 2, half > 8);
    }

    private void shifted(float[] x, int at, int place, int highest, int quants) {
        float d = putHalf(0, fits.scale[place]), least = putHalf(2, fits.least[place]);
        var inverse = d == 0 ? 0 : 1 / d;
        for (int i = 0; i < 32; i++) levels[i] = level((x[at + i] - least) * inverse, highest);
        putFours(quants, 4, highest > 15);
    }

    /** The whole number nearest to one, from 0 to the highest. */
    static int level(float number, int highest) {
        return Math.max(0, Math.min(highest, (int) (number + 0.5f)));
    }

    /** The low four bits of 32 levels, the first half in the low ones of a byte; the fifth bits apart. */
    private void putFours(int quants, int fifths, boolean five) {
        var high = 0;
        for (int i = 0; i < 16; i++) {
            block.put(quants + i, (byte) (levels[i] & 15 | (levels[16 + i] & 15) << 4));
            high |= levels[i] >>> 4 << i | levels[16 + i] >>> 4 << 16 + i;
        }
        if (five) block.putInt(fifths, high);
    }

    private float putHalf(int at, float number) {
        var bits = Float.floatToFloat16(number);
        block.putShort(at, bits);
        return Float.float16ToFloat(bits);
    }
}
