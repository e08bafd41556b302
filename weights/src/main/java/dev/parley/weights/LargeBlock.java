package dev.parley.weights;

import java.nio.ByteBuffer;

/**
 * Rounds 256 numbers to a block of groups. The scale of each group is found first, then the block's own, which the groups' are whole
 * multiples of; the levels and the block's scale are then fitted to one another, in turn.
 */
final class LargeBlock {

    /** Numbers of a block. */
    static final int SIZE = 256;

    private static final int ROUNDS = 3; // of fitting levels and the block's scale to one another

    private final ByteBuffer block;
    private final GroupFits fits;
    private final int[] levels = new int[SIZE];
    private final int[] tried = new int[SIZE];
    private final int[] scales = new int[16];
    private final int[] mins = new int[8];

    /** @param block receives the bytes, and holds zeros before */
    LargeBlock(ByteBuffer block, GroupFits fits) {
        this.block = block;
        this.fits = fits;
    }

    /** The error of a block's levels, and the sums from which the best scale for them follows, and the best multiple of the minima. */
    private static final class Sums {

        double error, aa, ab, bb, ax, bx; // x is about d a - dMin b, a being scale times level and b the minimum

        boolean determined() {
            return aa * bb - ab * ab > 0;
        }

        float d() {
            return (float) ((ax * bb - ab * bx) / (aa * bb - ab * ab));
        }

        float dMin() {
            return (float) ((ab * ax - aa * bx) / (aa * bb - ab * ab));
        }
    }

    // ---- four and five bits ----

    /**
     * Eight groups of 32 with a scale and a minimum of six bits each.
     *
     * @param weights of the numbers' errors
     * @param highest level
     */
    void fourOrFive(float[] x, int at, float[] weights, int highest) {
        fits.begin(32);
        var sums = new float[8];
        for (int g = 0; g < 8; g++) sums[g] = (float) fits.set(g, x, at + 32 * g, weights, 32 * g);
        fits.shifted(highest, true);
        float[] steps = fits.scale.clone(), least = fits.least.clone();
        for (int g = 0; g < 8; g++) least[g] = -least[g];
        sixBits(steps, least, sums);
        float d = fits.scale[0], dMin = fits.scale[1], bestD = 0, bestMin = 0;
        var best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            float tryD = half(d), tryMin = half(dMin);
            var tries = shiftedLevels(x, at, weights, highest, tryD, tryMin);
            if (!(tries.error < best) && round > 0) break;
            best = tries.error;
            bestD = tryD;
            bestMin = tryMin;
            System.arraycopy(tried, 0, levels, 0, SIZE);
            if (!tries.determined()) break;
            d = tries.d();
            dMin = tries.dMin();
        }
        block.putShort(0, Float.floatToFloat16(bestD));
        block.putShort(2, Float.floatToFloat16(bestMin));
        putScales();
        putFours(highest > 15);
    }

    /** Brings the groups' scales and minima to whole multiples, up to 63, of what is then in the first two of the fits. */
    private void sixBits(float[] steps, float[] least, float[] sums) {
        fits.begin(8);
        fits.set(0, steps, 0, sums, 0);
        fits.set(1, least, 0, sums, 0);
        fits.scaled(0, 63, 63);
        for (int g = 0; g < 8; g++) {
            scales[g] = fits.scale[0] == 0 ? 0 : BlockRounding.level(steps[g] / fits.scale[0], 63);
            mins[g] = fits.scale[1] == 0 ? 0 : BlockRounding.level(least[g] / fits.scale[1], 63);
        }
    }

    private Sums shiftedLevels(float[] x, int at, float[] weights, int highest, float d, float dMin) {
        var all = new Sums();
        for (int g = 0; g < 8; g++) {
            int scale = scales[g], b = mins[g];
            float step = d * scale, min = dMin * b, inverse = step == 0 ? 0 : 1 / step;
            float error = 0, sumA = 0, sumAA = 0, sumX = 0, sumAX = 0, sumW = 0; // weighted
            for (int i = 32 * g; i < 32 * g + 32; i++) {
                float number = x[at + i], w = weights[i];
                tried[i] = BlockRounding.level((number + min) * inverse, highest);
                float a = scale * tried[i], off = d * a - min - number, weighted = w * a;
                error += w * off * off;
                sumA += weighted;
                sumAA += weighted * a;
                sumAX += weighted * number;
                sumX += w * number;
                sumW += w;
            }
            all.error += error;
            all.aa += sumAA;
            all.ax += sumAX;
            all.ab += (double) sumA * b;
            all.bx += (double) sumX * b;
            all.bb += (double) sumW * b * b;
        }
        return all;
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
    private void putFours(boolean five) {
        for (int g = 0; g < 8; g += 2) {
            for (int i = 0; i < 32; i++) {
                int low = levels[32 * g + i], high = levels[32 * g + 32 + i];
                block.put((five ? 48 : 16) + 16 * g + i, (byte) (low & 15 | (high & 15) << 4));
                if (five) block.put(16 + i, (byte) (block.get(16 + i) | low >>> 4 << g | high >>> 4 << g + 1));
            }
        }
    }

    // ---- six bits ----

    /** Sixteen groups of 16 with a scale of eight bits each. */
    void six(float[] x, int at, float[] weights) {
        float d = sixScales(x, at, weights), bestD = 0;
        var best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            var tryD = half(d);
            var tries = scaledLevels(x, at, weights, tryD);
            if (!(tries.error < best) && round > 0) break;
            best = tries.error;
            bestD = tryD;
            System.arraycopy(tried, 0, levels, 0, SIZE);
            if (!(tries.aa > 0)) break;
            d = (float) (tries.ax / tries.aa);
        }
        block.putShort(208, Float.floatToFloat16(bestD));
        for (int g = 0; g < 16; g++) block.put(192 + g, (byte) scales[g]);
        putSixes();
    }

    /** Finds the groups' scales, and brings them to whole multiples of what is returned. */
    private float sixScales(float[] x, int at, float[] weights) {
        var steps = new float[16];
        var largest = 0f; // with its sign
        for (int g = 0; g < 16; g++) {
            if (g % GroupFits.GROUPS == 0) {
                fits.begin(16);
                for (int k = 0; k < GroupFits.GROUPS; k++) fits.set(k, x, at + 16 * (g + k), weights, 16 * (g + k));
                fits.scaled(-32, 31, -32);
            }
            steps[g] = fits.scale[g % GroupFits.GROUPS];
            if (Math.abs(steps[g]) > Math.abs(largest) || Float.isNaN(steps[g])) largest = steps[g];
        }
        var d = largest / -128;
        for (int g = 0; g < 16; g++) scales[g] = d == 0 ? 0 : Math.min(127, Math.round(steps[g] / d));
        return d;
    }

    private Sums scaledLevels(float[] x, int at, float[] weights, float d) {
        var all = new Sums();
        for (int g = 0; g < 16; g++) {
            float step = d * scales[g], inverse = step == 0 ? 0 : 1 / step, error = 0, sumAA = 0, sumAX = 0;
            for (int i = 16 * g; i < 16 * g + 16; i++) {
                float number = x[at + i], w = weights[i];
                tried[i] = BlockRounding.level(number * inverse + 32, 63);
                float a = scales[g] * (tried[i] - 32), off = d * a - number, weighted = w * a;
                error += w * off * off;
                sumAA += weighted * a;
                sumAX += weighted * number;
            }
            all.error += error;
            all.aa += sumAA;
            all.ax += sumAX;
        }
        return all;
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

    private static float half(float number) {
        return Float.float16ToFloat(Float.floatToFloat16(number));
    }
}
