package dev.parley.kernels.vectors;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * ln Σ e^x of a row of scores: what makes a score a log-probability. Sums of {@value #TOGETHER} numbers are float32 and are added in
 * float64, so that a vocabulary of a hundred thousand costs no digits.
 */
public final class LogSumExp {

    private static final int TOGETHER = 1024;

    private LogSumExp() {}

    /** The highest of the first n numbers. */
    public static float highest(float[] x, int n) {
        var i = 0;
        var highest = Float.NEGATIVE_INFINITY;
        if (VectorKernels.areReady() && n >= LANES) {
            var most = FloatVector.broadcast(FLOATS, highest);
            for (; i + LANES <= n; i += LANES) most = most.max(FloatVector.fromArray(FLOATS, x, i));
            highest = most.reduceLanes(VectorOperators.MAX);
        }
        for (; i < n; i++) highest = Math.max(highest, x[i]);
        return highest;
    }

    /** @param highest of the numbers, see {@link #highest} */
    public static double of(float[] x, int n, float highest) {
        var sum = 0.0;
        for (int from = 0; from < n; from += TOGETHER) sum += sum(x, from, Math.min(n, from + TOGETHER), highest);
        return highest + Math.log(sum);
    }

    private static float sum(float[] x, int from, int to, float highest) {
        var i = from;
        var sum = 0f;
        if (VectorKernels.areReady()) {
            var shift = FloatVector.broadcast(FLOATS, highest);
            var sums = FloatVector.zero(FLOATS);
            for (; i + LANES <= to; i += LANES) sums = sums.add(Activations.exp(FloatVector.fromArray(FLOATS, x, i).sub(shift)));
            sum = VectorShape.sumLanes(sums);
        }
        for (; i < to; i++) sum += Activations.exp(x[i] - highest);
        return sum;
    }
}
