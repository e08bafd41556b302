package dev.parley.kernels;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Products of quantised weights with several vectors: two strips (each as many rows as a vector has lanes, each row in its
 * lane) and up to eight vectors at a time, sixteen sums in registers. The bits are widened in registers too: written to a
 * scratch of floats first, a batch of eight took twice as long.
 *
 * <p>What a method holds is kept small on purpose: beyond some ninety vector operations the compiler stops inlining, and
 * each operation then allocates its result.
 */
final class StripTile {

    static final long VECTOR = 4L * Lanes.COUNT; // bytes
    static final int ONE = 0x3f800000;
    static final int MOST_VECTORS = 8;

    /** Floats that the sums of two strips and eight vectors take. */
    static final int SUMS = 2 * MOST_VECTORS * Lanes.COUNT;

    private StripTile() {}

    /**
     * How numbers lie in an int lane.
     *
     * @param perInt numbers in an int
     * @param bits of a number
     * @param mask where in the lane the next number is: below a float's exponent, so that it is f = 1 + number / 2^bits
     */
    record Packing(int perInt, int bits, int mask) {}

    /**
     * The sums of f x over the columns of a group.
     *
     * @param at0 where the group's ints begin in the first strip
     * @param xAt where the group's first column begins; the numbers of eight vectors lie together
     * @param sums receives, for each vector, a sum of each row: the first strip's at 0, the second's at 8 vectors
     */
    static void group(MemorySegment w, long at0, long at1, int columns, Packing packing, float[] x, int xAt, int count, float[] sums) {
        if (count > 4) eight(w, at0, at1, columns, packing, x, xAt, sums);
        else four(w, at0, at1, columns, packing, x, xAt, sums);
    }

    private static void four(MemorySegment w, long at0, long at1, int columns, Packing packing, float[] x, int xAt, float[] sums) {
        var zero = FloatVector.zero(Lanes.FLOATS);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        var mask = IntVector.broadcast(Lanes.INTS, packing.mask);
        var one = IntVector.broadcast(Lanes.INTS, ONE);
        int perInt = packing.perInt, bits = packing.bits;
        for (int c = 0; c < columns; ) {
            var packed0 = IntVector.fromMemorySegment(Lanes.INTS, w, at0, Lanes.LITTLE);
            var packed1 = IntVector.fromMemorySegment(Lanes.INTS, w, at1, Lanes.LITTLE);
            at0 += VECTOR;
            at1 += VECTOR;
            for (int end = c + perInt; c < end; c++, xAt += MOST_VECTORS) {
                var f = packed0.and(mask).or(one).reinterpretAsFloats();
                var g = packed1.and(mask).or(one).reinterpretAsFloats();
                packed0 = packed0.lanewise(VectorOperators.ROR, bits);
                packed1 = packed1.lanewise(VectorOperators.ROR, bits);
                var n = FloatVector.broadcast(Lanes.FLOATS, x[xAt]);
                a0 = f.fma(n, a0);
                b0 = g.fma(n, b0);
                n = FloatVector.broadcast(Lanes.FLOATS, x[xAt + 1]);
                a1 = f.fma(n, a1);
                b1 = g.fma(n, b1);
                n = FloatVector.broadcast(Lanes.FLOATS, x[xAt + 2]);
                a2 = f.fma(n, a2);
                b2 = g.fma(n, b2);
                n = FloatVector.broadcast(Lanes.FLOATS, x[xAt + 3]);
                a3 = f.fma(n, a3);
                b3 = g.fma(n, b3);
            }
        }
        keep(sums, 0, a0, a1, a2, a3);
        keep(sums, 8, b0, b1, b2, b3);
    }

    private static void eight(MemorySegment w, long at0, long at1, int columns, Packing packing, float[] x, int xAt, float[] sums) {
        var zero = FloatVector.zero(Lanes.FLOATS);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero, b7 = zero;
        var mask = IntVector.broadcast(Lanes.INTS, packing.mask);
        var one = IntVector.broadcast(Lanes.INTS, ONE);
        int perInt = packing.perInt, bits = packing.bits;
        for (int c = 0; c < columns; ) {
            var packed0 = IntVector.fromMemorySegment(Lanes.INTS, w, at0, Lanes.LITTLE);
            var packed1 = IntVector.fromMemorySegment(Lanes.INTS, w, at1, Lanes.LITTLE);
            at0 += VECTOR;
            at1 += VECTOR;
            for (int end = c + perInt; c < end; c++, xAt += MOST_VECTORS) {
                var f = packed0.and(mask).or(one).reinterpretAsFloats();
                var g = packed1.and(mask).or(one).reinterpretAsFloats();
                packed0 = packed0.lanewise(VectorOperators.ROR, bits);
                packed1 = packed1.lanewise(VectorOperators.ROR, bits);
                var n = FloatVector.broadcast(Lanes.FLOATS, x[xAt]);
                a0 = f.fma(n, a0);
                b0 = g.fma(n, b0);
                n = FloatVector.broadcast(Lanes.FLOATS, x[xAt + 1]);
                a1 = f.fma(n, a1);
                b1 = g.fma(n, b1);
                n = FloatVector.broadcast(Lanes.FLOATS, x[xAt + 2]);
                a2 = f.fma(n, a2);
                b2 = g.fma(n, b2);
                n = FloatVector.broadcast(Lanes.FLOATS, x[xAt + 3]);
                a3 = f.fma(n, a3);
                b3 = g.fma(n, b3);
                n = FloatVector.broadcast(Lanes.FLOATS, x[xAt + 4]);
                a4 = f.fma(n, a4);
                b4 = g.fma(n, b4);
                n = FloatVector.broadcast(Lanes.FLOATS, x[xAt + 5]);
                a5 = f.fma(n, a5);
                b5 = g.fma(n, b5);
                n = FloatVector.broadcast(Lanes.FLOATS, x[xAt + 6]);
                a6 = f.fma(n, a6);
                b6 = g.fma(n, b6);
                n = FloatVector.broadcast(Lanes.FLOATS, x[xAt + 7]);
                a7 = f.fma(n, a7);
                b7 = g.fma(n, b7);
            }
        }
        keep(sums, 0, a0, a1, a2, a3);
        keep(sums, 4, a4, a5, a6, a7);
        keep(sums, 8, b0, b1, b2, b3);
        keep(sums, 12, b4, b5, b6, b7);
    }

    static void keep(float[] sums, int first, FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3) {
        s0.intoArray(sums, first * Lanes.COUNT);
        s1.intoArray(sums, (first + 1) * Lanes.COUNT);
        s2.intoArray(sums, (first + 2) * Lanes.COUNT);
        s3.intoArray(sums, (first + 3) * Lanes.COUNT);
    }

    /**
     * Adds a group's sums to the results, from f x to w x: scale · (stretch · sum(f x) + shift · sum(x)).
     *
     * @param sumAt where in x the vectors' sum(x) over the group begin
     */
    static void addScaled(float[] sums, float[] results, int count, float[] x, int sumAt, FloatVector scale0, FloatVector scale1,
            float stretch, float shift) {
        for (int b = 0; b < count; b++) {
            var shifted = FloatVector.broadcast(Lanes.FLOATS, shift * x[sumAt + b]);
            add(sums, results, b * Lanes.COUNT, scale0, stretch, shifted);
            add(sums, results, (MOST_VECTORS + b) * Lanes.COUNT, scale1, stretch, shifted);
        }
    }

    private static void add(float[] sums, float[] results, int at, FloatVector scale, float stretch, FloatVector shifted) {
        FloatVector.fromArray(Lanes.FLOATS, sums, at).fma(FloatVector.broadcast(Lanes.FLOATS, stretch), shifted)
                .fma(scale, FloatVector.fromArray(Lanes.FLOATS, results, at)).intoArray(results, at);
    }

    /** Hands the results of two strips over, which begin at {@code from}, for the rows that there are. */
    static void store(float[] results, int from, int first, int count, float[] y, int yAt, int yStride, int row0, int row1, int rows) {
        for (int b = 0; b < count; b++) {
            var at = yAt + (first + b) * yStride;
            store(FloatVector.fromArray(Lanes.FLOATS, results, from + b * Lanes.COUNT), y, at + row0, rows - row0);
            store(FloatVector.fromArray(Lanes.FLOATS, results, from + (MOST_VECTORS + b) * Lanes.COUNT), y, at + row1, rows - row1);
        }
    }

    /** Writes the results of a strip; what lies after the last row belongs to others. */
    static void store(FloatVector results, float[] y, int at, int rows) {
        if (rows >= Lanes.COUNT) {
            results.intoArray(y, at);
        } else {
            for (int lane = 0; lane < rows; lane++) y[at + lane] = results.lane(lane);
        }
    }

    /** Floats that vectors of a size take, arranged for this. */
    static int inputSize(int size, int batch) {
        return batch == 1 ? size : Lanes.padded(batch, MOST_VECTORS) * size;
    }

    /** Where vector b's first number lies among arranged vectors; the next are {@link #inputStep} apart. */
    static int inputAt(int size, int b, int batch) {
        return batch == 1 ? 0 : b / MOST_VECTORS * MOST_VECTORS * size + b % MOST_VECTORS;
    }

    static int inputStep(int batch) {
        return batch == 1 ? 1 : MOST_VECTORS;
    }
}
