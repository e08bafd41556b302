package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.B2F;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Blocks of 32 numbers of eight bits after a half that they are multiplied by. */
final class Q80Blocks implements BlockKernel {

    private static final int BYTES = 34;
    private static final VectorSpecies<Byte> SPECIES = LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    @Override
    public int inputSize() {
        return SmallBlocks.INPUT;
    }

    @Override
    public Object inputForm() {
        return SmallBlocks.class;
    }

    @Override
    public void arrange(float[] x, int xAt, float[] into, int at) {
        SmallBlocks.arrangeInOrder(x, xAt, into, at);
    }

    @Override
    public int scalesSize() {
        return 1;
    }

    @Override
    public void readScales(MemorySegment w, long at, int blocks, float[] into, int intoAt) {
        for (int b = 0; b < blocks; b++) into[intoAt + b] = BlockKernel.half(w, at + (long) b * BYTES);
    }

    @Override
    public void add(MemorySegment w, long at, int blocks, float[] scales, int scalesAt, float[] x, int xAt, float[] sums, int sumsAt) {
        var total = fromArray(FLOATS, sums, sumsAt);
        for (int b = 0; b < blocks; b++) {
            var sum = numbers(w, at + 2).mul(fromArray(FLOATS, x, xAt));
            sum = numbers(w, at + 2 + LANES).fma(fromArray(FLOATS, x, xAt + LANES), sum);
            if (LANES == 8) {
                sum = numbers(w, at + 2 + 2L * LANES).fma(fromArray(FLOATS, x, xAt + 2 * LANES), sum);
                sum = numbers(w, at + 2 + 3L * LANES).fma(fromArray(FLOATS, x, xAt + 3 * LANES), sum);
            }
            total = sum.fma(FloatVector.broadcast(FLOATS, scales[scalesAt + b]), total);
            at += BYTES;
            xAt += SmallBlocks.INPUT;
        }
        total.intoArray(sums, sumsAt);
    }

    private static FloatVector numbers(MemorySegment w, long at) {
        return (FloatVector) ByteVector.fromMemorySegment(SPECIES, w, at, LITTLE).convertShape(B2F, FLOATS, 0);
    }
}
