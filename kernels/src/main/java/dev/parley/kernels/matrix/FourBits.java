package dev.parley.kernels.matrix;

import dev.parley.kernels.vectors.Halves;

/** How a group of numbers becomes whole numbers from -8 to 7 and a scale. */
final class FourBits {

    /** What the number of largest magnitude may become: -8 exactly, or a little beyond the range for the others' sake. */
    private static final float[] LARGEST_BECOMES = {-8f, -7.4f, -8.6f, 7f};

    private FourBits() {}

    static int quantise(float scaled) {
        return Math.clamp(Math.round(scaled), -8, 7);
    }

    /**
     * The scale, representable in bfloat16, whose rounding errs least in squares.
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
            var scale = Halves.fromBFloat16(Halves.toBFloat16(largest / becomes));
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
            var difference = w[i] - quantise(w[i] * inverse) * scale;
            sum += difference * difference;
        }
        return sum;
    }
}
