package dev.parley.model;

import dev.parley.model.FolderExport.Change;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.model.adapter.AdapterFiles.LowRankMatrices;
import dev.parley.weights.ShardSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Adds an adapter's products to the matrices that they stand beside: W + scale · B A. What comes out is a model like any other. */
public final class AdapterMerge {

    private AdapterMerge() {}

    /**
     * Writes the folder of a model into which an adapter is merged, in the types of the base's files. Nothing is held in memory but the
     * adapter.
     *
     * @param base a model folder
     * @param adapter a folder in PEFT's layout
     * @throws ModelException if the adapter does not fit the model
     */
    public static void write(Path base, Path adapter, Path out, ShardSize largest) throws IOException {
        try (var files = AdapterFiles.open(adapter)) {
            FolderExport.write(base, out, Optional.empty(), largest, blueprint -> changes(blueprint, files));
        }
    }

    private static Map<String, Change> changes(Blueprint blueprint, AdapterFiles files) {
        files.check(blueprint);
        var changes = new HashMap<String, Change>();
        for (var module : files.modules()) {
            var weight = AdapterFiles.weight(blueprint, module + ".weight").orElseThrow();
            var pair = files.lowRank(module);
            changes.put(weight.name(), weight.isInOut() ? (numbers, first, count) -> addInOut(pair, numbers, first, count)
                    : (numbers, first, count) -> addOutIn(pair, numbers, first, count));
        }
        for (var name : files.wholeWeights()) {
            var weight = AdapterFiles.weight(blueprint, name).orElseThrow();
            var whole = files.wholeNumbers(name);
            changes.put(weight.name(), (numbers, first, count) -> System.arraycopy(whole, (int) first, numbers, 0, count));
        }
        return changes;
    }

    /** Into some numbers of a matrix (out, in). */
    private static void addOutIn(LowRankMatrices pair, float[] numbers, long first, int count) {
        var sum = new float[pair.in()];
        for (int at = 0; at < count;) {
            int out = (int) ((first + at) / pair.in()), from = (int) ((first + at) % pair.in()), n = Math.min(pair.in() - from, count - at);
            Arrays.fill(sum, 0, n, 0);
            for (int r = 0; r < pair.rank(); r++) add(pair.b()[out * pair.rank() + r], pair.a(), r * pair.in() + from, sum, n);
            addScaled(pair, sum, numbers, at, n);
            at += n;
        }
    }

    /** Into some numbers of a matrix (in, out). */
    private static void addInOut(LowRankMatrices pair, float[] numbers, long first, int count) {
        var sum = new float[pair.out()];
        for (int at = 0; at < count;) {
            int in = (int) ((first + at) / pair.out()), from = (int) ((first + at) % pair.out()),
                    n = Math.min(pair.out() - from, count - at);
            for (int o = 0; o < n; o++) {
                float total = 0;
                for (int r = 0; r < pair.rank(); r++) total += pair.b()[(from + o) * pair.rank() + r] * pair.a()[r * pair.in() + in];
                sum[o] = total;
            }
            addScaled(pair, sum, numbers, at, n);
            at += n;
        }
    }

    private static void add(float factor, float[] row, int from, float[] sum, int n) {
        for (int i = 0; i < n; i++) sum[i] += factor * row[from + i];
    }

    private static void addScaled(LowRankMatrices pair, float[] sum, float[] numbers, int at, int n) {
        var scale = (float) pair.scale();
        for (int i = 0; i < n; i++) numbers[at + i] += scale * sum[i];
    }
}
