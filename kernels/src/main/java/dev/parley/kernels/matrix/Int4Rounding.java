package dev.parley.kernels.matrix;

import dev.parley.kernels.vectors.BFloat16Bits;

/** Rounds a group of numbers to integers from -8 to 7 that share a scale. */
final class Int4Rounding {

    /** What the number of the largest magnitude may become: exactly -8, or slightly out of range where that suits the others. */
    private static final float[] LARGEST_BECOMES = {-8f, -7.4f, -8.6f, 7f};

    private Int4Rounding() {}

    static int round(float scaled) {
        return Math.clamp(Math.round(scaled), -8, 7);
    }

    /**
     * The scale, exact in bfloat16, that gives the smallest sum of squared errors.
     *
     * @throws ArithmeticException if a number is not finite
     */
    static float scale(float[] w, int at, int count) {
        var largest = 0f; // with its sign
        for (int i = at; i < at + count; i++) {
            if (!Float.isFinite(w[i])) throw new ArithmeticException("A weight is not finite.");
            if (Math.abs(w[i]) > Math.abs(largest)) largest = w[i];
        }
        if (largest == 0) return 0;
        var best = 0f;
        var least = Float.POSITIVE_INFINITY;
        for (var becomes : LARGEST_BECOMES) {
            var scale = BFloat16Bits.toFloat(BFloat16Bits.of(largest / becomes));
            if (scale == 0) continue;
            var error = error(w, at, count, scale);
            if (error < least) {
                least = error;
                best = scale;
            }
        }
        return best;
    }

    private static float error(float[] w, int at, int count, float scale) {
        var inverse = 1 / scale;
        var sum = 0f;
        for (int i = at; i < at + count; i++) {
            var difference = w[i] - round(w[i] * inverse) * scale;
            sum += difference * difference;
        }
        return sum;
    }
}
