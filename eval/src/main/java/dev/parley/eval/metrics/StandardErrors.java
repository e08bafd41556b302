package dev.parley.eval.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The standard errors of lm-evaluation-harness: of a mean the samples' deviation (with n - 1) by the root of n; of perplexity, median, f1
 * and Matthews's correlation the deviation over 100,000 resamples, a thousand from each of the seeds 0 to 99, which are Python's draws
 * one by one, and a hundred for BLEU and chrF. It has none for the weighted perplexities and bits per
 * byte: ours for those is the linearised one of a ratio of sums.
 */
public final class StandardErrors {

    /** Resamples unless asked otherwise. */
    public static final int BOOTSTRAP_ITERATIONS = 100_000;

    private static final int CHUNK = 1000;
    private static final int OVERLAP_ITERATIONS = 100; // that tool makes no more of BLEU and chrF

    private StandardErrors() {}

    /**
     * That tool's error, where it has one.
     *
     * @param iterations of the bootstrap; 0 for no errors at all, as there
     */
    public static OptionalDouble of(Aggregation aggregation, List<double[]> samples, int iterations) {
        if (iterations <= 0 || samples.size() < 2) return OptionalDouble.empty();
        return switch (aggregation) {
            case MEAN -> OptionalDouble.of(deviation(samples.stream().mapToDouble(s -> s[0]).toArray()) / Math.sqrt(samples.size()));
            case MEDIAN, MATTHEWS, F1, PERPLEXITY, NANMEAN -> OptionalDouble.of(bootstrap(aggregation, samples, iterations));
            case BLEU, CHRF -> OptionalDouble.of(bootstrap(aggregation, samples, Math.min(iterations, OVERLAP_ITERATIONS)));
            case WEIGHTED_PERPLEXITY, BITS_PER_BYTE, BRIER -> OptionalDouble.empty();
        };
    }

    /** An error of ours where that tool has none: Cochran, Sampling Techniques, 1977, section 2.11, and the chain rule for exp. */
    public static OptionalDouble linearised(Aggregation aggregation, List<double[]> samples) {
        if (samples.size() < 2) return OptionalDouble.empty();
        if (aggregation == Aggregation.BRIER) {
            var each = samples.stream().mapToDouble(s -> Aggregation.BRIER.of(List.of(s))).toArray();
            return OptionalDouble.of(deviation(each) / Math.sqrt(each.length));
        }
        if (aggregation != Aggregation.WEIGHTED_PERPLEXITY && aggregation != Aggregation.BITS_PER_BYTE) return OptionalDouble.empty();
        double n = samples.size(), sum = 0, weights = 0;
        for (var s : samples) {
            sum += s[0];
            weights += s[1];
        }
        var squares = 0.0;
        for (var s : samples) squares += Math.pow(s[0] - sum / weights * s[1], 2);
        var ofRatio = Math.sqrt(squares / (n - 1) / n) / (weights / n);
        return OptionalDouble.of(aggregation == Aggregation.BITS_PER_BYTE ? ofRatio / Math.log(2) : ofRatio * Math.exp(-sum / weights));
    }

    private static double bootstrap(Aggregation aggregation, List<double[]> samples, int iterations) {
        var chunk = Math.min(CHUNK, iterations);
        var each = IntStream.range(0, iterations / chunk).parallel().mapToObj(seed -> {
            var random = new PythonRandom(seed);
            var places = new int[samples.size()];
            return DoubleStream.generate(() -> {
                random.choices(places);
                return aggregation.of(samples, places);
            }).limit(chunk).toArray();
        }).toList();
        return deviation(each.stream().flatMapToDouble(Arrays::stream).toArray());
    }

    /** Of the weighted mean of a group's tasks, as if their samples were one pool: the pooled variance. */
    public static double pooled(double[] stderrs, long[] sizes) {
        double variance = 0, all = 0;
        for (int i = 0; i < sizes.length; i++) {
            variance += (sizes[i] - 1) * stderrs[i] * stderrs[i] * sizes[i];
            all += sizes[i];
        }
        return Math.sqrt(variance / (all - sizes.length) / all);
    }

    /** Of the plain mean of a group's tasks, whatever their sizes. */
    public static double unweighted(double[] stderrs) {
        return Math.sqrt(DoubleStream.of(stderrs).map(e -> e * e).sum()) / stderrs.length;
    }

    static double deviation(double[] x) {
        var mean = DoubleStream.of(x).sum() / x.length;
        return Math.sqrt(DoubleStream.of(x).map(v -> (v - mean) * (v - mean)).sum() / (x.length - 1));
    }
}
