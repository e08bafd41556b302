package dev.parley.eval.bias;

import dev.parley.eval.Score;
import dev.parley.eval.metrics.Aggregation;
import dev.parley.eval.metrics.StandardErrors;
import java.util.Arrays;
import java.util.List;

/**
 * A figure of a suite.
 *
 * @param group of the samples that it is of, such as a kind of bias; "all" of all
 * @param ideal what a model without the bias would have
 */
public record BiasFigure(String group, String metric, Score score, double ideal) {

    /** The group of all samples. */
    public static final String ALL = "all";

    /** A mean with its standard error, NaN of a single sample. */
    static BiasFigure mean(String group, String metric, List<Double> samples, double ideal) {
        var rows = samples.stream().map(s -> new double[] {s}).toList();
        var mean = samples.stream().mapToDouble(s -> s).average().orElse(Double.NaN);
        var error = StandardErrors.of(Aggregation.MEAN, rows, 1).orElse(Double.NaN);
        return new BiasFigure(group, metric, new Score(mean, error, samples.size()), ideal);
    }

    /** The ends of the interval of 95 %. */
    public double[] interval() {
        return Arrays.stream(new double[] {-1.96, 1.96}).map(z -> score.value() + z * score.stderr()).toArray();
    }
}
