package dev.parley.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Rounds the numbers of a row to blocks. How much the error of a number counts is, where a row comes with importances (the mean squared
 * inputs of its columns), that; else, in blocks of 256, larger numbers count more, as ggml has it, and in blocks of 32 all the same.
 *
 * <p>In blocks of 256 the scale of each group is found first, then the block's own, which the groups' are whole multiples of; the levels
 * and the block's scale are then fitted to one another.
 */
final class BlockRounding {

    private static final int ROUNDS = 3; // of fitting levels and a block's scale to one another
    private static final int LARGE = 256; // numbers of a large block

    private final GgmlType type;
    private final float[] importance; // of a row's columns, or empty
    private final GroupFits fits = new GroupFits();
    private final float[] weights = new float[LARGE];
    private final int[] levels = new int[LARGE];
    private final int[] tried = new int[LARGE];
    private final int[] scales = new int[16];
    private final int[] mins = new int[8];
    private final ByteBuffer block;
    private double sigma2; // mean square of the row, or of the block of 256

    BlockRounding(GgmlType type, float[] importance) {
        this.type = type;
        this.importance = importance;
        block = ByteBuffer.allocate((int) type.bytes(type.blockSize())).order(ByteOrder.LITTLE_ENDIAN);
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
                case Q4_K -> fourOrFive(x, at + column, column, 15);
                case Q5_K -> fourOrFive(x, at + column, column, 31);
                case Q6_K -> six(x, at + column, column);
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
        if (type == GgmlType.Q8_0) return;
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
    private static int level(float number, int highest) {
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

    private float putHalf(int at, double number) {
        var bits = Float.floatToFloat16((float) number);
        block.putShort(at, bits);
        return Float.float16ToFloat(bits);
    }

    // ---- blocks of 256 ----

    /** Eight groups of 32 with a scale and a minimum of six bits each. */
    private void fourOrFive(float[] x, int at, int column, int highest) {
        sigma2 = squares(x, at, LARGE) / LARGE;
        weigh(x, at, column, LARGE);
        fits.begin(32);
        var sums = new float[8];
        for (int g = 0; g < 8; g++) sums[g] = (float) fits.set(g, x, at + 32 * g, weights, 32 * g);
        fits.shifted(highest, true);
        float[] steps = fits.scale.clone(), least = fits.least.clone();
        for (int g = 0; g < 8; g++) least[g] = -least[g];
        fits.begin(8);
        fits.set(0, steps, 0, sums, 0);
        fits.set(1, least, 0, sums, 0);
        fits.scaled(0, 63, 63);
        float d = fits.scale[0], dMin = fits.scale[1], bestD = 0, bestMin = 0;
        for (int g = 0; g < 8; g++) {
            scales[g] = d == 0 ? 0 : level(steps[g] / d, 63);
            mins[g] = dMin == 0 ? 0 : level(least[g] / dMin, 63);
        }
        var best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            float tryD = half(d), tryMin = half(dMin);
            // sums for the least squares of d and dMin: x is about d a - dMin b, a being scale times level and b the minimum
            double error = 0, aa = 0, ab = 0, bb = 0, ax = 0, bx = 0;
            for (int g = 0; g < 8; g++) {
                int scale = scales[g], b = mins[g];
                float step = tryD * scale, min = tryMin * b, inverse = step == 0 ? 0 : 1 / step;
                float e = 0, sumA = 0, sumAA = 0, sumX = 0, sumAX = 0, sumW = 0;
                for (int i = 32 * g; i < 32 * g + 32; i++) {
                    float number = x[at + i], w = weights[i];
                    tried[i] = level((number + min) * inverse, highest);
                    float a = scale * tried[i], off = tryD * a - min - number, weighted = w * a;
                    e += w * off * off;
                    sumA += weighted;
                    sumAA += weighted * a;
                    sumAX += weighted * number;
                    sumX += w * number;
                    sumW += w;
                }
                error += e;
                aa += sumAA;
                ax += sumAX;
                ab += (double) sumA * b;
                bx += (double) sumX * b;
                bb += (double) sumW * b * b;
            }
            if (!(error < best) && round > 0) break;
            best = error;
            bestD = tryD;
            bestMin = tryMin;
            System.arraycopy(tried, 0, levels, 0, LARGE);
            var determinant = aa * bb - ab * ab;
            if (!(determinant > 0)) break;
            d = (float) ((ax * bb - ab * bx) / determinant);
            dMin = (float) ((ab * ax - aa * bx) / determinant);
        }
        putHalf(0, bestD);
        putHalf(2, bestMin);
        putScales();
        putKFours(highest > 15);
    }

    /** Scales and minima of six bits in twelve bytes. */
    private void putScales() {
        for (int g = 0; g < 4; g++) {
            block.put(4 + g, (byte) (scales[g] | scales[4 + g] >>> 4 << 6));
            block.put(8 + g, (byte) (mins[g] | mins[4 + g] >>> 4 << 6));
            block.put(12 + g, (byte) (scales[4 + g] & 15 | (mins[4 + g] & 15) << 4));
        }
    }

    /** Two groups of 32 beside one another in 32 bytes; the fifth bit of each number lies apart, one of each group in a byte. */
    private void putKFours(boolean five) {
        for (int g = 0; g < 8; g += 2) {
            for (int i = 0; i < 32; i++) {
                int low = levels[32 * g + i], high = levels[32 * g + 32 + i];
                block.put((five ? 48 : 16) + 16 * g + i, (byte) (low & 15 | (high & 15) << 4));
                if (five) block.put(16 + i, (byte) (block.get(16 + i) | low >>> 4 << g | high >>> 4 << g + 1));
            }
        }
    }

    /** Sixteen groups of 16 with a scale of eight bits each. */
    private void six(float[] x, int at, int column) {
        weigh(x, at, column, LARGE);
        var steps = new float[16];
        var largest = 0f; // with its sign
        for (int g = 0; g < 16; g++) {
            if (g % 8 == 0) {
                fits.begin(16);
                for (int k = 0; k < 8; k++) fits.set(k, x, at + 16 * (g + k), weights, 16 * (g + k));
                fits.scaled(-32, 31, -32);
            }
            steps[g] = fits.scale[g % 8];
            if (Math.abs(steps[g]) > Math.abs(largest) || Float.isNaN(steps[g])) largest = steps[g];
        }
        float d = largest / -128, bestD = 0;
        for (int g = 0; g < 16; g++) scales[g] = d == 0 ? 0 : Math.min(127, Math.round(steps[g] / d));
        var best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            var tryD = half(d);
            double error = 0, aa = 0, ax = 0;
            for (int g = 0; g < 16; g++) {
                float step = tryD * scales[g], inverse = step == 0 ? 0 : 1 / step, e = 0, sumAA = 0, sumAX = 0;
                for (int i = 16 * g; i < 16 * g + 16; i++) {
                    float number = x[at + i], w = weights[i];
                    tried[i] = level(number * inverse + 32, 63);
                    float a = scales[g] * (tried[i] - 32), off = tryD * a - number, weighted = w * a;
                    e += w * off * off;
                    sumAA += weighted * a;
                    sumAX += weighted * number;
                }
                error += e;
                aa += sumAA;
                ax += sumAX;
            }
            if (!(error < best) && round > 0) break;
            best = error;
            bestD = tryD;
            System.arraycopy(tried, 0, levels, 0, LARGE);
            if (!(aa > 0)) break;
            d = (float) (ax / aa);
        }
        putHalf(208, bestD);
        for (int g = 0; g < 16; g++) block.put(192 + g, (byte) scales[g]);
        putSixes();
    }

    /** Four bits of a number lie apart from its other two. */
    private void putSixes() {
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 32; i++) {
                int from = 128 * half + i, a = levels[from], b = levels[from + 32], c = levels[from + 64], d = levels[from + 96];
                block.put(64 * half + i, (byte) (a & 15 | (c & 15) << 4));
                block.put(64 * half + 32 + i, (byte) (b & 15 | (d & 15) << 4));
                block.put(128 + 32 * half + i, (byte) (a >>> 4 | b >>> 4 << 2 | c >>> 4 << 4 | d >>> 4 << 6));
            }
        }
    }

    private static float half(double number) {
        return Float.float16ToFloat(Float.floatToFloat16((float) number));
    }
}
