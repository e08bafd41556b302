package dev.parley.model;

import dev.parley.weights.ImportanceMatrix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sums of squares of the vectors that the matrices of the layers are multiplied with, column by column. {@link JavaRunner} adds to it in
 * the passes that are asked to.
 */
final class InputSquares {

    private final Map<WeightSpec, Sum> sums = new ConcurrentHashMap<>(); // by the first of the matrices that read the same vectors

    /** Of the vectors of some matrices; one thread at a time adds to it. */
    private static final class Sum {

        final List<WeightSpec> readers;
        final double[] squares;
        long vectors;

        Sum(RunnerWeights.SideBySide products) {
            readers = products.projections().stream().map(RunnerWeights.Projection::spec).toList();
            squares = new double[products.first().weight().columns()];
        }
    }

    /**
     * Adds vectors.
     *
     * @param x has the first at {@code at}, and each of the others {@code stride} after the last
     */
    void add(RunnerWeights.SideBySide products, float[] x, int at, int stride, int count) {
        if (!products.first().spec().isLayerMatrix()) return;
        var sum = sums.computeIfAbsent(products.first().spec(), spec -> new Sum(products));
        for (int v = 0; v < count; v++) {
            for (int c = 0; c < sum.squares.length; c++) {
                double number = x[at + v * stride + c];
                sum.squares[c] += number * number;
            }
        }
        sum.vectors += count;
    }

    /**
     * The means, as GGUF has the matrices. Of an expert that no token has asked nothing is known.
     *
     * @param source the text's name
     * @param chunks pieces of it that were read
     */
    ImportanceMatrix means(Blueprint blueprint, String source, int chunks) {
        var byReader = new LinkedHashMap<WeightSpec, Sum>();
        for (var sum : sums.values()) sum.readers.forEach(reader -> byReader.put(reader, sum));
        var tensors = new TreeMap<String, List<WeightSpec>>(); // experts lie stacked in one
        for (var weight : blueprint.weights())
            if (weight.isLayerMatrix()) tensors.computeIfAbsent(weight.ggufName(), name -> new ArrayList<>()).add(weight);
        var means = new TreeMap<String, float[]>();
        tensors.forEach((name, stacked) -> {
            if (stacked.stream().noneMatch(byReader::containsKey)) return;
            var columns = stacked.getFirst().inFeatures();
            var all = new float[columns * stacked.size()];
            for (int i = 0; i < all.length; i++) {
                var sum = byReader.get(stacked.get(i / columns));
                all[i] = sum == null ? 1 : (float) (sum.squares[i % columns] / sum.vectors);
            }
            means.put(name, all);
        });
        return new ImportanceMatrix(source, chunks, means);
    }
}
