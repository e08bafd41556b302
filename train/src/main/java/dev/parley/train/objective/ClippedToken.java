package dev.parley.train.objective;

/**
 * The loss of one sampled token. With the ratio r = p / p_old of how likely it is now and was when it was sampled, and the advantage A of its
 * answer, it is -min(r A, clip(r) A): Schulman et al. 2017 (arXiv:1707.06347), equation 7. The bound above may be wider than that below, so
 * that unlikely tokens can rise: Yu et al. 2025 (arXiv:2503.14476), section 3.1. To it is added beta times the distance from the reference,
 * estimated as p_ref / p - ln(p_ref / p) - 1, which is never negative: Shao et al. 2024 (arXiv:2402.03300), equation 4.
 *
 * @param now ln p
 * @param old ln p when it was sampled
 * @param reference ln p of the reference; of no matter where beta is 0
 */
record ClippedToken(double now, double old, double reference, double advantage) {

    /**
     * How far a ratio may go.
     *
     * @param low below 1
     * @param high above 1
     * @param beta how dear it is to move away from the reference
     */
    record Bounds(double low, double high, double beta) {}

    private double ratio() {
        return Math.exp(now - old);
    }

    /** Whether the ratio is so low that its answer, a bad one, is pushed no further. */
    boolean isClippedLow(Bounds bounds) {
        return advantage < 0 && ratio() < 1 - bounds.low();
    }

    /** Whether the ratio is so high that its answer, a good one, is pulled no further. */
    boolean isClippedHigh(Bounds bounds) {
        return advantage > 0 && ratio() > 1 + bounds.high();
    }

    /** An estimate of the divergence from the reference. */
    double divergence() {
        var d = reference - now;
        return Math.expm1(d) - d;
    }

    double loss(Bounds bounds) {
        var clipped = Math.clamp(ratio(), 1 - bounds.low(), 1 + bounds.high());
        return -Math.min(ratio() * advantage, clipped * advantage) + (bounds.beta() == 0 ? 0 : bounds.beta() * divergence());
    }

    /** The derivative of the loss in ln p. */
    double slope(Bounds bounds) {
        var pull = isClippedLow(bounds) || isClippedHigh(bounds) ? 0 : -ratio() * advantage;
        return pull + (bounds.beta() == 0 ? 0 : -bounds.beta() * Math.expm1(reference - now));
    }
}
