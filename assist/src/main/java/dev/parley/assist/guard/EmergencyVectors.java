package dev.parley.assist.guard;

import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.embedders.OnnxEmbedder;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Whether a message sounds like an emergency, by its vector: a network with one hidden layer over the vectors of {@link OnnxEmbedder},
 * fitted to the same examples as {@link EmergencyClassifier}. It knows of words that no example has.
 *
 * @param hidden for each hidden unit the weights of a vector's numbers, and last its bias
 * @param output the weights of the hidden units, and last the bias of the log-odds
 */
record EmergencyVectors(float[][] hidden, float[] output) {

    private static final String FILE = "emergency-vectors.bin";

    /** Whether an embedding model makes the vectors that the weights are for. */
    static boolean fit(Embedder embedder) {
        return embedder.id().equals(OnnxEmbedder.ID);
    }

    static EmergencyVectors load() {
        try (var in = new DataInputStream(new BufferedInputStream(EmergencyVectors.class.getResourceAsStream(FILE)))) {
            var hidden = new float[in.readInt()][in.readInt() + 1];
            for (var weights : hidden) read(in, weights);
            var output = new float[hidden.length + 1];
            read(in, output);
            return new EmergencyVectors(hidden, output);
        } catch (IOException e) {
            throw new UncheckedIOException("The weights of vectors for emergencies cannot be read.", e);
        }
    }

    private static void read(DataInputStream in, float[] weights) throws IOException {
        for (int i = 0; i < weights.length; i++) weights[i] = in.readFloat();
    }

    void write(OutputStream to) throws IOException {
        var out = new DataOutputStream(new BufferedOutputStream(to));
        out.writeInt(hidden.length);
        out.writeInt(hidden[0].length - 1);
        for (var weights : hidden) {
            for (float weight : weights) out.writeFloat(weight);
        }
        for (float weight : output) out.writeFloat(weight);
        out.flush();
    }

    /** The log-odds that a message is an emergency. */
    double score(String text, Embedder embedder) {
        var vector = embedder.embed(List.of(text), Embedder.Purpose.QUERY)[0];
        var sum = (double) output[hidden.length];
        for (int unit = 0; unit < hidden.length; unit++) sum += output[unit] * Math.max(activation(unit, vector, 0, vector.length), 0);
        return sum;
    }

    /** What a hidden unit sums up of a vector of which only a part is not zero. */
    float activation(int unit, float[] vector, int from, int to) {
        var weights = hidden[unit];
        var sum = weights[vector.length];
        for (int i = from; i < to; i++) sum += weights[i] * vector[i];
        return sum;
    }
}
