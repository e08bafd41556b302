package dev.parley.kernels;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Numbers of eight bits, widened a register at a time. */
final class Bytes {

    /** Eight or sixteen bytes, of which the first become floats: as many as a vector of floats has lanes. */
    private static final VectorSpecies<Byte> BYTES = Lanes.COUNT >= 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    /** Bytes after the last ones that a load may touch. */
    static final int SLACK = BYTES.length() - Math.min(Lanes.COUNT, BYTES.length());

    private Bytes() {}

    /** As many as a vector of floats has lanes. */
    static FloatVector widened(MemorySegment w, long at) {
        return (FloatVector) ByteVector.fromMemorySegment(BYTES, w, at, Lanes.LITTLE).convertShape(VectorOperators.B2F, Lanes.FLOATS, 0);
    }
}
