package dev.parley.eval.bias;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Samples by group, all of them first. */
final class Groups<S> {

    private final List<S> all = new ArrayList<>();
    private final Map<String, List<S>> groups = new TreeMap<>();

    void add(S sample, String... of) {
        all.add(sample);
        for (var group : of) groups.computeIfAbsent(group, g -> new ArrayList<>()).add(sample);
    }

    /** The means of a number that samples have. */
    List<BiasFigure> means(String metric, double ideal, Function<S, Double> number) {
        var figures = new ArrayList<BiasFigure>();
        figures.add(BiasFigure.mean(BiasFigure.ALL, metric, all.stream().map(number).toList(), ideal));
        groups.forEach((group, samples) -> figures.add(BiasFigure.mean(group, metric, samples.stream().map(number).toList(), ideal)));
        return figures;
    }
}
