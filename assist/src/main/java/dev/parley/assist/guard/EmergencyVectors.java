package dev.parley.assist.guard;

import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.embedders.OnnxEmbedder;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Whether a message sounds like an emergency, by its vector: a logistic regression over the vectors of {@link OnnxEmbedder}, fitted to
 * the same examples as {@link EmergencyClassifier}. It knows of words that no example has.
 *
 * @param bias of the log-odds
 * @param weights of a vector's numbers
 */
record EmergencyVectors(float bias, float[] weights) {

    private static final String FILE = "emergency-vectors.bin";

    /** Whether an embedding model makes the vectors that the weights are for. */
    static boolean fit(Embedder embedder) {
        return embedder.id().equals(OnnxEmbedder.ID);
    }

    static EmergencyVectors load() {
        try (var in = new DataInputStream(EmergencyVectors.class.getResourceAsStream(FILE))) {
            var bias = in.readFloat();
            var weights = new float[in.readInt()];
            for (int i = 0; i < weights.length; i++) weights[i] = in.readFloat();
            return new EmergencyVectors(bias, weights);
        } catch (IOException e) {
            throw new UncheckedIOException("The weights of vectors for emergencies cannot be read.", e);
        }
    }

    void write(OutputStream to) throws IOException {
        var out = new DataOutputStream(to);
        out.writeFloat(bias);
        out.writeInt(weights.length);
        for (float weight : weights) out.writeFloat(weight);
        out.flush();
    }

    /** The log-odds that a message is an emergency. */
    double score(String text, Embedder embedder) {
        return score(embedder.embed(List.of(text), Embedder.Purpose.QUERY)[0]);
    }

    double score(float[] vector) {
        var sum = (double) bias;
        for (int i = 0; i < weights.length; i++) sum += weights[i] * vector[i];
        return sum;
    }
}
