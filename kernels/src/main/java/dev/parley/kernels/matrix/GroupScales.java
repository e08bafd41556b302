package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * What blocks of Q4_K and Q5_K have in common. Their first sixteen bytes are two halves and twelve bytes of eight scales and eight
 * minima of six bits each, which are multiplied by the halves. Numbers lie in pairs of groups of 32, the first group in the low four
 * bits of 32 bytes, the second in the high ones; a chunk is a register of them.
 */
final class GroupScales {

    static final int CHUNKS = 32 / LANES; // registers of integers for 128 bytes

    /** Eight scales, eight minima, then two registers of scales for each chunk. */
    static final int SIZE = 16 + 2 * CHUNKS * LANES;

    /** The inputs in the order of the chunks, then what the scales and the minima are multiplied by. */
    static final int INPUT = 256 + 16;

    private static final VectorMask<Float> SECOND = VectorMask.fromLong(FLOATS, 0xff00 & (1L << LANES) - 1);
    private static final VectorShuffle<Float> S02 = pair(0, 2), S13 = pair(1, 3), S46 = pair(4, 6), S57 = pair(5, 7);
    private static final int PAIRS = LANES / 8; // of groups in a chunk

    private GroupScales() {}

    private static VectorShuffle<Float> pair(int first, int second) {
        return VectorShuffle.fromOp(FLOATS, lane -> (lane < 8 ? first : second) % LANES);
    }

    /** The first column of a lane of the low or high bits of a chunk: chunk n has the parts 2n and 2n + 1. */
    static int column(int part, int lane) {
        return (part / 2 * PAIRS + lane / 8) * 64 + 32 * (part % 2) + 4 * (lane % 8);
    }

    static void read(MemorySegment w, long at, int blockBytes, int blocks, float[] into, int intoAt) {
        for (int b = 0; b < blocks; b++) {
            long first = w.get(BlockKernel.LONG, at), second = w.get(BlockKernel.LONG, at + 8); // few reads: each is checked
            int x = (int) (first >>> 32), y = (int) second, z = (int) (second >>> 32);
            var scales = x & 0x3f3f3f3f | (long) (z & 0x0f0f0f0f | x >>> 2 & 0x30303030) << 32;
            var minima = y & 0x3f3f3f3f | (long) (z >>> 4 & 0x0f0f0f0f | y >>> 2 & 0x30303030) << 32;
            float d = Float.float16ToFloat((short) first), dMin = Float.float16ToFloat((short) (first >>> 16));
            if (LANES == 16) expand16(scales, minima, d, dMin, into, intoAt);
            else expand8(scales, minima, d, dMin, into, intoAt);
            at += blockBytes;
            intoAt += SIZE;
        }
    }

    private static void expand16(long scales, long minima, float d, float dMin, float[] into, int at) {
        var bytes = LongVector.broadcast(LongVector.SPECIES_128, scales).withLane(1, minima).reinterpretAsBytes();
        var both = ((FloatVector) bytes.convertShape(VectorOperators.B2F, FLOATS, 0))
                .mul(FloatVector.broadcast(FLOATS, d).blend(FloatVector.broadcast(FLOATS, dMin), SECOND));
        both.intoArray(into, at);
        both.rearrange(S02).intoArray(into, at + 16);
        both.rearrange(S13).intoArray(into, at + 32);
        both.rearrange(S46).intoArray(into, at + 48);
        both.rearrange(S57).intoArray(into, at + 64);
    }

    private static void expand8(long scales, long minima, float d, float dMin, float[] into, int at) {
        floats(scales, d).intoArray(into, at);
        floats(minima, dMin).intoArray(into, at + 8);
        for (int g = 0; g < 8; g++) FloatVector.broadcast(FLOATS, into[at + g]).intoArray(into, at + 16 + 8 * g);
    }

    private static FloatVector floats(long eight, float d) {
        var bytes = LongVector.broadcast(LongVector.SPECIES_64, eight).reinterpretAsBytes();
        return ((FloatVector) bytes.convertShape(VectorOperators.B2F, FLOATS, 0)).mul(d);
    }
}
