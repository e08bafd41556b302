package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Blocks of 32 codes of four bits that each stand for a number, the first sixteen in the low bits of sixteen bytes, the others in the
 * high ones, after a scale.
 */
final class CodedBlocks implements BlockKernel {

    /** Twice the numbers of a float of four bits; the scale is a power of two. */
    static final CodedBlocks FLOAT4 = new CodedBlocks(1, 0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

    /** Numbers that are denser near 0; the scale is a half. */
    static final CodedBlocks UNEVEN = new CodedBlocks(2, -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

    private static final VectorSpecies<Byte> SPECIES = LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    private final int header;
    private final int[] codes = new int[16]; // as the bits of floats

    private CodedBlocks(int header, float... codes) {
        this.header = header;
        for (int i = 0; i < 16; i++) this.codes[i] = Float.floatToRawIntBits(codes[i]);
    }

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
        for (int b = 0; b < blocks; b++) {
            into[intoAt + b] = header == 2 ? BlockKernel.half(w, at) : halfPower(w.get(BYTE, at) & 0xff);
            at += header + 16;
        }
    }

    /** Half of 2 to the power of e - 127. */
    private static float halfPower(int e) {
        return Float.intBitsToFloat(e < 2 ? 0x200000 << e : e - 1 << 23);
    }

    @Override
    public void add(MemorySegment w, long at, int blocks, float[] scales, int scalesAt, float[] x, int xAt, float[] sums, int sumsAt) {
        var total = fromArray(FLOATS, sums, sumsAt);
        IntVector first = IntVector.fromArray(INTS, codes, 0), second = IntVector.fromArray(INTS, codes, 16 - LANES);
        for (int b = 0; b < blocks; b++) {
            var sum = FloatVector.zero(FLOATS);
            for (int i = 0; i < 16; i += LANES) {
                var pairs = (IntVector) ByteVector.fromMemorySegment(SPECIES, w, at + header + i, LITTLE)
                        .convertShape(ZERO_EXTEND_B2I, INTS, 0);
                sum = numbers(pairs.and(15), first, second).fma(fromArray(FLOATS, x, xAt + i), sum);
                sum = numbers(pairs.lanewise(LSHR, 4), first, second).fma(fromArray(FLOATS, x, xAt + 16 + i), sum);
            }
            total = sum.fma(FloatVector.broadcast(FLOATS, scales[scalesAt + b]), total);
            at += header + 16;
            xAt += SmallBlocks.INPUT;
        }
        total.intoArray(sums, sumsAt);
    }

    private static FloatVector numbers(IntVector codes, IntVector first, IntVector second) {
        if (LANES == 16) return codes.selectFrom(first).reinterpretAsFloats();
        var low = codes.and(7);
        return low.selectFrom(first).blend(low.selectFrom(second), codes.compare(VectorOperators.GT, 7)).reinterpretAsFloats();
    }
}
