package dev.parley.assist.guard;

import dev.parley.assist.guard.EmergencyExamples.Example;
import dev.parley.assist.guard.EmergencyGuardrail.Kind;
import dev.parley.knowledge.embedders.OnnxEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Fits {@link EmergencyClassifier} and {@link EmergencyVectors} to the examples, and writes their weights: run its main method in the
 * folder of the module after a change of the examples, the concepts or the features. It takes the two ONNX models, and a few minutes.
 */
final class EmergencyFit {

    private EmergencyFit() {}

    static void main() throws IOException {
        var examples = EmergencyExamples.load();
        var folder = Path.of("src/main/resources/dev/parley/assist/guard");
        try (var out = Files.newOutputStream(folder.resolve("emergency-weights.bin"))) {
            of(examples).write(out);
        }
        try (var embedder = OnnxEmbedder.open(); var out = Files.newOutputStream(folder.resolve("emergency-vectors.bin"))) {
            new NetworkFit(examples, embedder).fit().write(out);
        }
    }

    static EmergencyClassifier of(List<Example> examples) {
        var features = new EmergencyFeatures();
        var rows = new ArrayList<int[]>(examples.size());
        for (var example : examples) rows.add(features.of(example.text()));
        var positive = new boolean[examples.size()];
        for (int i = 0; i < positive.length; i++) positive[i] = examples.get(i).kind().isPresent();
        var counts = examples.stream().mapToDouble(Example::weight).toArray();
        var fitted = LogisticRegression.fit(rows, positive, counts, EmergencyFeatures.COUNT);
        var most = 0f;
        for (float weight : fitted.weights()) most = Math.max(most, Math.abs(weight));
        return new EmergencyClassifier(features, fitted.bias(), most / Byte.MAX_VALUE, bytes(fitted.weights(), most),
                kinds(examples, rows));
    }

    /** Naive Bayes: the logarithm of how often a group of features is of a kind, with a tenth added to each count. */
    private static byte[][] kinds(List<Example> examples, List<int[]> rows) {
        var counts = new double[Kind.values().length][EmergencyClassifier.KIND_FEATURES];
        var all = new double[EmergencyClassifier.KIND_FEATURES];
        for (int i = 0; i < rows.size(); i++) {
            if (examples.get(i).kind().isEmpty()) continue;
            for (int feature : rows.get(i)) {
                counts[examples.get(i).kind().get().ordinal()][EmergencyClassifier.kindFeature(feature)]++;
                all[EmergencyClassifier.kindFeature(feature)]++;
            }
        }
        var kinds = new byte[counts.length][];
        for (int kind = 0; kind < kinds.length; kind++) {
            var logs = new float[all.length];
            for (int i = 0; i < logs.length; i++) logs[i] = (float) StrictMath.log((counts[kind][i] + 0.1) / (all[i] + 0.1 * kinds.length));
            kinds[kind] = bytes(logs, 10);
        }
        return kinds;
    }

    private static byte[] bytes(float[] values, float most) {
        var bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.clamp(Math.round(values[i] / most * Byte.MAX_VALUE), -Byte.MAX_VALUE, Byte.MAX_VALUE);
        }
        return bytes;
    }
}
