package dev.parley.explain;

import java.util.List;

/**
 * How well the scores of integrated gradients add up to what the target gains from the baseline to the text (their axiom of completeness,
 * Sundararajan et al. 2017, section 3).
 *
 * @param steps gradients that were taken for each explained token
 * @param tokens of each explained token
 */
public record Completeness(int steps, List<Sum> tokens) {

    /**
     * Two numbers that should be equal.
     *
     * @param attributed sum of the scores
     * @param gained target's value after the text, less that after the baseline
     */
    public record Sum(double attributed, double gained) {

        /** The difference of both, as a share of what was gained. */
        public double gap() {
            return gained == 0 ? Math.abs(attributed) : Math.abs(attributed - gained) / Math.abs(gained);
        }
    }

    /** The largest gap of a token. */
    public double worstGap() {
        return tokens.stream().mapToDouble(Sum::gap).max().orElse(0);
    }
}
