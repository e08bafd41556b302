package dev.parley.kernels.vectors;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What training makes of the scores of every next token, in bfloat16: how unlikely the right one was, and the gradient of that,
 * p - onehot, in the place of the scores. All in between is float32, and each number is rounded once: near 1, where the
 * probability of a token is that is known for certain, bfloat16 has steps of 1/256, larger than the whole gradient.
 */
public final class ScoreRow {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
    private static final int PAIRS = 2 * LANES; // scores in a vector of pairs
    private static final float UNLIKELY = -10; // below, the logarithm of the sum has digits enough

    private ScoreRow() {}

    /**
     * -ln p of a token.
     *
     * @param scores rows of bfloat16
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
        var inVectors = n / PAIRS * PAIRS; // the rest number by number
        var highest = highest(scores, at, n, byVectors ? inVectors : 0);
        var right = BFloat16Bits.toFloat(scores.getAtIndex(SHORT, at + target)) - highest;
        exp(scores, at, n, inVectors, highest, scratch, byVectors);
        scratch[placeOf(target, inVectors)] = 0;
        var others = sum(scratch, n, byVectors);
        if (gradient) {
            var all = others + Activations.exp(right);
            scale(scratch, 1 / all, scores, at, n, inVectors, byVectors);
            scores.setAtIndex(SHORT, at + target, BFloat16Bits.of(-others / all)); // p - 1 without taking 1 from what is nearly 1
        }
        return loss(right, others);
    }

    /**
     * -ln p where p = e^right / (others + e^right).
     *
     * @param right the token's score less the highest
     * @param others the sum of e^(score - highest) of all other tokens
     */
    static double loss(double right, double others) {
        return right > UNLIKELY ? Math.log1p(others / Math.exp(right)) : Math.log(others + Math.exp(right)) - right;
    }

    private static float highest(MemorySegment scores, long at, int n, int inVectors) {
        var highest = inVectors > 0 ? highestByVectors(scores, at, inVectors) : Float.NEGATIVE_INFINITY;
        for (int i = inVectors; i < n; i++) highest = Math.max(highest, BFloat16Bits.toFloat(scores.getAtIndex(SHORT, at + i)));
        return highest;
    }

    private static float highestByVectors(MemorySegment scores, long at, int n) {
        var most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < n; i += PAIRS) {
            var pairs = IntVector.fromMemorySegment(INTS, scores, 2 * (at + i), LITTLE);
            most = most.max(BFloat16Bits.lower(pairs)).max(BFloat16Bits.upper(pairs));
        }
        return most.reduceLanes(VectorOperators.MAX);
    }

    /** e^(score - highest) of each token into the scratch space; of a vector of pairs the lower halves come first. */
    private static void exp(MemorySegment scores, long at, int n, int inVectors, float highest, float[] scratch, boolean byVectors) {
        if (byVectors && inVectors > 0) expByVectors(scores, at, inVectors, highest, scratch);
        for (int i = byVectors ? inVectors : 0; i < n; i++)
            scratch[placeOf(i, inVectors)] = Activations.exp(BFloat16Bits.toFloat(scores.getAtIndex(SHORT, at + i)) - highest);
    }

    private static void expByVectors(MemorySegment scores, long at, int n, float highest, float[] scratch) {
        var shift = FloatVector.broadcast(FLOATS, highest);
        for (int i = 0; i < n; i += PAIRS) {
            var pairs = IntVector.fromMemorySegment(INTS, scores, 2 * (at + i), LITTLE);
            Activations.exp(BFloat16Bits.lower(pairs).sub(shift)).intoArray(scratch, i);
            Activations.exp(BFloat16Bits.upper(pairs).sub(shift)).intoArray(scratch, i + LANES);
        }
    }

    /** Where a token's number is in the scratch space. */
    private static int placeOf(int token, int inVectors) {
        if (token >= inVectors) return token;
        var inVector = token % PAIRS;
        return token - inVector + inVector / 2 + inVector % 2 * LANES;
    }

    /** In as many partial sums as there are lanes, so that little is lost among fifty thousand. */
    static float sum(float[] numbers, int n, boolean byVectors) {
        var inVectors = n / PAIRS * PAIRS;
        double sum = inVectors == 0 ? 0 : byVectors ? sumByVectors(numbers, inVectors) : sumByScalars(numbers, inVectors);
        for (int i = inVectors; i < n; i++) sum += numbers[i];
        return (float) sum;
    }

    private static float sumByVectors(float[] numbers, int n) {
        FloatVector even = FloatVector.zero(FLOATS), odd = FloatVector.zero(FLOATS);
        for (int i = 0; i < n; i += PAIRS) {
            even = even.add(FloatVector.fromArray(FLOATS, numbers, i));
            odd = odd.add(FloatVector.fromArray(FLOATS, numbers, i + LANES));
        }
        return VectorShape.sumLanes(even.add(odd));
    }

    /** The same sums in the same order: a run must not depend on when the compiler has the vectors ready. */
    private static float sumByScalars(float[] numbers, int n) {
        var sums = new float[PAIRS];
        for (int i = 0; i < n; i += PAIRS) {
            for (int lane = 0; lane < PAIRS; lane++) sums[lane] += numbers[i + lane];
        }
        for (int lane = 0; lane < LANES; lane++) sums[lane] += sums[LANES + lane];
        return VectorShape.sumLanes(sums, 0);
    }

    /** The numbers times a factor as bfloat16, back in their places. */
    private static void scale(float[] numbers, float factor, MemorySegment to, long at, int n, int inVectors, boolean byVectors) {
        if (byVectors && inVectors > 0) scaleByVectors(numbers, factor, to, at, inVectors);
        for (int i = byVectors ? inVectors : 0; i < n; i++)
            to.setAtIndex(SHORT, at + i, BFloat16Bits.of(numbers[placeOf(i, inVectors)] * factor));
    }

    private static void scaleByVectors(float[] numbers, float factor, MemorySegment to, long at, int n) {
        for (int i = 0; i < n; i += PAIRS) {
            var lower = rounded(FloatVector.fromArray(FLOATS, numbers, i).mul(factor));
            var upper = rounded(FloatVector.fromArray(FLOATS, numbers, i + LANES).mul(factor));
            lower.lanewise(VectorOperators.LSHR, 16).or(upper.and(0xffff0000)).intoMemorySegment(to, 2 * (at + i), LITTLE);
        }
    }

    /** To the nearest bfloat16, ties to even, in the upper halves. */
    private static IntVector rounded(FloatVector numbers) {
        var bits = numbers.reinterpretAsInts();
        return bits.add(bits.lanewise(VectorOperators.LSHR, 16).and(1)).add(0x7fff);
    }
}
