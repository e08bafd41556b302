package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Products with the blocks of one format, in two steps that are each small enough for the compiler to keep in registers: the scales of
 * some blocks of a row are read first, then their numbers are multiplied. The sums of a group, of the products with its whole
 * numbers, are multiplied by its scale.
 */
interface BlockKernel {

    ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
    ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE);
    ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE);

    /** Floats that the inputs of a block take. */
    int inputSize();

    /** Equal for kernels that arrange inputs alike. */
    default Object inputForm() {
        return getClass();
    }

    /** Arranges the inputs of a block. */
    void arrange(float[] x, int xAt, float[] into, int at);

    /** Floats that the scales of a block take. */
    int scalesSize();

    /** Reads the scales of some blocks. */
    void readScales(MemorySegment w, long at, int blocks, float[] into, int intoAt);

    /** Adds the products of some blocks of a row to a register of sums. */
    void add(MemorySegment w, long at, int blocks, float[] scales, int scalesAt, float[] x, int xAt, float[] sums, int sumsAt);

    static FloatVector toFloats(IntVector v) {
        return (FloatVector) v.convertShape(VectorOperators.I2F, FLOATS, 0);
    }

    static IntVector ints(MemorySegment w, long at) {
        return IntVector.fromMemorySegment(INTS, w, at, LITTLE);
    }

    static FloatVector floats(float[] x, int at) {
        return FloatVector.fromArray(FLOATS, x, at);
    }

    static float half(MemorySegment w, long at) {
        return Float.float16ToFloat(w.get(SHORT, at));
    }

    /** The sum of inputs, in two parts. */
    static float sum(float[] x, int from, int count) {
        float s0 = 0, s1 = 0;
        for (int i = from; i < from + count; i += 2) {
            s0 += x[i];
            s1 += x[i + 1];
        }
        return s0 + s1;
    }
}
