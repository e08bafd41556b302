package dev.parley.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Vectors as a {@link Matrix} reads them. In a Java array, which single numbers are read from quickest; or in native memory, where
 * a register's numbers lie on one line of the cache: from an array each load of sixteen floats takes two.
 */
public final class Arranged {

    final float[] floats;
    final MemorySegment memory;

    /** Room for what {@link Matrix#inputSize} says. */
    public Arranged(int size) {
        floats = new float[size];
        memory = Arena.ofAuto().allocate(4L * size, 64);
    }
}
