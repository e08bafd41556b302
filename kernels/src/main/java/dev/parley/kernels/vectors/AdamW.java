package dev.parley.kernels.vectors;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/**
 * A step of AdamW, Loshchilov and Hutter 2019 (arXiv:1711.05101), algorithm 2, in one pass over memory: gradients are read as they lie,
 * clipped, and the weights in bfloat16 that the next products read are written beside those in float32. Memory is all that limits it.
 *
 * @param beta1 decay of the mean of the gradient
 * @param beta2 decay of the mean of its square
 * @param epsilon added to the root of that
 * @param weightDecay what weights lose by each step, times the learning rate
 * @param gradientDivisor the gradient is divided by it first
 */
public record AdamW(double learningRate, double beta1, double beta2, double epsilon, double weightDecay, double gradientDivisor) {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
    private static final int PIECE = GradientSum.PIECE;

    /**
     * What is updated, in float32.
     *
     * @param mean of the gradient
     * @param square mean of its square
     * @param compute the weights in bfloat16, if there are
     * @param step how many there were, this one counted
     */
    public record State(MemorySegment weights, GradientSum gradient, MemorySegment mean, MemorySegment square,
            Optional<MemorySegment> compute, long step) {}

    /** Space for one thread. */
    public static final class Scratch {
        private final GradientSum.Scratch gradient = new GradientSum.Scratch();
    }

    /** Updates {@code n} numbers from {@code from} on. Ranges that do not overlap can be updated by several threads. */
    public void update(State state, long from, long n, Scratch scratch) {
        update(state, from, n, scratch, VectorKernels.areReady());
    }

    void update(State state, long from, long n, Scratch scratch, boolean byVectors) {
        var factors = factors(state.step);
        for (long at = from; at < from + n; at += PIECE) {
            piece(state, factors, at, (int) Math.min(PIECE, from + n - at), scratch, byVectors);
        }
    }

    /** What numbers are multiplied by. @param length of a step @param unbiased makes the root that of an unbiased mean */
    private record Factors(float gradient, float ofMean, float square, float ofSquare, float kept, float length, float unbiased,
            float epsilon) {}

    private Factors factors(long step) {
        return new Factors((float) (1 / gradientDivisor), (float) (1 - beta1), (float) beta2, (float) (1 - beta2),
                (float) (1 - learningRate * weightDecay), (float) (learningRate / (1 - Math.pow(beta1, step))),
                (float) (1 / Math.sqrt(1 - Math.pow(beta2, step))), (float) epsilon);
    }

    private static void piece(State state, Factors factors, long at, int n, Scratch scratch, boolean byVectors) {
        var gradient = state.gradient.read(at, n, scratch.gradient, byVectors);
        var inVectors = byVectors ? n / LANES * LANES : 0;
        if (inVectors > 0) byVectors(state, factors, gradient, at, inVectors);
        if (inVectors > 0 && state.compute.isPresent()) roundByVectors(state.weights, state.compute.get(), at, inVectors);
        for (int i = inVectors; i < n; i++) one(state, factors, gradient[i] * factors.gradient, at + i);
    }

    private static void one(State state, Factors factors, float g, long at) {
        var mean = state.mean.getAtIndex(FLOAT, at);
        mean += (g - mean) * factors.ofMean;
        var square = state.square.getAtIndex(FLOAT, at) * factors.square + g * g * factors.ofSquare;
        var root = (float) Math.sqrt(square) * factors.unbiased + factors.epsilon;
        var weight = state.weights.getAtIndex(FLOAT, at) * factors.kept - mean * factors.length / root;
        state.mean.setAtIndex(FLOAT, at, mean);
        state.square.setAtIndex(FLOAT, at, square);
        state.weights.setAtIndex(FLOAT, at, weight);
        if (state.compute.isPresent()) state.compute.get().setAtIndex(SHORT, at, BFloat16Bits.of(weight));
    }

    private static void byVectors(State state, Factors factors, float[] gradient, long at, int n) {
        MemorySegment weights = state.weights, means = state.mean, squares = state.square;
        FloatVector ofGradient = all(factors.gradient), ofMean = all(factors.ofMean), kept = all(factors.kept);
        FloatVector length = all(factors.length), unbiased = all(factors.unbiased), epsilon = all(factors.epsilon);
        FloatVector oldSquare = all(factors.square), newSquare = all(factors.ofSquare);
        for (int i = 0; i < n; i += LANES) {
            var place = 4 * (at + i);
            var g = FloatVector.fromArray(FLOATS, gradient, i).mul(ofGradient);
            var mean = FloatVector.fromMemorySegment(FLOATS, means, place, LITTLE);
            mean = mean.add(g.sub(mean).mul(ofMean));
            mean.intoMemorySegment(means, place, LITTLE);
            var square = FloatVector.fromMemorySegment(FLOATS, squares, place, LITTLE).mul(oldSquare).add(g.mul(g).mul(newSquare));
            square.intoMemorySegment(squares, place, LITTLE);
            var root = square.sqrt().mul(unbiased).add(epsilon);
            FloatVector.fromMemorySegment(FLOATS, weights, place, LITTLE).mul(kept).sub(mean.mul(length).div(root))
                    .intoMemorySegment(weights, place, LITTLE);
        }
    }

    private static FloatVector all(float number) {
        return FloatVector.broadcast(FLOATS, number);
    }

    private static void roundByVectors(MemorySegment weights, MemorySegment compute, long at, int n) {
        for (int i = 0; i < n; i += LANES) {
            BFloat16Bits.rounded(FloatVector.fromMemorySegment(FLOATS, weights, 4 * (at + i), LITTLE))
                    .intoMemorySegment(compute, 2 * (at + i), LITTLE);
        }
    }
}
