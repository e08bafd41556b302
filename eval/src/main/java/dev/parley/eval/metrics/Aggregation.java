package dev.parley.eval.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * How the figures of all samples become one, by lm-evaluation-harness's names and formulas. A sample has one number, or two: what is
 * weighed and its weight, or the right label and the one that was given; or counts, of {@link TextOverlap}.
 */
public enum Aggregation {

    MEAN("mean"), NANMEAN("nanmean"), MEDIAN("median"), PERPLEXITY("perplexity"), WEIGHTED_PERPLEXITY("weighted_perplexity"),
    BITS_PER_BYTE("bits_per_byte"), F1("f1"), MATTHEWS("matthews_corrcoef"), BRIER("brier_score"), BLEU("bleu"), CHRF("chrf");

    private final String id;

    Aggregation(String id) {
        this.id = id;
    }

    /** Its name in task files. */
    public String id() {
        return id;
    }

    /**
     * @throws IllegalArgumentException naming those that there are
     */
    public static Aggregation of(String id) {
        for (var a : values()) if (a.id.equals(id)) return a;
        throw new IllegalArgumentException(
                "There is no aggregation " + id + "; there are " + String.join(", ", Arrays.stream(values()).map(Aggregation::id).toList())
                        + ".");
    }

    /** One figure of the samples' numbers. */
    public double of(List<double[]> samples) {
        var places = new int[samples.size()];
        Arrays.setAll(places, i -> i);
        return of(samples, places);
    }

    /** The same of a resample: the samples at these places. */
    double of(List<double[]> samples, int[] places) {
        return switch (this) {
            case MEAN -> sum(samples, places, 0) / places.length;
            case NANMEAN -> nanMean(samples, places);
            case MEDIAN -> {
                var sorted = Arrays.stream(places).mapToDouble(p -> samples.get(p)[0]).sorted().toArray();
                yield sorted[sorted.length / 2];
            }
            case PERPLEXITY -> Math.exp(-sum(samples, places, 0) / places.length);
            case WEIGHTED_PERPLEXITY -> Math.exp(-sum(samples, places, 0) / sum(samples, places, 1));
            case BITS_PER_BYTE -> -sum(samples, places, 0) / sum(samples, places, 1) / Math.log(2);
            case F1 -> f1(samples, places);
            case MATTHEWS -> matthews(samples, places);
            case BRIER -> brier(samples, places);
            case BLEU -> TextOverlap.bleu(sums(samples, places));
            case CHRF -> TextOverlap.chrf(sums(samples, places));
        };
    }

    private static double sum(List<double[]> samples, int[] places, int of) {
        double sum = 0, lost = 0; // Neumaier 1974, as Python adds floats
        for (var place : places) {
            var x = samples.get(place)[of];
            var t = sum + x;
            lost += Math.abs(sum) >= Math.abs(x) ? sum - t + x : x - t + sum;
            sum = t;
        }
        return Double.isFinite(lost) ? sum + lost : sum;
    }

    /** Of counts, which float64 adds exactly. */
    private static double[] sums(List<double[]> samples, int[] places) {
        var sums = new double[samples.getFirst().length];
        for (var place : places) for (int i = 0; i < sums.length; i++) sums[i] += samples.get(place)[i];
        return sums;
    }

    private static double nanMean(List<double[]> samples, int[] places) {
        return Arrays.stream(places).mapToDouble(p -> samples.get(p)[0]).filter(x -> !Double.isNaN(x)).average().orElse(Double.NaN);
    }

    /** Of the label 1: 2 tp / (2 tp + fp + fn), and 0 where nothing is or is called so. */
    private static double f1(List<double[]> samples, int[] places) {
        int both = 0, either = 0;
        for (var place : places) {
            double right = samples.get(place)[0], given = samples.get(place)[1];
            if (right != 0 && right != 1 || given != 0 && given != 1)
                throw new IllegalArgumentException("f1 is of two choices, numbered 0 and 1; for more, use acc or mcc.");
            if (right == 1 && given == 1) both++;
            either += (int) (right + given);
        }
        return either == 0 ? 0 : 2.0 * both / either;
    }

    /** Of any number of labels: Gorodkin 2004, Comput. Biol. Chem. 28, 367. */
    private static double matthews(List<double[]> samples, int[] places) {
        var labels = new TreeSet<Double>();
        for (var place : places) {
            labels.add(samples.get(place)[0]);
            labels.add(samples.get(place)[1]);
        }
        double n = places.length, correct = 0, together = 0, ofRight = n * n, ofGiven = n * n;
        for (var place : places) if (samples.get(place)[0] == samples.get(place)[1]) correct++;
        for (double label : labels) {
            double right = 0, given = 0;
            for (var place : places) {
                if (samples.get(place)[0] == label) right++;
                if (samples.get(place)[1] == label) given++;
            }
            together += right * given;
            ofRight -= right * right;
            ofGiven -= given * given;
        }
        return ofRight * ofGiven == 0 ? 0 : (correct * n - together) / Math.sqrt(ofRight * ofGiven);
    }

    /** The mean squared distance of the choices' probabilities from the truth; a sample is the right choice and the probabilities. */
    private static double brier(List<double[]> samples, int[] places) {
        var sum = 0.0;
        for (var place : places) {
            var sample = samples.get(place);
            for (int i = 1; i < sample.length; i++) sum += Math.pow(sample[i] - (i - 1 == (int) sample[0] ? 1 : 0), 2);
        }
        return sum / places.length;
    }
}
