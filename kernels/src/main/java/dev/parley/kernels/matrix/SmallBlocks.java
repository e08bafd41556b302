package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Blocks of 32 numbers of four or five bits: a half that they are multiplied by, for some another that is added, for five bits the
 * fifth ones of all in four bytes, and the first sixteen numbers in the low bits of sixteen bytes, the others in the high ones.
 */
final class SmallBlocks implements BlockKernel {

    /** The inputs in their order, then -16 times their sum in the first lane of a register. */
    static final int INPUT = 32 + LANES;

    private static final VectorSpecies<Byte> SPECIES = LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    private static final IntVector LANE = IntVector.zero(INTS).addIndex(1);

    private final boolean fifths;
    private final boolean minimum;
    private final int header;
    private final int bytes;

    /** @param minimum whether a number is added; else eight, or sixteen with fifth bits, are taken from the numbers */
    SmallBlocks(boolean fifths, boolean minimum) {
        this.fifths = fifths;
        this.minimum = minimum;
        header = (minimum ? 4 : 2) + (fifths ? 4 : 0);
        bytes = header + 16;
    }

    @Override
    public int inputSize() {
        return INPUT;
    }

    @Override
    public void arrange(float[] x, int xAt, float[] into, int at) {
        arrangeInOrder(x, xAt, into, at);
    }

    static void arrangeInOrder(float[] x, int xAt, float[] into, int at) {
        System.arraycopy(x, xAt, into, at, 32);
        Arrays.fill(into, at + 32, at + INPUT, 0);
        into[at + 32] = -16 * BlockKernel.sum(x, xAt, 32);
    }

    @Override
    public int scalesSize() {
        return 2;
    }

    /** The scale, and what the sum of the inputs is multiplied by. */
    @Override
    public void readScales(MemorySegment w, long at, int blocks, float[] into, int intoAt) {
        for (int b = 0; b < blocks; b++) {
            var d = BlockKernel.half(w, at);
            into[intoAt] = d;
            into[intoAt + 1] = minimum ? BlockKernel.half(w, at + 2) / -16 : fifths ? d : d / 2;
            at += bytes;
            intoAt += 2;
        }
    }

    @Override
    public void add(MemorySegment w, long at, int blocks, float[] scales, int scalesAt, float[] x, int xAt, float[] sums, int sumsAt) {
        var total = fromArray(FLOATS, sums, sumsAt);
        for (int b = 0; b < blocks; b++) {
            var bits = fifths ? w.get(BlockKernel.INT, at + header - 4) : 0;
            var sum = FloatVector.zero(FLOATS);
            for (int i = 0; i < 16; i += LANES) {
                var pairs = (IntVector) ByteVector.fromMemorySegment(SPECIES, w, at + header + i, LITTLE)
                        .convertShape(ZERO_EXTEND_B2I, INTS, 0);
                var low = pairs.and(15).or(fifth(bits << 4 >>> i));
                sum = ((FloatVector) low.convertShape(I2F, FLOATS, 0)).fma(fromArray(FLOATS, x, xAt + i), sum);
                var high = pairs.lanewise(LSHR, 4).or(fifth(bits >>> 12 + i));
                sum = ((FloatVector) high.convertShape(I2F, FLOATS, 0)).fma(fromArray(FLOATS, x, xAt + 16 + i), sum);
            }
            total = sum.fma(FloatVector.broadcast(FLOATS, scales[scalesAt]), total);
            total = fromArray(FLOATS, x, xAt + 32).fma(FloatVector.broadcast(FLOATS, scales[scalesAt + 1]), total);
            at += bytes;
            scalesAt += 2;
            xAt += INPUT;
        }
        total.intoArray(sums, sumsAt);
    }

    /** The bit that is the fifth for the first lane, that after it for the next lane. */
    private static IntVector fifth(int bits) {
        return IntVector.broadcast(INTS, bits).lanewise(LSHR, LANE).and(16);
    }
}
