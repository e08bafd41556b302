package dev.parley.kernels.attention;

import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.attention.Attention.ScoreRule;
import dev.parley.kernels.vectors.Activations;
import dev.parley.kernels.vectors.BFloat16Bits;
import dev.parley.kernels.vectors.VectorKernels;
import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Computes what {@link Attention} does, to the last bit, in plain loops; until {@link VectorKernels} are ready. */
final class ScalarAttention {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
    private static final int TOKENS = KvBlocks.TOKENS;

    private ScalarAttention() {}

    /** One head of one query, as {@link Attention#oneHead}. */
    static void oneHead(KvBlocks cache, int layer, int kvHead, float[] q, int qAt, ScoreRule rule, int from, int to, float[] out,
            int outAt, float[] scratch) {
        var dim = cache.headDim();
        for (int t = from; t < to; t++) {
            scratch[t] = rule.scale() * score(cache, cache.block(t / TOKENS), cache.keysAt(layer, kvHead), t % TOKENS, q, qAt, dim);
        }
        Attention.bound(scratch, from, to, rule);
        softmax(scratch, from, to, rule);
        Arrays.fill(out, outAt, outAt + dim, 0);
        for (int t = from; t < to; t++) {
            add(cache, cache.block(t / TOKENS), cache.valuesAt(layer, kvHead), t % TOKENS, scratch[t], out, outAt, dim);
        }
    }

    private static float score(KvBlocks cache, MemorySegment block, long keysAt, int token, float[] q, int qAt, int dim) {
        float even = 0, odd = 0;
        if (cache.wide()) {
            for (int d = 0; d < dim; d++) even = Math.fma(block.get(FLOAT, keysAt + 4L * (d * TOKENS + token)), q[qAt + d], even);
            return even;
        }
        for (int d = 0; d + 1 < dim; d += 2) {
            var at = keysAt + 4L * (d / 2 * TOKENS + token);
            even = Math.fma(BFloat16Bits.toFloat(block.get(SHORT, at)), q[qAt + d], even);
            odd = Math.fma(BFloat16Bits.toFloat(block.get(SHORT, at + 2)), q[qAt + d + 1], odd);
        }
        return even + odd;
    }

    /** Whole vectors' sums lane by lane, then the rest: the order of {@link Attention}. */
    private static void softmax(float[] x, int from, int to, ScoreRule rule) {
        var largest = rule.highest(x, from, to);
        for (int t = from; t < to; t++) x[t] = Activations.exp(x[t] - largest);
        var lanes = new float[LANES];
        var t = from;
        for (; t <= to - LANES; t += LANES) {
            for (int lane = 0; lane < LANES; lane++) lanes[lane] += x[t + lane];
        }
        var sum = VectorShape.sumLanes(lanes, 0);
        for (; t < to; t++) sum += x[t];
        var inverse = 1 / (sum + rule.share(largest));
        for (t = from; t < to; t++) x[t] *= inverse;
    }

    private static void add(KvBlocks cache, MemorySegment block, long valuesAt, int token, float weight, float[] out, int outAt, int dim) {
        if (cache.wide()) {
            for (int d = 0; d < dim; d++)
                out[outAt + d] = Math.fma(block.get(FLOAT, valuesAt + 4L * (token * dim + d)), weight, out[outAt + d]);
            return;
        }
        for (int d = 0; d < dim; d++) {
            var value = BFloat16Bits.toFloat(block.get(SHORT, valuesAt + 2L * (token * dim + d)));
            out[outAt + d] = Math.fma(value, weight, out[outAt + d]);
        }
    }
}
