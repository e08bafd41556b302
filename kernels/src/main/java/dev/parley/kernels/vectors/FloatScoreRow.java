package dev.parley.kernels.vectors;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What training makes of the scores of every next token, in float32, as {@link ScoreRow} does of bfloat16: -ln p of the right one, and
 * p - onehot in the place of the scores. A row stays in the cache from its first number to its last, where operations on the whole
 * matrix would fetch it from memory six times.
 */
public final class FloatScoreRow {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);

    private FloatScoreRow() {}

    /**
     * -ln p of a token.
     *
     * @param scores rows of float32
     * @param at where the row begins, in scores
     * @param n scores of the row
     * @param target the right token, from 0 to n-1
     * @param scratch space for n numbers
     * @return the loss in nats, at least 0
     */
    public static double loss(MemorySegment scores, long at, int n, int target, float[] scratch) {
        return loss(scores, at, n, target, scratch, false, VectorKernels.areReady());
    }

    /** The same, and the row becomes p - onehot(target). */
    public static double lossAndGradient(MemorySegment scores, long at, int n, int target, float[] scratch) {
        return loss(scores, at, n, target, scratch, true, VectorKernels.areReady());
    }

    static double loss(MemorySegment scores, long at, int n, int target, float[] scratch, boolean gradient, boolean byVectors) {
        var inVectors = byVectors ? n / LANES * LANES : 0; // the rest number by number
        var highest = highest(scores, at, n, inVectors);
        var right = scores.getAtIndex(FLOAT, at + target) - highest;
        exp(scores, at, n, inVectors, highest, scratch);
        scratch[target] = 0;
        var others = ScoreRow.sum(scratch, n, byVectors);
        if (gradient) {
            var all = others + Activations.exp(right);
            scale(scratch, 1 / all, scores, at, n, inVectors);
            scores.setAtIndex(FLOAT, at + target, -others / all); // p - 1 without taking 1 from what is nearly 1
        }
        return ScoreRow.loss(right, others);
    }

    private static float highest(MemorySegment scores, long at, int n, int inVectors) {
        var most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < inVectors; i += LANES) most = most.max(FloatVector.fromMemorySegment(FLOATS, scores, 4 * (at + i), LITTLE));
        var highest = inVectors > 0 ? most.reduceLanes(VectorOperators.MAX) : Float.NEGATIVE_INFINITY;
        for (int i = inVectors; i < n; i++) highest = Math.max(highest, scores.getAtIndex(FLOAT, at + i));
        return highest;
    }

    private static void exp(MemorySegment scores, long at, int n, int inVectors, float highest, float[] scratch) {
        for (int i = 0; i < inVectors; i += LANES)
            Activations.exp(FloatVector.fromMemorySegment(FLOATS, scores, 4 * (at + i), LITTLE).sub(highest)).intoArray(scratch, i);
        for (int i = inVectors; i < n; i++) scratch[i] = Activations.exp(scores.getAtIndex(FLOAT, at + i) - highest);
    }

    private static void scale(float[] numbers, float factor, MemorySegment to, long at, int n, int inVectors) {
        for (int i = 0; i < inVectors; i += LANES)
            FloatVector.fromArray(FLOATS, numbers, i).mul(factor).intoMemorySegment(to, 4 * (at + i), LITTLE);
        for (int i = inVectors; i < n; i++) to.setAtIndex(FLOAT, at + i, numbers[i] * factor);
    }
}
