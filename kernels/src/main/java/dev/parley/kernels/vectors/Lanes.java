package dev.parley.kernels.vectors;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The vectors that this machine computes in: as many lanes as its registers have, 16 with AVX-512, 8 with AVX2, 4 with NEON. */
public final class Lanes {

    public static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    public static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    public static final int COUNT = FLOATS.length();

    /** Everything in memory is little-endian, as in the files it comes from. */
    public static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    /** Each lane's partner half of the lanes away, then a quarter, and so on. */
    private static final VectorShuffle<Float> FIRST = partner(COUNT / 2);
    private static final VectorShuffle<Float> SECOND = partner(COUNT / 4);
    private static final VectorShuffle<Float> THIRD = partner(COUNT / 8);
    private static final VectorShuffle<Float> FOURTH = partner(COUNT / 16);

    private Lanes() {}

    private static VectorShuffle<Float> partner(int distance) {
        return VectorShuffle.fromOp(FLOATS, lane -> distance == 0 ? lane : lane ^ distance);
    }

    /** The lower halves of pairs of bfloat16, widened. */
    public static FloatVector lower(IntVector pairs) {
        return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    /** The upper halves of pairs of bfloat16, widened. */
    public static FloatVector upper(IntVector pairs) {
        return pairs.and(0xffff0000).reinterpretAsFloats();
    }

    /**
     * The sum of the lanes, always in the same order: {@code reduceLanes} may take one when compiled and another before, and a
     * text's scores must not depend on that.
     */
    public static float sum(FloatVector v) {
        v = v.add(v.rearrange(FIRST));
        if (COUNT >= 4) v = v.add(v.rearrange(SECOND));
        if (COUNT >= 8) v = v.add(v.rearrange(THIRD));
        if (COUNT >= 16) v = v.add(v.rearrange(FOURTH));
        return v.lane(0);
    }

    /** The sum of as many numbers as there are lanes, in the same order; the numbers are overwritten. */
    public static float sum(float[] x, int at) {
        for (int half = COUNT / 2; half > 0; half /= 2) {
            for (int lane = 0; lane < half; lane++) x[at + lane] += x[at + lane + half];
        }
        return x[at];
    }

    /** The least multiple of a step that is not below a size. */
    public static int padded(int size, int step) {
        return Math.ceilDiv(size, step) * step;
    }
}
