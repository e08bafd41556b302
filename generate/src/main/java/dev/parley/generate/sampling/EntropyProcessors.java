package dev.parley.generate.sampling;

import java.util.Arrays;

/** Processors that keep tokens by how surprising the choice is as a whole. One token at least is kept. */
final class EntropyProcessors {

    private EntropyProcessors() {}

    /** Keeps the tokens whose surprise lies nearest to the expected, up to a probability; Meister et al. 2022 (arXiv:2202.00666). */
    static LogitsProcessor typical(double mass, int least) {
        return (ids, logits) -> {
            var p = Sampler.softmax(logits);
            var entropy = of(p);
            // A distance and its token in one number, which sorts as the distance: 44 and more of its bits, where a score has 32.
            var indexBits = Long.SIZE - Long.numberOfLeadingZeros(p.length);
            var keys = new long[p.length];
            for (int i = 0; i < p.length; i++)
                keys[i] = Double.doubleToLongBits(Math.abs(-Math.log(p[i]) - entropy)) >>> indexBits << indexBits | i;
            Arrays.sort(keys);
            var kept = 0;
            for (var sum = 0.0; kept < keys.length && (kept < least || sum < mass); kept++)
                sum += p[(int) (keys[kept] & (1L << indexBits) - 1)];
            var furthest = keys[kept - 1] >>> indexBits;
            for (var key : keys) {
                if (key >>> indexBits > furthest) logits[(int) (key & (1L << indexBits) - 1)] = Float.NEGATIVE_INFINITY;
            }
        };
    }

    /** Keeps the tokens that are at least this likely; Hewitt et al. 2022 (arXiv:2210.15191). */
    static LogitsProcessor epsilonCutoff(double epsilon) {
        return (ids, logits) -> keepAtLeast(logits, Sampler.softmax(logits), epsilon);
    }

    /** The same with a limit that falls where the choice is wide; the same paper. */
    static LogitsProcessor etaCutoff(double epsilon) {
        return (ids, logits) -> {
            var p = Sampler.softmax(logits);
            keepAtLeast(logits, p, Math.min(epsilon, Math.sqrt(epsilon) * Math.exp(-of(p))));
        };
    }

    private static void keepAtLeast(float[] logits, double[] p, double least) {
        var highest = Arrays.stream(p).max().orElse(0);
        for (int i = 0; i < p.length; i++) {
            if (p[i] < least && p[i] < highest) logits[i] = Float.NEGATIVE_INFINITY;
        }
    }

    /** -Σ p ln p, in nats. */
    private static double of(double[] p) {
        var sum = 0.0;
        for (var x : p) {
            if (x > 0) sum -= x * Math.log(x);
        }
        return sum;
    }
}
