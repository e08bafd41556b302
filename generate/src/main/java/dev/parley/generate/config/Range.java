package dev.parley.generate.config;

import java.util.Optional;

/**
 * The numbers that a setting, of generation or of training, may have; a bound may be infinite.
 *
 * @param above whether {@code least} itself is excluded
 * @param below whether {@code most} itself is excluded
 */
public record Range(double least, boolean above, double most, boolean below) {

    /** Every number. */
    public static final Range ANY = new Range(Double.NEGATIVE_INFINITY, false, Double.POSITIVE_INFINITY, false);

    /** How far a number is moved from a bound that is excluded. */
    private static final double STEP = 1e-9;

    /** From {@code least} to {@code most}, both included. */
    public static Range of(double least, double most) {
        return new Range(least, false, most, false);
    }

    /** From {@code least} on. */
    public static Range from(double least) {
        return of(least, Double.POSITIVE_INFINITY);
    }

    /** Up to {@code most}. */
    public static Range upTo(double most) {
        return of(Double.NEGATIVE_INFINITY, most);
    }

    /** All above {@code least}. */
    public static Range above(double least) {
        return new Range(least, true, Double.POSITIVE_INFINITY, false);
    }

    /** The same, below a number. */
    public Range below(double most) {
        return new Range(least, above, most, true);
    }

    /** The same without its lower bound. */
    Range withoutLeast() {
        return new Range(least, true, most, below);
    }

    /** The same without its upper bound. */
    Range withoutMost() {
        return new Range(least, above, most, true);
    }

    /** Whether a number lies within. */
    public boolean holds(double value) {
        return (above ? value > least : value >= least) && (below ? value < most : value <= most);
    }

    /** The number within that is nearest to a number. */
    public double nearest(double value) {
        return Math.clamp(value, above ? least + STEP : least, below ? most - STEP : most);
    }

    /** What is wrong with a number, if anything is, as the end of a sentence. */
    public Optional<String> fault(Number value) {
        if (holds(value.doubleValue())) return Optional.empty();
        if (most == Double.POSITIVE_INFINITY) return Optional.of(value + (above ? " is not above " : " is below ") + plain(least));
        if (least == Double.NEGATIVE_INFINITY) return Optional.of(value + " is above " + plain(most));
        return Optional.of(value + " is not in " + (value instanceof Integer ? plain(least) + ".." + plain(most) : this));
    }

    /** In a few words for a table, such as {@code ≥ 1}; empty if it is every number. */
    public String words() {
        if (equals(ANY)) return "";
        if (most == Double.POSITIVE_INFINITY) return (above ? "above " : "≥ ") + plain(least);
        return least == Double.NEGATIVE_INFINITY ? (below ? "below " : "≤ ") + plain(most) : "in " + this;
    }

    /** In the notation of intervals, such as {@code (0, 1]}. */
    @Override
    public String toString() {
        return (above ? "(" : "[") + plain(least) + ", " + plain(most) + (below ? ")" : "]");
    }

    /** A bound without needless digits. */
    public static String plain(double bound) {
        return bound == Math.rint(bound) && !Double.isInfinite(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
