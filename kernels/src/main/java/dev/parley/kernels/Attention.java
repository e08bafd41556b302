package dev.parley.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** What one query sees of the tokens before it: softmax(q kᵀ · scale) v, Vaswani et al. 2017 (arXiv:1706.03762), section 3.2. */
public final class Attention {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(Lanes.LITTLE);
    private static final int TOKENS = KvBlocks.TOKENS;

    private Attention() {}

    /** Floats of scratch for a context of so many tokens. */
    public static int scratchSize(int tokens, int headDim) {
        return Lanes.padded(tokens, TOKENS) + headDim + 2 * Lanes.COUNT;
    }

    /**
     * One head of one query.
     *
     * @param q the query, headDim numbers, positions rotated in already
     * @param from the first token that it sees; 0 unless a window slides
     * @param to the token after the last
     * @param out receives headDim numbers
     * @param scratch of one thread, {@link #scratchSize}; afterwards the weight of each token that was seen lies at its position
     */
    public static void oneHead(KvBlocks cache, int layer, int kvHead, float[] q, int qAt, float scale, int from, int to, float[] out, int outAt, float[] scratch) {
        if (WarmUp.isDone()) oneHeadByVectors(cache, layer, kvHead, q, qAt, scale, from, to, out, outAt, scratch);
        else PlainAttention.oneHead(cache, layer, kvHead, q, qAt, scale, from, to, out, outAt, scratch);
    }

    static void oneHeadByVectors(KvBlocks cache, int layer, int kvHead, float[] q, int qAt, float scale, int from, int to, float[] out, int outAt, float[] scratch) {
        var firstBlock = from / TOKENS;
        for (int b = firstBlock; b * TOKENS < to; b++) {
            scores(cache, cache.block(b), cache.keysAt(layer, kvHead), q, qAt, scale, scratch, b * TOKENS);
        }
        for (int t = firstBlock * TOKENS; t < from; t++) scratch[t] = Float.NEGATIVE_INFINITY;
        softmax(scratch, from, to);
        var dim = cache.headDim();
        var sumAt = Lanes.padded(to, TOKENS);
        java.util.Arrays.fill(scratch, sumAt, sumAt + dim, 0);
        for (int b = firstBlock; b * TOKENS < to; b++) {
            int first = Math.max(from, b * TOKENS), last = Math.min(to, (b + 1) * TOKENS);
            addValues(cache, cache.block(b), cache.valuesAt(layer, kvHead), scratch, first, last, b * TOKENS, sumAt);
        }
        if (cache.wide() || !pairsFit(dim)) {
            System.arraycopy(scratch, sumAt, out, outAt, dim);
        } else {
            for (int i = 0; i < dim / 2; i++) { // the even dimensions lie before the odd
                out[outAt + 2 * i] = scratch[sumAt + i];
                out[outAt + 2 * i + 1] = scratch[sumAt + dim / 2 + i];
            }
        }
    }

    private static boolean pairsFit(int dim) {
        return dim % (2 * Lanes.COUNT) == 0;
    }

    /** q kᵀ · scale of a block's tokens; those not there yet give numbers that nobody reads. */
    private static void scores(KvBlocks cache, MemorySegment block, long keysAt, float[] q, int qAt, float scale, float[] into, int at) {
        var dim = cache.headDim();
        for (int t = 0; t < TOKENS; t += Lanes.COUNT) {
            var sums = cache.wide() ? wideScores(block, keysAt + 4L * t, q, qAt, dim) : scores(block, keysAt + 4L * t, q, qAt, dim);
            sums.mul(scale).intoArray(into, at + t);
        }
    }

    private static FloatVector scores(MemorySegment block, long at, float[] q, int qAt, int dim) {
        FloatVector even = FloatVector.zero(Lanes.FLOATS), odd = even;
        for (int d = 0; d + 1 < dim; d += 2, at += 4L * TOKENS) {
            var pairs = IntVector.fromMemorySegment(Lanes.INTS, block, at, Lanes.LITTLE);
            even = Lanes.lower(pairs).fma(FloatVector.broadcast(Lanes.FLOATS, q[qAt + d]), even);
            odd = Lanes.upper(pairs).fma(FloatVector.broadcast(Lanes.FLOATS, q[qAt + d + 1]), odd);
        }
        return even.add(odd);
    }

    private static FloatVector wideScores(MemorySegment block, long at, float[] q, int qAt, int dim) {
        var sums = FloatVector.zero(Lanes.FLOATS);
        for (int d = 0; d < dim; d++, at += 4L * TOKENS) {
            sums = FloatVector.fromMemorySegment(Lanes.FLOATS, block, at, Lanes.LITTLE).fma(FloatVector.broadcast(Lanes.FLOATS, q[qAt + d]), sums);
        }
        return sums;
    }

    private static void softmax(float[] x, int from, int to) {
        var largest = Float.NEGATIVE_INFINITY;
        for (int t = from; t < to; t++) largest = Math.max(largest, x[t]);
        var sums = FloatVector.zero(Lanes.FLOATS);
        var t = from;
        for (; t <= to - Lanes.COUNT; t += Lanes.COUNT) {
            var e = Activations.exp(FloatVector.fromArray(Lanes.FLOATS, x, t).sub(largest));
            e.intoArray(x, t);
            sums = sums.add(e);
        }
        var sum = Lanes.sum(sums);
        for (; t < to; t++) {
            x[t] = Activations.exp(x[t] - largest);
            sum += x[t];
        }
        var inverse = 1 / sum;
        for (t = from; t < to; t++) x[t] *= inverse;
    }

    /** Adds weight · value of a block's tokens to the sums; in pairs, the even dimensions' sums before the odd's. */
    private static void addValues(KvBlocks cache, MemorySegment block, long valuesAt, float[] weights, int first, int last, int blockStart, int sumAt) {
        var dim = cache.headDim();
        if (cache.wide()) {
            for (int t = first; t < last; t++) addWide(block, valuesAt + 4L * (t - blockStart) * dim, weights, t, dim, sumAt);
        } else if (pairsFit(dim)) {
            for (int d = 0; d < dim / 2; d += Lanes.COUNT) {
                addPairs(block, valuesAt + 2L * (first - blockStart) * dim + 4L * d, 2L * dim, weights, first, last, sumAt + d, sumAt + dim / 2 + d);
            }
        } else {
            for (int t = first; t < last; t++) addOneByOne(block, valuesAt + 2L * (t - blockStart) * dim, weights, t, dim, sumAt);
        }
    }

    private static void addPairs(MemorySegment block, long at, long step, float[] weights, int first, int last, int evenAt, int oddAt) {
        var even = FloatVector.fromArray(Lanes.FLOATS, weights, evenAt);
        var odd = FloatVector.fromArray(Lanes.FLOATS, weights, oddAt);
        for (int t = first; t < last; t++, at += step) {
            var pairs = IntVector.fromMemorySegment(Lanes.INTS, block, at, Lanes.LITTLE);
            var weight = FloatVector.broadcast(Lanes.FLOATS, weights[t]);
            even = Lanes.lower(pairs).fma(weight, even);
            odd = Lanes.upper(pairs).fma(weight, odd);
        }
        even.intoArray(weights, evenAt);
        odd.intoArray(weights, oddAt);
    }

    private static void addWide(MemorySegment block, long at, float[] weights, int t, int dim, int sumAt) {
        var weight = weights[t];
        var d = 0;
        for (; d <= dim - Lanes.COUNT; d += Lanes.COUNT) {
            FloatVector.fromMemorySegment(Lanes.FLOATS, block, at + 4L * d, Lanes.LITTLE)
                    .fma(FloatVector.broadcast(Lanes.FLOATS, weight), FloatVector.fromArray(Lanes.FLOATS, weights, sumAt + d)).intoArray(weights, sumAt + d);
        }
        for (; d < dim; d++) weights[sumAt + d] = Math.fma(block.get(FLOAT, at + 4L * d), weight, weights[sumAt + d]);
    }

    private static void addOneByOne(MemorySegment block, long at, float[] weights, int t, int dim, int sumAt) {
        for (int d = 0; d < dim; d++) {
            weights[sumAt + d] = Math.fma(Halves.fromBFloat16(block.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(Lanes.LITTLE), at + 2L * d)), weights[t], weights[sumAt + d]);
        }
    }
}
