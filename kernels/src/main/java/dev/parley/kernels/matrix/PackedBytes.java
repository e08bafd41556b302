package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Registers of integers that have a small number in each byte. A byte is masked where it stands, and becomes the float of its number
 * times a power of 256, by which the input was divided before; the last is shifted down, since it would be the sign.
 */
final class PackedBytes {

    /** The low four bits of each byte. */
    static final IntVector LOW = IntVector.broadcast(INTS, 0x0f0f0f0f);

    /** The fifth bit of each byte. */
    static final IntVector BIT4 = IntVector.broadcast(INTS, 0x10101010);

    /** The fifth and the sixth bit of each byte. */
    static final IntVector BITS45 = IntVector.broadcast(INTS, 0x30303030);

    static final IntVector BYTE0 = IntVector.broadcast(INTS, 0xff);
    static final IntVector BYTE1 = IntVector.broadcast(INTS, 0xff00);
    static final IntVector BYTE2 = IntVector.broadcast(INTS, 0xff0000);

    private static final float[] FACTORS = {1, 1f / (1 << 8), 1f / (1 << 16), 1};
    private static final VectorShuffle<Integer> TWICE = VectorShuffle.fromOp(INTS, lane -> lane % 8 % LANES);

    /** By how many bits {@link #repeated} bytes are shifted down. */
    static final IntVector BY2 = IntVector.fromArray(INTS, new int[] {0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2}, 0);

    private PackedBytes() {}

    /** Arranges the inputs of a register: that of byte k of a lane in the k-th of four registers. */
    static void arrange(float[] x, int xAt, int lane, float[] into, int at) {
        for (int k = 0; k < 4; k++) into[at + k * LANES + lane] = x[xAt + k] * FACTORS[k];
    }

    /** 32 bytes in every eight lanes, shifted down by so many bits more in each. */
    static IntVector repeated(MemorySegment w, long at, IntVector shifts) {
        var bytes = IntVector.fromMemorySegment(IntVector.SPECIES_256, w, at, LITTLE);
        if (LANES == 8) return bytes;
        return ((IntVector) bytes.reinterpretShape(INTS, 0)).rearrange(TWICE).lanewise(VectorOperators.LSHR, shifts);
    }
}
