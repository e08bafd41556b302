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
 * what each of them costs, where a mask over all of them would cost the square.
 *
 * @param parents of each token the place of the one before it in its text, -1 where there is none; a parent stands before its children
 * @param window how many tokens back a query sees, itself counted; 0 for all
 * @param heads of queries
 * @param keyValueHeads of keys and values, each of which as many query heads read
 * @param scale what scores are multiplied by before the softmax
 */
public record TreeAttention(int[] parents, int window, int heads, int keyValueHeads, int headDim, float scale) {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);
    private static final int TOGETHER = 16; // tokens that a thread takes at a time

    /**
     * Of each token a vector of all heads, one after the other, in float32.
     *
     * @param stride floats from a token's vector to the next token's
     */
    public record Vectors(MemorySegment memory, long stride) {

        long at(int token, long place) {
            return 4 * (token * stride + place);
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
    public void run(Vectors q, Vectors k, Vectors v, MemorySegment out, ThreadTeam team) {
        var most = mostSeen();
        team.run(member -> {
            var path = new int[most];
            var weights = new float[most];
            team.share(Math.ceilDiv(parents.length, TOGETHER), block -> {
                for (int t = block * TOGETHER; t < Math.min(parents.length, (block + 1) * TOGETHER); t++) {
                    var seen = path(t, path);
                    for (int h = 0; h < heads; h++) head(q, k, v, out, t, h, path, seen, weights);
                }
            });
        });
    }

    private int mostSeen() {
        var depths = new int[parents.length];
        var most = 1;
        for (int t = 0; t < depths.length; t++) {
            depths[t] = parents[t] < 0 ? 1 : depths[parents[t]] + 1;
            most = Math.max(most, depths[t]);
        }
        return window == 0 ? most : Math.min(window, most);
    }

    /** The tokens that one sees, itself first. @return how many */
    private int path(int token, int[] into) {
        var seen = 0;
        for (int t = token; t >= 0 && seen < into.length; t = parents[t]) into[seen++] = t;
        return seen;
    }

    private void head(Vectors q, Vectors k, Vectors v, MemorySegment out, int token, int head, int[] path, int seen, float[] weights) {
        var queryAt = q.at(token, (long) headDim * head);
        var place = (long) headDim * (head / (heads / keyValueHeads));
        var outAt = 4L * headDim * ((long) token * heads + head);
        var byVectors = VectorKernels.areReady();
        for (int i = 0; i < seen; i++) weights[i] = scale * product(q.memory, queryAt, k.memory, k.at(path[i], place), headDim, byVectors);
        softmax(weights, seen);
        for (int d = byVectors ? sumsByVectors(v, place, path, weights, seen, headDim, out, outAt) : 0; d < headDim; d++) {
            var sum = 0f;
            for (int i = 0; i < seen; i++) sum = Math.fma(v.memory.get(FLOAT, v.at(path[i], place + d)), weights[i], sum);
            out.set(FLOAT, outAt + 4L * d, sum);
        }
    }

    private static float product(MemorySegment a, long aAt, MemorySegment b, long bAt, int n, boolean byVectors) {
        var inVectors = byVectors ? n / LANES * LANES : 0;
        var sum = inVectors == 0 ? 0 : productByVectors(a, aAt, b, bAt, inVectors);
        for (int i = inVectors; i < n; i++) sum = Math.fma(a.get(FLOAT, aAt + 4L * i), b.get(FLOAT, bAt + 4L * i), sum);
        return sum;
    }

    private static float productByVectors(MemorySegment a, long aAt, MemorySegment b, long bAt, int n) {
        var sums = FloatVector.zero(FLOATS);
        for (long i = 0; i < 4L * n; i += 4L * LANES) {
            sums = FloatVector.fromMemorySegment(FLOATS, a, aAt + i, LITTLE)
                    .fma(FloatVector.fromMemorySegment(FLOATS, b, bAt + i, LITTLE), sums);
        }
        return VectorShape.sumLanes(sums);
    }

    private static void softmax(float[] x, int n) {
        var highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) highest = Math.max(highest, x[i]);
        var sum = 0f;
        for (int i = 0; i < n; i++) {
            x[i] = Activations.exp(x[i] - highest);
            sum += x[i];
        }
        for (int i = 0; i < n; i++) x[i] /= sum;
    }

    /** Sums of weight · value for as many dimensions as fill vectors. @return how many */
    private static int sumsByVectors(Vectors v, long place, int[] path, float[] weights, int seen, int n, MemorySegment out, long outAt) {
        var d = 0;
        for (; d <= n - LANES; d += LANES) {
            var sums = FloatVector.zero(FLOATS);
            for (int i = 0; i < seen; i++) {
                sums = FloatVector.fromMemorySegment(FLOATS, v.memory, v.at(path[i], place + d), LITTLE)
                        .fma(FloatVector.broadcast(FLOATS, weights[i]), sums);
            }
            sums.intoMemorySegment(out, outAt + 4L * d, LITTLE);
        }
        return d;
    }
}
