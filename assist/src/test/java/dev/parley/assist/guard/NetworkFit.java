package dev.parley.assist.guard;

import dev.parley.assist.guard.EmergencyExamples.Example;
import dev.parley.knowledge.Embedder;
import java.util.List;
import java.util.Random;

/**
 * Fits {@link EmergencyVectors} to examples: stochastic gradient descent on the logistic loss with smoothed labels, with dropout of hidden
 * units (Srivastava et al. 2014) and steps that fall along a cosine. The same examples give the same weights.
 */
final class NetworkFit {

    private static final int UNITS = 64;
    private static final int EPOCHS = 20;
    private static final double STEP = 0.06;
    private static final double DECAY = 1e-5;
    private static final double DROPPED = 0.3;
    private static final double SURE = 0.98; // the label of an emergency; that of a harmless message is what it lacks to one

    private final List<Example> examples;
    private final float[][] vectors;
    private final float[][] hidden;
    private final float[] output = new float[UNITS + 1];
    private final EmergencyVectors network;
    private final float[] active = new float[UNITS];
    private final Random random = new Random(1);

    NetworkFit(List<Example> examples, Embedder embedder) {
        this.examples = examples;
        vectors = embedder.embed(examples.stream().map(Example::text).toList(), Embedder.Purpose.QUERY);
        hidden = new float[UNITS][embedder.dimensions() + 1];
        for (int unit = 0; unit < UNITS; unit++) {
            for (int i = 0; i < embedder.dimensions(); i++) hidden[unit][i] = (float) random.nextGaussian();
            output[unit] = (float) (random.nextGaussian() / Math.sqrt(UNITS));
        }
        network = new EmergencyVectors(hidden, output);
    }

    EmergencyVectors fit() {
        var order = new int[vectors.length];
        for (int i = 0; i < order.length; i++) order[i] = i;
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            LogisticRegression.shuffle(order, random);
            var step = STEP * 0.5 * (1 + StrictMath.cos(Math.PI * epoch / EPOCHS));
            for (int i : order) learn(vectors[i], examples.get(i), step);
        }
        return network;
    }

    private void learn(float[] vector, Example example, double step) {
        int from = 0, to = vector.length; // a vector is zero where another language's numbers are
        while (from < to && vector[from] == 0) from++;
        while (to > from && vector[to - 1] == 0) to--;
        var sum = (double) output[UNITS];
        for (int unit = 0; unit < UNITS; unit++) {
            active[unit] = random.nextFloat() < DROPPED ? 0 : Math.max(network.activation(unit, vector, from, to), 0);
            sum += output[unit] * active[unit] / (1 - DROPPED);
        }
        var error = 1 / (1 + StrictMath.exp(-sum)) - (example.kind().isPresent() ? SURE : 1 - SURE);
        var gradient = (float) (error * example.weight() * step);
        output[UNITS] -= gradient;
        for (int unit = 0; unit < UNITS; unit++) {
            if (active[unit] > 0) learn(unit, vector, from, to, gradient, (float) (step * DECAY));
        }
    }

    private void learn(int unit, float[] vector, int from, int to, float gradient, float decay) {
        var back = gradient * output[unit];
        output[unit] -= gradient * active[unit] + decay * output[unit];
        var weights = hidden[unit];
        weights[vector.length] -= back;
        for (int i = from; i < to; i++) weights[i] = weights[i] * (1 - decay) - back * vector[i];
    }
}
