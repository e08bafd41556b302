package dev.parley.generate.engine;

import java.util.Arrays;
import java.util.List;

/**
 * How long things took.
 *
 * @param bounds in seconds, ascending
 * @param counts of those that took no longer than each bound; the longest are in {@code count} alone
 * @param count of all
 * @param seconds of all together
 */
public record Histogram(List<Double> bounds, List<Long> counts, long count, double seconds) {

    /** Counts durations, on one thread. */
    static final class Counter {

        private final double[] bounds;
        private final long[] counts;
        private long count;
        private long nanos;

        Counter(double... bounds) {
            this.bounds = bounds;
            counts = new long[bounds.length];
        }

        void add(long duration) {
            count++;
            nanos += duration;
            for (int i = bounds.length - 1; i >= 0 && duration <= bounds[i] * 1e9; i--) counts[i]++;
        }

        Histogram now() {
            return new Histogram(Arrays.stream(bounds).boxed().toList(), Arrays.stream(counts).boxed().toList(), count, nanos / 1e9);
        }
    }
}
