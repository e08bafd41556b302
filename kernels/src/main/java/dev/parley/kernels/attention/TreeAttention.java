package dev.parley.kernels.attention;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.Activations;
import dev.parley.kernels.vectors.VectorKernels;
import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Attention of texts that share their beginnings: each token sees itself and those above it. A thousand short sentences in one pass cost
 * what each of them costs, where a mask over all of them would cost the square. Keys and values are copied into arrays first, in which
 * the many short loops find their numbers with less checking than in native memory.
 */
public final class TreeAttention {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);
    private static final int TOGETHER = 16; // tokens that a thread takes at a time

    private final int[] parents;
    private final int mostSeen;
    private float[] keys = new float[0]; // (N, keyValueHeads, headDim), for one layer after the other
    private float[] values = new float[0];

    /**
     * For the layers of one pass.
     *
     * @param parents of each token the place of the one before it in its text, -1 where there is none; a parent stands before its children
     * @param window how many tokens back a query sees, itself counted; 0 for all
     */
    public TreeAttention(int[] parents, int window) {
        this.parents = parents;
        var depths = new int[parents.length];
        var most = 1;
        for (int t = 0; t < depths.length; t++) {
            depths[t] = parents[t] < 0 ? 1 : depths[parents[t]] + 1;
            most = Math.max(most, depths[t]);
        }
        mostSeen = window == 0 ? most : Math.min(window, most);
    }

    /**
     * Of each token a vector of all heads, one after the other, in float32.
     *
     * @param stride floats from a token's vector to the next token's
     */
    public record Vectors(MemorySegment memory, long stride) {

        void read(int token, float[] into, int at, int n) {
            MemorySegment.copy(memory, FLOAT, 4L * token * stride, into, at, n);
        }
    }

    /**
     * A layer's heads.
     *
     * @param heads of queries
     * @param keyValueHeads of keys and values, each of which as many query heads read
     * @param rule of scores before the softmax
     * @param sinks of each query head, as {@link Attention.ScoreRule#sink}; empty where there are none
     */
    public record Heads(int heads, int keyValueHeads, int headDim, Attention.ScoreRule rule, float[] sinks) {

        private Attention.ScoreRule rule(int head) {
            return sinks.length == 0 ? rule : rule.withSink(sinks[head]);
        }
    }

    /**
     * softmax(q kᵀ · scale) v of all tokens and heads, in float32.
     *
     * @param q heads of headDim numbers
     * @param k keyValueHeads of headDim numbers
     * @param v like k
     * @param out receives the results, (N, heads, headDim)
     */
    public void run(Heads shape, Vectors q, Vectors k, Vectors v, MemorySegment out, ThreadTeam team) {
        int n = parents.length, width = shape.heads * shape.headDim, kvWidth = shape.keyValueHeads * shape.headDim;
        if (keys.length < n * kvWidth) {
            keys = new float[n * kvWidth];
            values = new float[n * kvWidth];
        }
        team.run(member -> {
            team.share(Math.ceilDiv(n, TOGETHER), block -> {
                for (int t = block * TOGETHER; t < Math.min(n, (block + 1) * TOGETHER); t++) {
                    k.read(t, keys, t * kvWidth, kvWidth);
                    v.read(t, values, t * kvWidth, kvWidth);
                }
            });
            team.barrier();
            var path = new int[mostSeen];
            var weights = new float[mostSeen];
            var query = new float[width];
            var result = new float[width];
            team.share(Math.ceilDiv(n, TOGETHER), block -> {
                for (int t = block * TOGETHER; t < Math.min(n, (block + 1) * TOGETHER); t++) {
                    var seen = path(t, path, kvWidth);
                    q.read(t, query, 0, width);
                    for (int h = 0; h < shape.heads; h++) head(shape, query, h, path, seen, weights, result);
                    MemorySegment.copy(result, 0, out, FLOAT, 4L * t * width, width);
                }
            });
        });
    }

    /** Where the vectors begin of the tokens that one sees, its own first. @return how many */
    private int path(int token, int[] into, int width) {
        var seen = 0;
        for (int t = token; t >= 0 && seen < into.length; t = parents[t]) into[seen++] = t * width;
        return seen;
    }

    private void head(Heads shape, float[] query, int head, int[] path, int seen, float[] weights, float[] result) {
        int dim = shape.headDim, at = head * dim, place = head / (shape.heads / shape.keyValueHeads) * dim;
        var byVectors = VectorKernels.areReady();
        for (int i = 0; i < seen; i++) weights[i] = shape.rule.scale() * product(query, at, keys, path[i] + place, dim, byVectors);
        Attention.bound(weights, 0, seen, shape.rule);
        softmax(weights, seen, shape.rule(head));
        for (int d = byVectors ? sumsByVectors(values, place, path, weights, seen, dim, result, at) : 0; d < dim; d++) {
            var sum = 0f;
            for (int i = 0; i < seen; i++) sum = Math.fma(values[path[i] + place + d], weights[i], sum);
            result[at + d] = sum;
        }
    }

    private static float product(float[] a, int aAt, float[] b, int bAt, int n, boolean byVectors) {
        var inVectors = byVectors ? n / LANES * LANES : 0;
        var sum = inVectors == 0 ? 0 : productByVectors(a, aAt, b, bAt, inVectors);
        for (int i = inVectors; i < n; i++) sum = Math.fma(a[aAt + i], b[bAt + i], sum);
        return sum;
    }

    private static float productByVectors(float[] a, int aAt, float[] b, int bAt, int n) {
        var sums = FloatVector.zero(FLOATS);
        for (int i = 0; i < n; i += LANES)
            sums = FloatVector.fromArray(FLOATS, a, aAt + i).fma(FloatVector.fromArray(FLOATS, b, bAt + i), sums);
        return VectorShape.sumLanes(sums);
    }

    private static void softmax(float[] x, int n, Attention.ScoreRule rule) {
        var highest = rule.highest(x, 0, n);
        var sum = rule.share(highest);
        for (int i = 0; i < n; i++) {
            x[i] = Activations.exp(x[i] - highest);
            sum += x[i];
        }
        for (int i = 0; i < n; i++) x[i] /= sum;
    }

    /** Sums of weight · value for as many dimensions as fill vectors, four at a time where there are. @return how many */
    private static int sumsByVectors(float[] v, int place, int[] path, float[] weights, int seen, int n, float[] out, int outAt) {
        var d = 0;
        for (; d <= n - 4 * LANES; d += 4 * LANES) fourSums(v, place + d, path, weights, seen, out, outAt + d);
        for (; d <= n - LANES; d += LANES) {
            var sums = FloatVector.zero(FLOATS);
            for (int i = 0; i < seen; i++)
                sums = FloatVector.fromArray(FLOATS, v, path[i] + place + d).fma(FloatVector.broadcast(FLOATS, weights[i]), sums);
            sums.intoArray(out, outAt + d);
        }
        return d;
    }

    private static void fourSums(float[] v, int place, int[] path, float[] weights, int seen, float[] out, int outAt) {
        var zero = FloatVector.zero(FLOATS);
        FloatVector a = zero, b = zero, c = zero, d = zero;
        for (int i = 0; i < seen; i++) {
            var weight = FloatVector.broadcast(FLOATS, weights[i]);
            var at = path[i] + place;
            a = FloatVector.fromArray(FLOATS, v, at).fma(weight, a);
            b = FloatVector.fromArray(FLOATS, v, at + LANES).fma(weight, b);
            c = FloatVector.fromArray(FLOATS, v, at + 2 * LANES).fma(weight, c);
            d = FloatVector.fromArray(FLOATS, v, at + 3 * LANES).fma(weight, d);
        }
        a.intoArray(out, outAt);
        b.intoArray(out, outAt + LANES);
        c.intoArray(out, outAt + 2 * LANES);
        d.intoArray(out, outAt + 3 * LANES);
    }
}
