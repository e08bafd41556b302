package dev.parley.eval.harness;

import dev.parley.eval.Score;
import java.util.OptionalDouble;

/**
 * A task's or a group's figure.
 *
 * @param filter how answers were read; "none" as they are
 * @param stderr that lm-evaluation-harness gives; empty where it gives none
 * @param linearised a standard error of ours where it gives none
 * @param n samples
 */
public record Figure(String metric, String filter, double value, OptionalDouble stderr, OptionalDouble linearised, long n,
        boolean higherIsBetter) {

    /** As results name it. */
    public String key() {
        return metric + "," + filter;
    }

    /** The standard error that there is, that tool's before ours. */
    public OptionalDouble error() {
        return stderr.isPresent() ? stderr : linearised;
    }

    /** The figure as a score; its error is NaN where there is none. */
    public Score score() {
        return new Score(value, error().orElse(Double.NaN), n);
    }
}
