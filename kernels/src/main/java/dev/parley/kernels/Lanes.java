package dev.parley.kernels;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The vectors that this machine computes in: as many lanes as its registers have, 16 with AVX-512, 8 with AVX2, 4 with NEON. */
final class Lanes {

    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    static final int COUNT = FLOATS.length();

    /** Everything in memory is little-endian, as in the files it comes from. */
    static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    private Lanes() {}

    /** The lower halves of pairs of bfloat16, widened. */
    static FloatVector lower(IntVector pairs) {
        return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    /** The upper halves of pairs of bfloat16, widened. */
    static FloatVector upper(IntVector pairs) {
        return pairs.and(0xffff0000).reinterpretAsFloats();
    }

    static float sum(FloatVector v) {
        return v.reduceLanes(VectorOperators.ADD);
    }

    /** The least multiple of a step that is not below a size. */
    static int padded(int size, int step) {
        return Math.ceilDiv(size, step) * step;
    }
}
