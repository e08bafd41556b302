package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.IntVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Blocks of 256 numbers of six bits, 32 taken from each: two halves of 128, whose low four bits are 64 bytes, the first 64 numbers in
 * the low ones and the others in the high ones; then 32 bytes for each half, whose pairs of bits are the upper two of four times 32
 * numbers; sixteen scales of eight bits; and a half that they are multiplied by.
 */
final class Q6KBlocks implements BlockKernel {

    private static final int BYTES = 210;
    private static final int CHUNKS = 16 / LANES; // registers of 64 bytes

    /** Sixteen scales, then two registers of them for each chunk. */
    private static final int SCALES = 16 + 4 * CHUNKS * LANES;
    private static final int INPUT = 256 + 16;

    private static final VectorShuffle<Float> FROM0 = from(0), FROM2 = from(2), FROM4 = from(4), FROM6 = from(6), FROM8 = from(8),
            FROM12 = from(12);

    /** A scale for each four lanes. */
    private static VectorShuffle<Float> from(int first) {
        return VectorShuffle.fromOp(FLOATS, lane -> (first + lane / 4) % LANES);
    }

    @Override
    public int inputSize() {
        return INPUT;
    }

    @Override
    public void arrange(float[] x, int xAt, float[] into, int at) {
        for (int half = 0; half < 2; half++) {
            for (int chunk = 0; chunk < CHUNKS; chunk++) {
                for (int high = 0; high < 2; high++) {
                    for (int lane = 0; lane < LANES; lane++) {
                        var column = 128 * half + 64 * high + 4 * (chunk * LANES + lane);
                        PackedBytes.arrange(x, xAt + column, lane, into, at + ((half * CHUNKS + chunk) * 2 + high) * 4 * LANES);
                    }
                }
            }
        }
        for (int g = 0; g < 16; g++) into[at + 256 + g] = -32 * BlockKernel.sum(x, xAt + 16 * g, 16);
    }

    @Override
    public int scalesSize() {
        return SCALES;
    }

    @Override
    public void readScales(MemorySegment w, long at, int blocks, float[] into, int intoAt) {
        for (int b = 0; b < blocks; b++) {
            var d = BlockKernel.half(w, at + 208);
            if (LANES == 16) {
                var scales = ((FloatVector) ByteVector.fromMemorySegment(ByteVector.SPECIES_128, w, at + 192,
                        LITTLE).convertShape(B2F, FLOATS, 0)).mul(d);
                scales.intoArray(into, intoAt);
                scales.rearrange(FROM0).intoArray(into, intoAt + 16);
                scales.rearrange(FROM4).intoArray(into, intoAt + 32);
                scales.rearrange(FROM8).intoArray(into, intoAt + 48);
                scales.rearrange(FROM12).intoArray(into, intoAt + 64);
            } else {
                expand8(w, at + 192, d, into, intoAt, intoAt + 16);
                expand8(w, at + 200, d, into, intoAt + 8, intoAt + 48);
            }
            at += BYTES;
            intoAt += SCALES;
        }
    }

    private static void expand8(MemorySegment w, long at, float d, float[] into, int intoAt, int registersAt) {
        var scales = ((FloatVector) ByteVector.fromMemorySegment(ByteVector.SPECIES_64, w, at, LITTLE)
                .convertShape(B2F, FLOATS, 0)).mul(d);
        scales.intoArray(into, intoAt);
        scales.rearrange(FROM0).intoArray(into, registersAt);
        scales.rearrange(FROM4).intoArray(into, registersAt + 8);
        scales.rearrange(FROM2).intoArray(into, registersAt + 16);
        scales.rearrange(FROM6).intoArray(into, registersAt + 24);
    }

    @Override
    public void add(MemorySegment w, long at, int blocks, float[] scales, int scalesAt, float[] x, int xAt, float[] sums, int sumsAt) {
        var total = fromArray(FLOATS, sums, sumsAt);
        for (int b = 0; b < blocks; b++) {
            for (int i = 0; i < 16; i += LANES)
                total = fromArray(FLOATS, scales, scalesAt + i).fma(fromArray(FLOATS, x, xAt + 256 + i), total);
            scalesAt += 16;
            for (int half = 0; half < 2; half++) {
                var upper = PackedBytes.repeated(w, at + 128 + 32 * half, PackedBytes.BY2);
                for (int chunk = 0; chunk < CHUNKS; chunk++) {
                    var pairs = fromMemorySegment(INTS, w, at + 64 * half + 4 * LANES * chunk, LITTLE);
                    var low = pairs.and(PackedBytes.LOW).or(upper.lanewise(LSHL, 4).and(PackedBytes.BITS45));
                    var sum = ((FloatVector) low.and(PackedBytes.BYTE0).convertShape(I2F, FLOATS, 0)).mul(fromArray(FLOATS, x, xAt));
                    sum = ((FloatVector) low.and(PackedBytes.BYTE1).convertShape(I2F, FLOATS, 0)).fma(fromArray(FLOATS, x, xAt + LANES),
                            sum);
                    sum = ((FloatVector) low.and(PackedBytes.BYTE2).convertShape(I2F, FLOATS, 0)).fma(fromArray(FLOATS, x, xAt + 2 * LANES),
                            sum);
                    sum = ((FloatVector) low.lanewise(LSHR, 24).convertShape(I2F, FLOATS, 0)).fma(fromArray(FLOATS, x, xAt + 3 * LANES),
                            sum);
                    total = sum.fma(fromArray(FLOATS, scales, scalesAt), total);
                    var high = pairs.lanewise(LSHR, 4).and(PackedBytes.LOW).or(upper.and(PackedBytes.BITS45));
                    sum = ((FloatVector) high.and(PackedBytes.BYTE0).convertShape(I2F, FLOATS, 0))
                            .mul(fromArray(FLOATS, x, xAt + 4 * LANES));
                    sum = ((FloatVector) high.and(PackedBytes.BYTE1).convertShape(I2F, FLOATS, 0))
                            .fma(fromArray(FLOATS, x, xAt + 5 * LANES), sum);
                    sum = ((FloatVector) high.and(PackedBytes.BYTE2).convertShape(I2F, FLOATS, 0))
                            .fma(fromArray(FLOATS, x, xAt + 6 * LANES), sum);
                    sum = ((FloatVector) high.lanewise(LSHR, 24).convertShape(I2F, FLOATS, 0)).fma(fromArray(FLOATS, x, xAt + 7 * LANES),
                            sum);
                    total = sum.fma(fromArray(FLOATS, scales, scalesAt + LANES), total);
                    upper = upper.lanewise(LSHR, 2);
                    scalesAt += 2 * LANES;
                    xAt += 8 * LANES;
                }
            }
            at += BYTES;
            xAt += 16;
        }
        total.intoArray(sums, sumsAt);
    }
}
