package dev.parley.bench;

import java.util.Arrays;
import java.util.Optional;

/**
 * A measured figure: a speed, unless its unit says otherwise.
 *
 * @param name model, precision and shape
 * @param ours the median of ours
 * @param unit of all figures
 * @param peer another program on the same work, in the same run
 * @param limit what the machine allows, measured in the same run
 */
record BenchRow(String name, double ours, String unit, Optional<Named> peer, Optional<Named> limit) {

    /** A figure of something else. */
    record Named(String name, double value) {}

    static double median(double... values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length % 2 == 1 ? sorted[sorted.length / 2] : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
    }

    static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
