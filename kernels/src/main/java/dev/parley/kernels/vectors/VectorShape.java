package dev.parley.kernels.vectors;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The vectors that this machine computes with: as many lanes as its registers hold, 16 with AVX-512, 8 with AVX2, 4 with NEON. */
public final class VectorShape {

    /** Vectors of float32. */
    public static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    /** Vectors of 32-bit integers, with as many lanes. */
    public static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    /** Half vectors of 16-bit integers, with as many lanes. */
    public static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class,
            jdk.incubator.vector.VectorShape.forBitSize(INTS.vectorBitSize() / 2));

    /** Numbers of 32 bits in a register. */
    public static final int LANES = FLOATS.length();

    /** Everything in memory is little-endian, as in the files it comes from. */
    public static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    /** Each lane's partner half of the lanes away, then a quarter, and so on. */
    private static final VectorShuffle<Float> FIRST = partner(LANES / 2);
    private static final VectorShuffle<Float> SECOND = partner(LANES / 4);
    private static final VectorShuffle<Float> THIRD = partner(LANES / 8);
    private static final VectorShuffle<Float> FOURTH = partner(LANES / 16);

    private VectorShape() {}

    private static VectorShuffle<Float> partner(int distance) {
        return VectorShuffle.fromOp(FLOATS, lane -> distance == 0 ? lane : lane ^ distance);
    }

    /**
     * The sum of the lanes, always in the same order: {@code reduceLanes} may take one when compiled and another before, and a
     * sequence's scores must not depend on that.
     */
    public static float sumLanes(FloatVector v) {
        v = v.add(v.rearrange(FIRST));
        if (LANES >= 4) v = v.add(v.rearrange(SECOND));
        if (LANES >= 8) v = v.add(v.rearrange(THIRD));
        if (LANES >= 16) v = v.add(v.rearrange(FOURTH));
        return v.lane(0);
    }

    /** The sum of {@link #LANES} numbers of an array, in the same order. Overwrites them. */
    public static float sumLanes(float[] x, int at) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int lane = 0; lane < half; lane++) x[at + lane] += x[at + lane + half];
        }
        return x[at];
    }

    /** The smallest multiple of {@code step} that is at least {@code size}. */
    public static int roundUp(int size, int step) {
        return Math.ceilDiv(size, step) * step;
    }
}
