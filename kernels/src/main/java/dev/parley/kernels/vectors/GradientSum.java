package dev.parley.kernels.vectors;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static dev.parley.kernels.vectors.VectorShape.SHORTS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;

/**
 * A gradient that lies in memory in parts of equal size, as those made it that computed it; their sum is the gradient.
 *
 * @param parts in the order in which they are added
 */
public record GradientSum(List<Part> parts) {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);

    private static final int SUMS = 4;

    /** The most numbers that are read at once. */
    public static final int PIECE = 4096;

    /**
     * Some of the sum.
     *
     * @param bfloat16 whether its numbers are that, else float32
     */
    public record Part(MemorySegment memory, boolean bfloat16) {}

    /** Space for one thread. */
    public static final class Scratch {
        private final float[] sum = new float[PIECE];
        private final float[] part = new float[PIECE];
        private final float[] lanes = new float[SUMS * LANES];
    }

    /**
     * The sum of {@code n} numbers from {@code at} on.
     *
     * @return an array of the scratch space
     */
    float[] read(long at, int n, Scratch scratch, boolean byVectors) {
        var inVectors = byVectors ? n / LANES * LANES : 0; // the rest number by number
        for (int i = 0; i < parts.size(); i++) {
            var part = parts.get(i);
            var into = i == 0 ? scratch.sum : scratch.part;
            if (part.bfloat16) {
                if (inVectors > 0) widenByVectors(part.memory, 2 * at, into, inVectors);
                for (int j = inVectors; j < n; j++) into[j] = BFloat16Bits.toFloat(part.memory.getAtIndex(SHORT, at + j));
            } else {
                MemorySegment.copy(part.memory, FLOAT, 4 * at, into, 0, n);
            }
            if (i == 0) continue;
            if (inVectors > 0) addByVectors(scratch.sum, into, inVectors);
            for (int j = inVectors; j < n; j++) scratch.sum[j] += into[j];
        }
        return scratch.sum;
    }

    private static void widenByVectors(MemorySegment halves, long offset, float[] into, int n) {
        for (int i = 0; i < n; i += LANES) {
            BFloat16Bits.widened(ShortVector.fromMemorySegment(SHORTS, halves, offset + 2L * i, LITTLE)).intoArray(into, i);
        }
    }

    private static void addByVectors(float[] sum, float[] part, int n) {
        for (int i = 0; i < n; i += LANES)
            FloatVector.fromArray(FLOATS, sum, i).add(FloatVector.fromArray(FLOATS, part, i)).intoArray(sum, i);
    }

    /** The sum of the squares of {@code n} numbers from {@code at} on, at most {@link #PIECE}. */
    public double squares(long at, int n, Scratch scratch) {
        return squares(at, n, scratch, VectorKernels.areReady());
    }

    double squares(long at, int n, Scratch scratch, boolean byVectors) {
        var gradient = read(at, n, scratch, byVectors);
        int together = SUMS * LANES, inLanes = n / together * together;
        var lanes = scratch.lanes;
        Arrays.fill(lanes, 0);
        if (byVectors) {
            squaresByVectors(gradient, inLanes, lanes);
        } else {
            for (int i = 0; i < inLanes; i++) lanes[i % together] += gradient[i] * gradient[i];
        }
        double sum = 0;
        for (int i = inLanes; i < n; i++) sum += gradient[i] * gradient[i];
        for (int i = 0; i < together; i += LANES) sum += VectorShape.sumLanes(lanes, i);
        return sum;
    }

    /** In sums side by side, since an addition waits for the one before. */
    private static void squaresByVectors(float[] numbers, int n, float[] lanes) {
        FloatVector s0 = FloatVector.zero(FLOATS), s1 = s0, s2 = s0, s3 = s0;
        for (int i = 0; i < n; i += SUMS * LANES) {
            s0 = s0.add(square(numbers, i));
            s1 = s1.add(square(numbers, i + LANES));
            s2 = s2.add(square(numbers, i + 2 * LANES));
            s3 = s3.add(square(numbers, i + 3 * LANES));
        }
        s0.intoArray(lanes, 0);
        s1.intoArray(lanes, LANES);
        s2.intoArray(lanes, 2 * LANES);
        s3.intoArray(lanes, 3 * LANES);
    }

    private static FloatVector square(float[] numbers, int at) {
        var v = FloatVector.fromArray(FLOATS, numbers, at);
        return v.mul(v);
    }
}
