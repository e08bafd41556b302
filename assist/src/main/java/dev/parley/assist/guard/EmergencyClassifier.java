package dev.parley.assist.guard;

import dev.parley.assist.guard.EmergencyGuardrail.Kind;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Whether a message sounds like an emergency, as learned from examples: linear over {@link EmergencyFeatures}, by a logistic regression
 * for whether it is one, and by naive Bayes for its kind. The weights, a byte each, are in {@code emergency-weights.bin}; the tests'
 * {@code EmergencyFit} has fitted them.
 *
 * @param bias of the log-odds
 * @param scale that a weight is multiplied with
 * @param weights of each feature
 * @param kinds for each kind, how much each group of features speaks for it
 */
record EmergencyClassifier(EmergencyFeatures features, float bias, float scale, byte[] weights, byte[][] kinds) {

    /** Kinds look at fewer, larger groups of features: they are much easier to tell apart. */
    static final int KIND_FEATURES = 1 << 13;

    private static final String FILE = "emergency-weights.bin";

    static EmergencyClassifier load() {
        try (var in = new DataInputStream(EmergencyClassifier.class.getResourceAsStream(FILE))) {
            var bias = in.readFloat();
            var scale = in.readFloat();
            var weights = in.readNBytes(EmergencyFeatures.COUNT);
            var kinds = new byte[Kind.values().length][];
            for (int kind = 0; kind < kinds.length; kind++) kinds[kind] = in.readNBytes(KIND_FEATURES);
            return new EmergencyClassifier(new EmergencyFeatures(), bias, scale, weights, kinds);
        } catch (IOException e) {
            throw new UncheckedIOException("The weights for emergencies cannot be read.", e);
        }
    }

    void write(OutputStream to) throws IOException {
        var out = new DataOutputStream(to);
        out.writeFloat(bias);
        out.writeFloat(scale);
        out.write(weights);
        for (var kind : kinds) out.write(kind);
        out.flush();
    }

    /** The log-odds that a message is an emergency. */
    double score(String text) {
        var row = features.of(text);
        var sum = 0;
        for (int feature : row) sum += weights[feature];
        return bias + scale * sum / Math.sqrt(Math.max(row.length, 1)); // as a vector of length one, so that long texts weigh no more
    }

    /** The kind that an emergency most likely is. */
    Kind kind(String text) {
        var row = features.of(text);
        var best = 0;
        var most = Integer.MIN_VALUE;
        for (int kind = 0; kind < kinds.length; kind++) {
            var sum = 0;
            for (int feature : row) sum += kinds[kind][kindFeature(feature)];
            if (sum > most) {
                most = sum;
                best = kind;
            }
        }
        return Kind.values()[best];
    }

    static int kindFeature(int feature) {
        return feature & KIND_FEATURES - 1;
    }
}
