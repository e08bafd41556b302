package dev.parley.eval;

/**
 * A measured figure with its standard error.
 *
 * @param value the figure
 * @param stderr how far another sample of the same size would typically lie from it
 * @param n cases that it was measured on
 */
public record Score(double value, double stderr, long n) {

    /** The part of n cases that were right; the error is that of a binomial proportion. */
    public static Score proportion(long right, long n) {
        var p = n == 0 ? 0 : (double) right / n;
        return new Score(p, n == 0 ? 0 : Math.sqrt(p * (1 - p) / n), n);
    }
}
