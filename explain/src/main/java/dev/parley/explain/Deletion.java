package dev.parley.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Replaces tokens of the prompt in an order, more and more of them, and sees what becomes of the targets: {@link Faithfulness}. */
final class Deletion {

    private static final int POINTS = 10;
    private static final int RANDOM_ORDERS = 10;
    private static final long SEED = 20;

    private final VariantReader reader;
    private final int[] ids;
    private final int baseline;
    private final AnalysisListener listener;
    private final int orders; // that are read in all
    private int read;
    private final List<Integer> sources; // in the order of the text
    private final int[] counts; // how many are replaced at each point
    private final double[] random;
    private final double randomDeviation;

    /**
     * @param attributions that will be checked
     */
    Deletion(VariantReader reader, ExplainedText text, List<ExplainedToken> tokens, int baseline, int attributions,
            AnalysisListener listener) {
        this.reader = reader;
        this.listener = listener;
        orders = RANDOM_ORDERS + attributions;
        this.ids = text.ids();
        this.baseline = baseline;
        sources = IntStream.range(0, tokens.getFirst().position()).boxed().toList();
        var points = Math.min(POINTS, sources.size());
        counts = IntStream.rangeClosed(0, points).map(i -> Math.round((float) i * sources.size() / points)).toArray();
        var curves = new ArrayList<double[]>();
        var draws = new Random(SEED);
        for (int i = 0; i < RANDOM_ORDERS; i++) {
            var order = new ArrayList<>(sources);
            Collections.shuffle(order, draws);
            curves.add(curve(order));
        }
        random = mean(curves);
        randomDeviation = Math.sqrt(curves.stream().mapToDouble(curve -> Math.pow(area(curve), 2)).sum() / (RANDOM_ORDERS - 1));
    }

    Faithfulness of(Attribution attribution) {
        var scores = attribution.total();
        var order = new ArrayList<>(sources);
        order.sort(Comparator.comparingDouble(source -> -scores[source]));
        var ordered = curve(order);
        var fractions = Arrays.stream(counts).mapToDouble(count -> (double) count / sources.size()).toArray();
        return new Faithfulness(fractions, ordered, random, area(ordered), randomDeviation);
    }

    /** Sums of the targets' values. */
    private double[] curve(List<Integer> order) {
        listener.checking(read++, orders);
        var variants = new ArrayList<int[]>();
        for (var count : counts) {
            var variant = ids.clone();
            for (var source : order.subList(0, count)) variant[source] = baseline;
            variants.add(variant);
        }
        return reader.values(variants).stream().mapToDouble(values -> Arrays.stream(values).sum()).toArray();
    }

    /** By how much a curve lies under that of random orders, on average over the share of tokens (trapezoids). */
    private double area(double[] curve) {
        var area = 0.0;
        for (int i = 1; i < counts.length; i++) {
            var width = (double) (counts[i] - counts[i - 1]) / sources.size();
            area += width * (random[i] - curve[i] + random[i - 1] - curve[i - 1]) / 2;
        }
        return area;
    }

    private static double[] mean(List<double[]> curves) {
        var mean = new double[curves.getFirst().length];
        for (var curve : curves) {
            for (int i = 0; i < mean.length; i++) mean[i] += curve[i] / curves.size();
        }
        return mean;
    }
}
