package dev.parley.eval;

/**
 * A measured figure with its standard error.
 *
 * @param value the figure
 * @param stderr how far another sample of the same size would typically lie from it
 * @param n cases that it was measured on
 */
public record Score(double value, double stderr, long n) {

    /**
     * The part of n cases that were right. The error reaches to the farther end of Wilson's interval of one standard error
     * (Wilson 1927, J. Am. Stat. Assoc. 22, 209; recommended for few cases by Brown, Cai and DasGupta 2001, Statistical Science
     * 16, 101): 0 right of 40 is 0 % ± 2.4, where the plain standard error would be 0.
     *
     * @throws IllegalArgumentException if there are no cases
     */
    public static Score proportion(long right, long n) {
        if (n < 1 || right < 0 || right > n) throw new IllegalArgumentException(right + " of " + n + " cases is no proportion.");
        var p = (double) right / n;
        var centre = (right + 0.5) / (n + 1);
        var half = Math.sqrt(n * p * (1 - p) + 0.25) / (n + 1);
        return new Score(p, Math.abs(centre - p) + half, n);
    }
}
