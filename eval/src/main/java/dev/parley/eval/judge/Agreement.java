package dev.parley.eval.judge;

import java.util.List;
import java.util.TreeSet;

/**
 * How well two judges agree on the same items, beyond chance: Cohen 1960, Educ. Psychol. Meas. 20, 37; the standard error by Fleiss,
 * Cohen and Everitt 1969, Psychol. Bull. 72, 323.
 *
 * @param observed part of the items on which they agree
 * @param kappa 1 for all, 0 for no more than chance
 * @param stderr of kappa
 * @param labels that either gave, in order
 * @param counts of items by the first judge's label and the second's
 */
public record Agreement(long n, double observed, double kappa, double stderr, List<String> labels, long[][] counts) {

    /**
     * Compares labels of the same items.
     *
     * @throws IllegalArgumentException if there are none, or not as many of both
     */
    public static Agreement of(List<String> first, List<String> second) {
        if (first.isEmpty() || first.size() != second.size())
            throw new IllegalArgumentException(
                    "Agreement is of two labels for each item; there are " + first.size() + " and " + second.size() + ".");
        var labels = new TreeSet<>(first);
        labels.addAll(second);
        var order = List.copyOf(labels);
        var counts = new long[order.size()][order.size()];
        for (int i = 0; i < first.size(); i++) counts[order.indexOf(first.get(i))][order.indexOf(second.get(i))]++;
        return of(order, counts, first.size());
    }

    private static Agreement of(List<String> labels, long[][] counts, double n) {
        var k = labels.size();
        double[] rows = new double[k], columns = new double[k];
        double observed = 0, chance = 0;
        for (int i = 0; i < k; i++) {
            observed += counts[i][i] / n;
            for (int j = 0; j < k; j++) {
                rows[i] += counts[i][j] / n;
                columns[j] += counts[i][j] / n;
            }
        }
        for (int i = 0; i < k; i++) chance += rows[i] * columns[i];
        if (chance == 1) return new Agreement((long) n, observed, Double.NaN, Double.NaN, labels, counts); // one label for all: no telling
        var kappa = (observed - chance) / (1 - chance);
        double diagonal = 0, others = 0;
        for (int i = 0; i < k; i++) {
            diagonal += counts[i][i] / n * Math.pow(1 - (rows[i] + columns[i]) * (1 - kappa), 2);
            for (int j = 0; j < k; j++)
                if (i != j) others += counts[i][j] / n * Math.pow(columns[i] + rows[j], 2);
        }
        var variance = (diagonal + Math.pow(1 - kappa, 2) * others - Math.pow(kappa - chance * (1 - kappa), 2)) / n
                / Math.pow(1 - chance, 2);
        return new Agreement((long) n, observed, kappa, Math.sqrt(Math.max(0, variance)), labels, counts);
    }

    /** The lower end of the interval of 95 % of kappa. */
    public double low() {
        return Math.max(-1, kappa - 1.96 * stderr);
    }

    /** The upper end. */
    public double high() {
        return Math.min(1, kappa + 1.96 * stderr);
    }
}
