package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import dev.parley.kernels.vectors.VectorShape;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The loop that products with several vectors spend their time in: two strips (each as many rows as a register has lanes, each row
 * in its lane) by four vectors. Each of the eight sums adds its products one after the other, so that its bits do not depend on
 * what is computed beside it.
 *
 * <p>Eight sums, two registers of weights and four numbers of vectors fit the sixteen registers of AVX2, and eight are as many as
 * it takes to begin a multiply-add in each half of a cycle: this reaches 96 percent of what multiply-adds alone do, with AVX2 and
 * with AVX-512. With twelve sums the compiler keeps some of them in memory: half as fast. With vectors in lanes rather than rows
 * it unrolls the loop to the same effect.
 */
final class Tile {

    /** Vectors, whose numbers lie side by side. */
    static final int VECTORS = 4;

    /** Floats of sums: of each vector, those of the first strip and then of the second. */
    static final int SUMS = 2 * VECTORS * LANES;

    static final long VECTOR = 4L * LANES; // bytes of a register

    private Tile() {}

    /**
     * Adds the products of some columns to sums.
     *
     * @param panel holds at {@code at} for each column a register of the first strip's weights, then one of the second's
     * @param x holds at {@code xAt} for each column a number of each vector
     */
    static void add(MemorySegment panel, long at, int columns, float[] x, int xAt, float[] sums, int sumsAt) {
        FloatVector a0 = sum(sums, sumsAt, 0), b0 = sum(sums, sumsAt, 1), a1 = sum(sums, sumsAt, 2), b1 = sum(sums, sumsAt, 3);
        FloatVector a2 = sum(sums, sumsAt, 4), b2 = sum(sums, sumsAt, 5), a3 = sum(sums, sumsAt, 6), b3 = sum(sums, sumsAt, 7);
        for (int c = 0; c < columns; c++) {
            var a = FloatVector.fromMemorySegment(FLOATS, panel, at + 2 * VECTOR * c, LITTLE);
            var b = FloatVector.fromMemorySegment(FLOATS, panel, at + 2 * VECTOR * c + VECTOR, LITTLE);
            var i = xAt + VECTORS * c;
            var n = FloatVector.broadcast(FLOATS, x[i]);
            a0 = a.fma(n, a0);
            b0 = b.fma(n, b0);
            n = FloatVector.broadcast(FLOATS, x[i + 1]);
            a1 = a.fma(n, a1);
            b1 = b.fma(n, b1);
            n = FloatVector.broadcast(FLOATS, x[i + 2]);
            a2 = a.fma(n, a2);
            b2 = b.fma(n, b2);
            n = FloatVector.broadcast(FLOATS, x[i + 3]);
            a3 = a.fma(n, a3);
            b3 = b.fma(n, b3);
        }
        keep(sums, sumsAt, a0, b0, a1, b1);
        keep(sums, sumsAt + SUMS / 2, a2, b2, a3, b3);
    }

    static FloatVector sum(float[] sums, int at, int number) {
        return FloatVector.fromArray(FLOATS, sums, at + number * LANES);
    }

    static void keep(float[] sums, int at, FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3) {
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + LANES);
        s2.intoArray(sums, at + 2 * LANES);
        s3.intoArray(sums, at + 3 * LANES);
    }

    /** Hands the results of a tile over, for the vectors and the rows that there are. */
    static void store(float[] sums, int at, int vectors, float[] y, int yAt, int yStride, int row0, int row1, int rows) {
        for (int v = 0; v < Math.min(vectors, VECTORS); v++) {
            store(sum(sums, at, 2 * v), y, yAt + v * yStride + row0, rows - row0);
            store(sum(sums, at, 2 * v + 1), y, yAt + v * yStride + row1, rows - row1);
        }
    }

    /** Writes the results of a strip; what lies after the last row belongs to others. */
    static void store(FloatVector results, float[] y, int at, int rows) {
        if (rows >= LANES) {
            results.intoArray(y, at);
        } else {
            for (int lane = 0; lane < rows; lane++) y[at + lane] = results.lane(lane);
        }
    }

    /** Floats that vectors of a size take, arranged for this where there are several. */
    static int inputSize(int size, int batch) {
        return batch == 1 ? size : VectorShape.roundUp(batch, VECTORS) * size;
    }

    /** Where vector b's first number lies among arranged vectors; the next are {@link #inputStep} apart. */
    static int inputAt(int size, int b, int batch) {
        return batch == 1 ? 0 : b / VECTORS * VECTORS * size + b % VECTORS;
    }

    static int inputStep(int batch) {
        return batch == 1 ? 1 : VECTORS;
    }
}
