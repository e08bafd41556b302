package dev.parley.kernels.attention;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.vectors.Activations;
import dev.parley.kernels.vectors.BFloat16Bits;
import dev.parley.kernels.vectors.VectorKernels;
import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** What one query sees of the tokens before it: softmax(q kᵀ · scale) v, Vaswani et al. 2017 (arXiv:1706.03762), section 3.2. */
public final class Attention {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);
    private static final int TOKENS = KvBlocks.TOKENS;
    private static final long VECTOR = 4L * LANES; // bytes

    private Attention() {}

    /** Floats of scratch for a context of so many tokens. */
    public static int scratchSize(int tokens, int headDim) {
        return VectorShape.roundUp(tokens, TOKENS) + headDim + 2 * LANES;
    }

    /**
     * One head of one query.
     *
     * @param cache with keys and values of all tokens that the query sees, its own among them
     * @param kvHead the key and value head that this query head reads
     * @param q the query, headDim numbers from {@code qAt} on, rotated in already
     * @param scale what scores are multiplied by before the softmax, mostly 1/sqrt(headDim)
     * @param from the first token that it sees; 0 unless a window slides
     * @param to the token after the last
     * @param out receives headDim numbers from {@code outAt} on
     * @param scratch of one thread, {@link #scratchSize}; afterwards the weight of each token that was seen lies at its position
     */
    public static void oneHead(KvBlocks cache, int layer, int kvHead, float[] q, int qAt, float scale, int from, int to, float[] out,
            int outAt, float[] scratch) {
        oneHead(cache, layer, kvHead, q, qAt, new ScoreRule(scale, 0), from, to, out, outAt, scratch);
    }

    /**
     * What a score is: q kᵀ · scale, bounded by cap · tanh(score / cap).
     *
     * @param scale mostly 1/sqrt(headDim)
     * @param softcap 0 for no bound
     * @param sink score of no token, which takes its share in the softmax, so that the tokens' weights add up to less than 1; Xiao et
     *     al. 2023 (arXiv:2309.17453). {@link #NO_SINK} for none
     */
    public record ScoreRule(float scale, float softcap, float sink) {

        /** The score that takes no share. */
        public static final float NO_SINK = Float.NEGATIVE_INFINITY;

        /** One without a sink. */
        public ScoreRule(float scale, float softcap) {
            this(scale, softcap, NO_SINK);
        }

        /** The same of a head that has one. */
        public ScoreRule withSink(float score) {
            return new ScoreRule(scale, softcap, score);
        }

        /** The highest score of tokens, or the sink's. */
        float highest(float[] scores, int from, int to) {
            var highest = sink;
            for (int t = from; t < to; t++) highest = Math.max(highest, scores[t]);
            return highest;
        }

        /** What the sink adds to the softmax's sum. */
        float share(float highest) {
            return sink == NO_SINK ? 0 : Activations.exp(sink - highest);
        }
    }

    /** The same by another rule of scores. */
    public static void oneHead(KvBlocks cache, int layer, int kvHead, float[] q, int qAt, ScoreRule rule, int from, int to, float[] out,
            int outAt, float[] scratch) {
        if (VectorKernels.areReady()) oneHeadByVectors(cache, layer, kvHead, q, qAt, rule, from, to, out, outAt, scratch);
        else ScalarAttention.oneHead(cache, layer, kvHead, q, qAt, rule, from, to, out, outAt, scratch);
    }

    static void oneHeadByVectors(KvBlocks cache, int layer, int kvHead, float[] q, int qAt, ScoreRule rule, int from, int to, float[] out,
            int outAt, float[] scratch) {
        var query = new Query(cache, layer, kvHead, q, qAt, rule, from, to, scratch);
        for (var step : STEPS) step.take(query);
        int dim = cache.headDim(), sumAt = query.sumAt();
        if (cache.wide() || !pairsFit(dim)) {
            System.arraycopy(scratch, sumAt, out, outAt, dim);
        } else {
            for (int i = 0; i < dim / 2; i++) { // the even dimensions lie before the odd
                out[outAt + 2 * i] = scratch[sumAt + i];
                out[outAt + 2 * i + 1] = scratch[sumAt + dim / 2 + i];
            }
        }
    }

    private record Query(KvBlocks cache, int layer, int kvHead, float[] q, int qAt, ScoreRule rule, int from, int to,
            float[] scratch) {

        int firstBlock() {
            return from / TOKENS;
        }

        /** Where in the scratch the sum of the values lies: after the weights. */
        int sumAt() {
            return VectorShape.roundUp(to, TOKENS);
        }
    }

    @FunctionalInterface
    private interface Step {
        void take(Query query);
    }

    /**
     * The steps are called by their interface and in a loop on purpose: three receivers at one place are more than the compiler
     * inlines. All in one method, they are beyond what it inlines vectors' operations into, and each would allocate its result.
     */
    private static final List<Step> STEPS = List.of(Attention::scores, q -> bound(q.scratch, q.from, q.to, q.rule),
            q -> softmax(q.scratch, q.from, q.to, q.rule), Attention::sumOfValues);

    static void bound(float[] scores, int from, int to, ScoreRule rule) {
        if (rule.softcap > 0) Activations.softcap(scores, from, to - from, rule.softcap);
    }

    private static void scores(Query query) {
        var cache = query.cache;
        for (int b = query.firstBlock(); b * TOKENS < query.to; b++) {
            scores(cache, cache.block(b), cache.keysAt(query.layer, query.kvHead), query, b * TOKENS,
                    Math.min(TOKENS, query.to - b * TOKENS));
        }
    }

    private static void sumOfValues(Query query) {
        var cache = query.cache;
        var sumAt = query.sumAt();
        Arrays.fill(query.scratch, sumAt, sumAt + cache.headDim(), 0);
        for (int b = query.firstBlock(); b * TOKENS < query.to; b++) {
            int first = Math.max(query.from, b * TOKENS), last = Math.min(query.to, (b + 1) * TOKENS);
            addValues(cache, cache.block(b), cache.valuesAt(query.layer, query.kvHead), query.scratch, first, last, b * TOKENS, sumAt);
        }
    }

    private static boolean pairsFit(int dim) {
        return dim % (2 * LANES) == 0;
    }

    /** q kᵀ · scale of a block's first tokens; those up to the next full vectors give numbers that nobody reads. */
    private static void scores(KvBlocks cache, MemorySegment block, long keysAt, Query query, int at, int count) {
        var dim = cache.headDim();
        if (cache.wide()) {
            for (int t = 0; t < count; t += LANES)
                wideScores(block, keysAt + 4L * t, query.q, query.qAt, dim).mul(query.rule.scale).intoArray(query.scratch, at + t);
        } else {
            for (int t = 0; t < count; t += 2 * LANES)
                scores(block, keysAt + 4L * t, query.q, query.qAt, dim, query.rule.scale, query.scratch, at + t);
        }
    }

    /** Of two vectors of tokens at once: a sum waits for the one before it, and four keep the processor busy. */
    private static void scores(MemorySegment block, long at, float[] q, int qAt, int dim, float scale, float[] into, int to) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector even0 = zero, even1 = zero, odd0 = zero, odd1 = zero;
        for (int d = 0; d + 1 < dim; d += 2) {
            var pairsAt = at + 2L * TOKENS * d;
            var even = FloatVector.broadcast(FLOATS, q[qAt + d]);
            var odd = FloatVector.broadcast(FLOATS, q[qAt + d + 1]);
            var pairs = IntVector.fromMemorySegment(INTS, block, pairsAt, LITTLE);
            even0 = BFloat16Bits.lower(pairs).fma(even, even0);
            odd0 = BFloat16Bits.upper(pairs).fma(odd, odd0);
            pairs = IntVector.fromMemorySegment(INTS, block, pairsAt + VECTOR, LITTLE);
            even1 = BFloat16Bits.lower(pairs).fma(even, even1);
            odd1 = BFloat16Bits.upper(pairs).fma(odd, odd1);
        }
        even0.add(odd0).mul(scale).intoArray(into, to);
        even1.add(odd1).mul(scale).intoArray(into, to + LANES);
    }

    private static FloatVector wideScores(MemorySegment block, long at, float[] q, int qAt, int dim) {
        var sums = FloatVector.zero(FLOATS);
        for (int d = 0; d < dim; d++, at += 4L * TOKENS) {
            sums = FloatVector.fromMemorySegment(FLOATS, block, at, LITTLE).fma(FloatVector.broadcast(FLOATS, q[qAt + d]), sums);
        }
        return sums;
    }

    private static void softmax(float[] x, int from, int to, ScoreRule rule) {
        var largest = rule.highest(x, from, to);
        var sums = FloatVector.zero(FLOATS);
        var t = from;
        for (; t <= to - LANES; t += LANES) {
            var e = Activations.exp(FloatVector.fromArray(FLOATS, x, t).sub(largest));
            e.intoArray(x, t);
            sums = sums.add(e);
        }
        var sum = VectorShape.sumLanes(sums);
        for (; t < to; t++) {
            x[t] = Activations.exp(x[t] - largest);
            sum += x[t];
        }
        var inverse = 1 / (sum + rule.share(largest));
        for (t = from; t < to; t++) x[t] *= inverse;
    }

    /** Adds weight · value of a block's tokens to the sums; in pairs, the even dimensions' sums before the odd's. */
    private static void addValues(KvBlocks cache, MemorySegment block, long valuesAt, float[] weights, int first, int last, int blockStart,
            int sumAt) {
        var dim = cache.headDim();
        if (cache.wide()) {
            for (int t = first; t < last; t++) addWide(block, valuesAt + 4L * (t - blockStart) * dim, weights, t, dim, sumAt);
        } else if (pairsFit(dim)) {
            var at = valuesAt + 2L * (first - blockStart) * dim;
            var d = 0;
            for (; d <= dim / 2 - 2 * LANES; d += 2 * LANES)
                addTwoPairs(block, at + 4L * d, 2L * dim, weights, first, last, sumAt + d, sumAt + dim / 2 + d);
            for (; d < dim / 2; d += LANES) addPairs(block, at + 4L * d, 2L * dim, weights, first, last, sumAt + d, sumAt + dim / 2 + d);
        } else {
            for (int t = first; t < last; t++) addOneByOne(block, valuesAt + 2L * (t - blockStart) * dim, weights, t, dim, sumAt);
        }
    }

    private static void addPairs(MemorySegment block, long at, long step, float[] weights, int first, int last, int evenAt, int oddAt) {
        var even = FloatVector.fromArray(FLOATS, weights, evenAt);
        var odd = FloatVector.fromArray(FLOATS, weights, oddAt);
        for (int t = first; t < last; t++, at += step) {
            var pairs = IntVector.fromMemorySegment(INTS, block, at, LITTLE);
            var weight = FloatVector.broadcast(FLOATS, weights[t]);
            even = BFloat16Bits.lower(pairs).fma(weight, even);
            odd = BFloat16Bits.upper(pairs).fma(weight, odd);
        }
        even.intoArray(weights, evenAt);
        odd.intoArray(weights, oddAt);
    }

    /** The same of two vectors of pairs that lie one after the other: each sum waits for the one before it. */
    private static void addTwoPairs(MemorySegment block, long at, long step, float[] weights, int first, int last, int evenAt, int oddAt) {
        FloatVector even0 = FloatVector.fromArray(FLOATS, weights, evenAt), even1 = FloatVector.fromArray(FLOATS, weights, evenAt + LANES);
        FloatVector odd0 = FloatVector.fromArray(FLOATS, weights, oddAt), odd1 = FloatVector.fromArray(FLOATS, weights, oddAt + LANES);
        for (int t = first; t < last; t++) {
            var pairsAt = at + (t - first) * step;
            var weight = FloatVector.broadcast(FLOATS, weights[t]);
            var pairs = IntVector.fromMemorySegment(INTS, block, pairsAt, LITTLE);
            even0 = BFloat16Bits.lower(pairs).fma(weight, even0);
            odd0 = BFloat16Bits.upper(pairs).fma(weight, odd0);
            pairs = IntVector.fromMemorySegment(INTS, block, pairsAt + VECTOR, LITTLE);
            even1 = BFloat16Bits.lower(pairs).fma(weight, even1);
            odd1 = BFloat16Bits.upper(pairs).fma(weight, odd1);
        }
        even0.intoArray(weights, evenAt);
        even1.intoArray(weights, evenAt + LANES);
        odd0.intoArray(weights, oddAt);
        odd1.intoArray(weights, oddAt + LANES);
    }

    private static void addWide(MemorySegment block, long at, float[] weights, int t, int dim, int sumAt) {
        var weight = weights[t];
        var d = 0;
        for (; d <= dim - LANES; d += LANES) {
            FloatVector.fromMemorySegment(FLOATS, block, at + 4L * d, LITTLE)
                    .fma(FloatVector.broadcast(FLOATS, weight), FloatVector.fromArray(FLOATS, weights, sumAt + d))
                    .intoArray(weights, sumAt + d);
        }
        for (; d < dim; d++) weights[sumAt + d] = Math.fma(block.get(FLOAT, at + 4L * d), weight, weights[sumAt + d]);
    }

    private static void addOneByOne(MemorySegment block, long at, float[] weights, int t, int dim, int sumAt) {
        for (int d = 0; d < dim; d++) {
            weights[sumAt + d] = Math.fma(BFloat16Bits.toFloat(block.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE), at + 2L * d)),
                    weights[t], weights[sumAt + d]);
        }
    }
}
