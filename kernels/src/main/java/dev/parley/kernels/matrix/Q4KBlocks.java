package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.IntVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;

/**
 * Blocks of 256 numbers of four bits: sixteen bytes of {@link GroupScales}, then the numbers.
 *
 * <p>They become floats without a conversion: their bits are masked where they stand in the fraction of a float, and the exponent of 1
 * is put above them. A number n at bit b is then f = 1 + n 2^(b-23), and n x = f x' - x' with the input x' = x 2^(23-b), so that the sum
 * of a group's x' is taken away. Shifts bring each number to the bits 12 to 15 or 16 to 19: lower, the 1 would cost too many digits.
 */
final class Q4KBlocks implements BlockKernel {

    private static final int BYTES = 144;

    private static final IntVector ONE = IntVector.broadcast(INTS, 0x3f800000); // its exponent
    private static final IntVector FOURTH = IntVector.broadcast(INTS, 0xf000); // of the eight times four bits of a lane
    private static final IntVector FIFTH = IntVector.broadcast(INTS, 0xf0000);
    private static final float[] FACTORS = {1 << 7, 1 << 11};
    private static final int[][] ORDER = {{2, 3, 1, 0}, {1, 2, 0, 3}}; // of bytes, unshifted, then by 8 down, by 8 up, by 16

    @Override
    public int inputSize() {
        return GroupScales.INPUT;
    }

    /** The inputs of the low and of the high four bits of a byte, for each byte as {@link #add} has them masked. */
    @Override
    public void arrange(float[] x, int xAt, float[] into, int at) {
        for (int part = 0; part < 2 * GroupScales.CHUNKS; part++) {
            var high = part % 2;
            for (int lane = 0; lane < LANES; lane++) {
                var column = xAt + GroupScales.column(part, lane);
                for (int k = 0; k < 4; k++)
                    into[at + (part / 2 * 8 + 2 * k + high) * LANES + lane] = x[column + ORDER[high][k]] * FACTORS[high];
            }
        }
        for (int g = 0; g < 8; g++) {
            var sum = BlockKernel.sum(x, xAt + 32 * g, 32);
            into[at + 256 + g] = -sum * FACTORS[g % 2];
            into[at + 264 + g] = -sum;
        }
    }

    @Override
    public int scalesSize() {
        return GroupScales.SIZE;
    }

    @Override
    public void readScales(MemorySegment w, long at, int blocks, float[] into, int intoAt) {
        GroupScales.read(w, at, BYTES, blocks, into, intoAt);
    }

    @Override
    public void add(MemorySegment w, long at, int blocks, float[] scales, int scalesAt, float[] x, int xAt, float[] sums, int sumsAt) {
        var total = fromArray(FLOATS, sums, sumsAt);
        for (int b = 0; b < blocks; b++) {
            for (int i = 0; i < 16; i += LANES)
                total = fromArray(FLOATS, scales, scalesAt + i).fma(fromArray(FLOATS, x, xAt + 256 + i), total);
            scalesAt += 16;
            for (long numbers = at + 16; numbers < at + BYTES; numbers += 4 * LANES) {
                var pairs = fromMemorySegment(INTS, w, numbers, LITTLE);
                var low = pairs.and(FIFTH).or(ONE).reinterpretAsFloats().mul(fromArray(FLOATS, x, xAt));
                var high = pairs.and(FOURTH).or(ONE).reinterpretAsFloats().mul(fromArray(FLOATS, x, xAt + LANES));
                var shifted = pairs.lanewise(LSHR, 8);
                low = shifted.and(FIFTH).or(ONE).reinterpretAsFloats().fma(fromArray(FLOATS, x, xAt + 2 * LANES), low);
                high = shifted.and(FOURTH).or(ONE).reinterpretAsFloats().fma(fromArray(FLOATS, x, xAt + 3 * LANES), high);
                shifted = pairs.lanewise(LSHL, 8);
                low = shifted.and(FIFTH).or(ONE).reinterpretAsFloats().fma(fromArray(FLOATS, x, xAt + 4 * LANES), low);
                high = shifted.and(FOURTH).or(ONE).reinterpretAsFloats().fma(fromArray(FLOATS, x, xAt + 5 * LANES), high);
                low = pairs.lanewise(LSHL, 16).and(FIFTH).or(ONE).reinterpretAsFloats().fma(fromArray(FLOATS, x, xAt + 6 * LANES), low);
                high = pairs.lanewise(LSHR, 16).and(FOURTH).or(ONE).reinterpretAsFloats().fma(fromArray(FLOATS, x, xAt + 7 * LANES), high);
                total = low.fma(fromArray(FLOATS, scales, scalesAt), total);
                total = high.fma(fromArray(FLOATS, scales, scalesAt + LANES), total);
                scalesAt += 2 * LANES;
                xAt += 8 * LANES;
            }
            at += BYTES;
            xAt += 16;
        }
        total.intoArray(sums, sumsAt);
    }
}
