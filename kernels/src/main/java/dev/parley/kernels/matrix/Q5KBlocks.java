package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.IntVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Blocks of 256 numbers of five bits: sixteen bytes of {@link GroupScales}, 32 bytes whose n-th bits are the fifth ones of the n-th
 * group, then the other four as in Q4_K.
 */
final class Q5KBlocks implements BlockKernel {

    private static final int BYTES = 176;

    @Override
    public int inputSize() {
        return GroupScales.INPUT;
    }

    @Override
    public void arrange(float[] x, int xAt, float[] into, int at) {
        for (int part = 0; part < 2 * GroupScales.CHUNKS; part++) {
            for (int lane = 0; lane < LANES; lane++)
                PackedBytes.arrange(x, xAt + GroupScales.column(part, lane), lane, into, at + part * 4 * LANES);
        }
        for (int g = 0; g < 8; g++) {
            into[at + 256 + g] = 0;
            into[at + 264 + g] = -BlockKernel.sum(x, xAt + 32 * g, 32);
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
            var fifths = PackedBytes.repeated(w, at + 16, PackedBytes.BY2);
            for (long numbers = at + 48; numbers < at + BYTES; numbers += 4 * LANES) {
                var pairs = fromMemorySegment(INTS, w, numbers, LITTLE);
                var low = pairs.and(PackedBytes.LOW).or(fifths.lanewise(LSHL, 4).and(PackedBytes.BIT4));
                var sum = ((FloatVector) low.and(PackedBytes.BYTE0).convertShape(I2F, FLOATS, 0)).mul(fromArray(FLOATS, x, xAt));
                sum = ((FloatVector) low.and(PackedBytes.BYTE1).convertShape(I2F, FLOATS, 0)).fma(fromArray(FLOATS, x, xAt + LANES), sum);
                sum = ((FloatVector) low.and(PackedBytes.BYTE2).convertShape(I2F, FLOATS, 0)).fma(fromArray(FLOATS, x, xAt + 2 * LANES),
                        sum);
                sum = ((FloatVector) low.lanewise(LSHR, 24).convertShape(I2F, FLOATS, 0)).fma(fromArray(FLOATS, x, xAt + 3 * LANES), sum);
                total = sum.fma(fromArray(FLOATS, scales, scalesAt), total);
                var high = pairs.lanewise(LSHR, 4).and(PackedBytes.LOW)
                        .or(fifths.lanewise(LSHL, 3).and(PackedBytes.BIT4));
                sum = ((FloatVector) high.and(PackedBytes.BYTE0).convertShape(I2F, FLOATS, 0)).mul(fromArray(FLOATS, x, xAt + 4 * LANES));
                sum = ((FloatVector) high.and(PackedBytes.BYTE1).convertShape(I2F, FLOATS, 0)).fma(fromArray(FLOATS, x, xAt + 5 * LANES),
                        sum);
                sum = ((FloatVector) high.and(PackedBytes.BYTE2).convertShape(I2F, FLOATS, 0)).fma(fromArray(FLOATS, x, xAt + 6 * LANES),
                        sum);
                sum = ((FloatVector) high.lanewise(LSHR, 24).convertShape(I2F, FLOATS, 0)).fma(fromArray(FLOATS, x, xAt + 7 * LANES), sum);
                total = sum.fma(fromArray(FLOATS, scales, scalesAt + LANES), total);
                fifths = fifths.lanewise(LSHR, LANES / 4);
                scalesAt += 2 * LANES;
                xAt += 8 * LANES;
            }
            at += BYTES;
            xAt += 16;
        }
        total.intoArray(sums, sumsAt);
    }
}
