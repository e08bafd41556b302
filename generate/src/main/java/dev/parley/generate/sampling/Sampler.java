package dev.parley.generate.sampling;

import dev.parley.generate.config.GenerationConfig;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Chooses the next token of one sequence from its scores. Each sequence has a random generator of its own. */
public final class Sampler {

    private final List<LogitsProcessor> processors;
    private final boolean greedy;
    private final RandomGenerator random;

    /**
     * @param processors of the config
     * @param index of the sequence among those of one prompt: each draws differently
     */
    public Sampler(GenerationConfig config, List<LogitsProcessor> processors, int index) {
        this.processors = List.copyOf(processors);
        greedy = config.temperature() == 0;
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(config.seed() + index * 0x9E3779B97F4A7C15L);
    }

    /**
     * The scores after all processors.
     *
     * @param logits changed
     */
    public float[] processed(int[] ids, float[] logits) {
        for (var processor : processors) processor.process(ids, logits);
        return logits;
    }

    /**
     * The next token.
     *
     * @param logits after the processors
     */
    public int choose(float[] logits) {
        var likeliest = argmax(logits);
        if (greedy) return likeliest;
        var p = softmax(logits);
        var u = random.nextDouble();
        for (int i = 0; i < p.length; i++) {
            u -= p[i];
            if (u < 0 && p[i] > 0) return i;
        }
        return likeliest; // rounding left a little of u
    }

    /** The first of the highest scores. */
    public static int argmax(float[] logits) {
        var best = -1;
        for (int i = 0; i < logits.length; i++) {
            if (Float.isNaN(logits[i]))
                throw new IllegalStateException("The model's score of token " + i + " is not a number; its weights are damaged.");
            if (best < 0 || logits[i] > logits[best]) best = i;
        }
        if (logits[best] == Float.NEGATIVE_INFINITY) throw new IllegalStateException("No token is allowed to come next.");
        return best;
    }

    /** exp(score) / Σ exp(score), in double. */
    public static double[] softmax(float[] logits) {
        var highest = Float.NEGATIVE_INFINITY;
        for (var logit : logits) highest = Math.max(highest, logit);
        var p = new double[logits.length];
        var sum = 0.0;
        for (int i = 0; i < p.length; i++) {
            if (logits[i] == Float.NEGATIVE_INFINITY) continue;
            p[i] = Math.exp(logits[i] - highest);
            sum += p[i];
        }
        for (int i = 0; i < p.length; i++) p[i] /= sum;
        return p;
    }

    /** score - ln Σ exp(score). */
    public static float[] logSoftmax(float[] logits) {
        var highest = Float.NEGATIVE_INFINITY;
        for (var logit : logits) highest = Math.max(highest, logit);
        var sum = 0.0;
        for (var logit : logits) sum += Math.exp(logit - highest);
        var shift = highest + Math.log(sum);
        var logprobs = new float[logits.length];
        for (int i = 0; i < logits.length; i++) logprobs[i] = (float) (logits[i] - shift);
        return logprobs;
    }
}
