package dev.parley.assist.check;

/**
 * How many of some cases were so, with the interval in which the true share lies with a certainty of 95 % (Wilson 1927, J. Am. Stat.
 * Assoc. 22, 209).
 *
 * <pre>{@code
 * new Proportion(50, 50).low();   // 0.929
 * }</pre>
 */
public record Proportion(int hits, int n) {

    private static final double Z = 1.959963984540054; // the normal distribution's 97.5th percentile

    /**
     * @throws IllegalArgumentException if there are more hits than cases, or no cases
     */
    public Proportion {
        if (n < 1 || hits < 0 || hits > n) throw new IllegalArgumentException(hits + " of " + n + " cases is no proportion.");
    }

    /** The share itself. */
    public double value() {
        return (double) hits / n;
    }

    /** The lower end of the interval. */
    public double low() {
        return hits == 0 ? 0 : centre() - half();
    }

    /** The upper end of the interval. */
    public double high() {
        return hits == n ? 1 : centre() + half();
    }

    private double centre() {
        return (hits + Z * Z / 2) / (n + Z * Z);
    }

    private double half() {
        return Z / (n + Z * Z) * Math.sqrt((double) hits * (n - hits) / n + Z * Z / 4);
    }
}
