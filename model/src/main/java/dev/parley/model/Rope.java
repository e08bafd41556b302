package dev.parley.model;

/**
 * Rotary positions, Su et al. 2021 (arXiv:2104.09864), and the ways of stretching them to contexts longer than those
 * trained on.
 *
 * @param theta base of the frequencies
 * @param scaling how they are stretched
 */
public record Rope(double theta, Scaling scaling) {

    /** @throws IllegalArgumentException if theta is not above 0 */
    public Rope {
        if (!(theta > 0 && Double.isFinite(theta))) throw new IllegalArgumentException("rope_theta " + theta + " is not above 0.");
    }

    /** Unstretched. */
    public static Rope plain(double theta) {
        return new Rope(theta, new Default());
    }

    /** How the frequencies are stretched. */
    public sealed interface Scaling {}

    /** Not at all. */
    public record Default() implements Scaling {}

    /** All frequencies divided by the factor; Chen et al. 2023 (arXiv:2306.15595). */
    public record Linear(double factor) implements Scaling {}

    /**
     * The base grows with the text, once it is longer than what was trained on.
     *
     * @param factor how much longer a text the model is to read
     * @param originalMax tokens trained on
     */
    public record Dynamic(double factor, int originalMax) implements Scaling {}

    /**
     * Long waves stretched, short ones kept, those between mixed; Llama 3.1.
     *
     * @param factor what low frequencies are divided by
     * @param lowFreqFactor waves longer than {@code originalMax} tokens divided by this are stretched
     * @param highFreqFactor waves shorter than {@code originalMax} tokens divided by this are kept
     * @param originalMax tokens trained on
     */
    public record Llama3(double factor, double lowFreqFactor, double highFreqFactor, int originalMax) implements Scaling {}

    /**
     * As Llama 3, by rotations within the trained context, and the scores sharpened; Peng et al. 2023 (arXiv:2309.00071).
     *
     * @param factor what low frequencies are divided by
     * @param betaFast dimensions that rotate more often than this are kept
     * @param betaSlow dimensions that rotate less often are stretched
     * @param originalMax tokens trained on
     * @param attentionFactor what cosines and sines are multiplied by
     * @param truncate whether the bounds between these dimensions are rounded outwards
     */
    public record Yarn(double factor, double betaFast, double betaSlow, int originalMax, double attentionFactor, boolean truncate)
            implements Scaling {}

    /**
     * The angle that each pair of dimensions turns by from a position to the next.
     *
     * @param dim dimensions of a head
     * @param length of the text, which only {@link Dynamic} asks for
     * @return dim/2 frequencies
     */
    public double[] frequencies(int dim, int length) {
        return switch (scaling) {
            case Default _ -> plain(dim, theta);
            case Linear s -> {
                var f = plain(dim, theta);
                for (int i = 0; i < f.length; i++) f[i] /= s.factor;
                yield f;
            }
            case Dynamic s -> {
                var grown = Math.max(length, s.originalMax);
                yield plain(dim, theta * Math.pow(s.factor * grown / s.originalMax - (s.factor - 1), dim / (dim - 2.0)));
            }
            case Llama3 s -> llama3(plain(dim, theta), s);
            case Yarn s -> yarn(plain(dim, theta), dim, s);
        };
    }

    /** What cosines and sines are multiplied by. */
    public double attentionFactor() {
        return scaling instanceof Yarn yarn ? yarn.attentionFactor : 1;
    }

    private static double[] plain(int dim, double theta) {
        var f = new double[dim / 2];
        for (int i = 0; i < f.length; i++) f[i] = Math.pow(theta, -2.0 * i / dim);
        return f;
    }

    private static double[] llama3(double[] f, Llama3 s) {
        for (int i = 0; i < f.length; i++) {
            var wavelength = 2 * Math.PI / f[i];
            if (wavelength > s.originalMax / s.lowFreqFactor) {
                f[i] /= s.factor;
            } else if (wavelength > s.originalMax / s.highFreqFactor) {
                var smooth = (s.originalMax / wavelength - s.lowFreqFactor) / (s.highFreqFactor - s.lowFreqFactor);
                f[i] = (1 - smooth) * f[i] / s.factor + smooth * f[i];
            }
        }
        return f;
    }

    private double[] yarn(double[] f, int dim, Yarn s) {
        double low = dimensionOf(s.betaFast, dim, s.originalMax), high = dimensionOf(s.betaSlow, dim, s.originalMax);
        if (s.truncate) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, dim - 1);
        if (low == high) high += 0.001;
        for (int i = 0; i < f.length; i++) {
            var stretched = Math.clamp((i - low) / (high - low), 0, 1);
            f[i] = f[i] / s.factor * stretched + f[i] * (1 - stretched);
        }
        return f;
    }

    /** The dimension that makes so many rotations within the trained context; section 3.2 of the paper. */
    private double dimensionOf(double rotations, int dim, int originalMax) {
        return dim * Math.log(originalMax / (rotations * 2 * Math.PI)) / (2 * Math.log(theta));
    }

    /**
     * Cosines and sines for tokens at positions.
     *
     * @param cos (T, dim/2), row-major
     * @param sin (T, dim/2), row-major
     */
    public record Table(float[] cos, float[] sin) {}

    /** The table of tokens of a text of a length. */
    public Table table(int dim, long[] positions, int length) {
        var f = frequencies(dim, length);
        var factor = attentionFactor();
        float[] cos = new float[positions.length * f.length], sin = new float[cos.length];
        for (int t = 0; t < positions.length; t++) {
            for (int i = 0; i < f.length; i++) {
                var angle = positions[t] * f[i];
                cos[t * f.length + i] = (float) (Math.cos(angle) * factor);
                sin[t * f.length + i] = (float) (Math.sin(angle) * factor);
            }
        }
        return new Table(cos, sin);
    }
}
