package dev.parley.model;

import java.util.List;

/**
 * Rotary positions, Su et al. 2021 (arXiv:2104.09864), and the ways of stretching them to contexts longer than those
 * trained on.
 *
 * @param theta base of the frequencies
 * @param scaling how they are stretched
 * @param partialRotaryFactor how much of a head is turned, from its first dimension on; 1 for all
 */
public record Rope(double theta, Scaling scaling, double partialRotaryFactor) {

    /** @throws IllegalArgumentException if theta is not above 0, or the part not in (0, 1] */
    public Rope {
        if (!(theta > 0 && Double.isFinite(theta))) throw new IllegalArgumentException("rope_theta " + theta + " is not above 0.");
        if (!(partialRotaryFactor > 0 && partialRotaryFactor <= 1))
            throw new IllegalArgumentException("partial_rotary_factor " + partialRotaryFactor + " is not in (0, 1].");
    }

    /** One that turns whole heads. */
    public Rope(double theta, Scaling scaling) {
        this(theta, scaling, 1);
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
     * @param queryScalingBeta queries are multiplied by 1 + beta · ln(1 + ⌊position / originalMax⌋), as Llama 4's are; 0 for none
     */
    public record Yarn(double factor, double betaFast, double betaSlow, int originalMax, double attentionFactor, boolean truncate,
            double queryScalingBeta) implements Scaling {

        /** One that leaves queries as long as they are. */
        public Yarn(double factor, double betaFast, double betaSlow, int originalMax, double attentionFactor, boolean truncate) {
            this(factor, betaFast, betaSlow, originalMax, attentionFactor, truncate, 0);
        }
    }

    /**
     * Each frequency divided by a number of its own: by one list in texts as long as those trained on, by another in longer ones; Ding
     * et al. 2024 (arXiv:2402.13753). A text that grows beyond them keeps the keys that it has in a cache, as in transformers.
     *
     * @param shortFactors a number for each pair of dimensions
     * @param longFactors as many
     * @param originalMax tokens trained on
     * @param attentionFactor what cosines and sines are multiplied by
     */
    public record LongRope(List<Double> shortFactors, List<Double> longFactors, int originalMax, double attentionFactor)
            implements Scaling {

        /** Copies the lists. */
        public LongRope {
            shortFactors = List.copyOf(shortFactors);
            longFactors = List.copyOf(longFactors);
        }
    }

    /** How many dimensions of a head are turned. */
    public int rotaryDim(int headDim) {
        return (int) (headDim * partialRotaryFactor);
    }

    /**
     * The angle that each pair of dimensions turns by from a position to the next.
     *
     * @param dim dimensions of a head that are turned
     * @param length of the text, which {@link Dynamic} and {@link LongRope} ask for
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
            case LongRope s -> divided(plain(dim, theta), length > s.originalMax ? s.longFactors : s.shortFactors);
        };
    }

    /** What {@link Yarn} multiplies cosines and sines by where a config says nothing; section 3.4 of the paper. */
    public static double sharpening(double factor) {
        return sharpening(factor, 1);
    }

    /** The same where the logarithm has a factor of its own. */
    public static double sharpening(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }

    /** What cosines and sines are multiplied by. */
    public double attentionFactor() {
        return switch (scaling) {
            case Yarn s -> s.attentionFactor;
            case LongRope s -> s.attentionFactor;
            case Default _,Linear _,Dynamic _,Llama3 _ -> 1;
        };
    }

    private static double[] plain(int dim, double theta) {
        var f = new double[dim / 2];
        for (int i = 0; i < f.length; i++) f[i] = Math.pow(theta, -2.0 * i / dim);
        return f;
    }

    private boolean asksForLength() {
        return scaling instanceof Dynamic || scaling instanceof LongRope;
    }

    private float[] queryScales(int[] positions) {
        if (!(scaling instanceof Yarn yarn) || yarn.queryScalingBeta == 0) return new float[0];
        var scales = new float[positions.length];
        for (int t = 0; t < scales.length; t++)
            scales[t] = (float) (1 + yarn.queryScalingBeta * Math.log(1 + Math.floor((double) positions[t] / yarn.originalMax)));
        return scales;
    }

    private static double[] divided(double[] f, List<Double> factors) {
        for (int i = 0; i < f.length; i++) f[i] /= factors.get(i);
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
     * @param dim dimensions that are turned
     * @param cos (T, dim/2), row-major
     * @param sin (T, dim/2), row-major
     * @param queryScales what queries are multiplied by, (T); empty where that is 1
     */
    public record Table(int dim, float[] cos, float[] sin, float[] queryScales) {

        /** What the query of a token is multiplied by. */
        public float queryScale(int token) {
            return queryScales.length == 0 ? 1 : queryScales[token];
        }
    }

    /**
     * The table of tokens.
     *
     * @param headDim dimensions of a head
     * @param positions of the tokens
     * @param lengths of the text of each
     */
    public Table table(int headDim, int[] positions, int[] lengths) {
        var dim = rotaryDim(headDim);
        double[] f = {};
        var factor = attentionFactor();
        float[] cos = new float[positions.length * (dim / 2)], sin = new float[cos.length];
        for (int t = 0; t < positions.length; t++) {
            if (t == 0 || asksForLength() && lengths[t] != lengths[t - 1]) f = frequencies(dim, lengths[t]);
            for (int i = 0; i < f.length; i++) {
                var angle = positions[t] * f[i];
                cos[t * f.length + i] = (float) (Math.cos(angle) * factor);
                sin[t * f.length + i] = (float) (Math.sin(angle) * factor);
            }
        }
        return new Table(dim, cos, sin, queryScales(positions));
    }
}
