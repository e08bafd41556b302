package dev.parley.kernels.matrix;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.INTS;
import static dev.parley.kernels.vectors.VectorShape.LANES;
import static dev.parley.kernels.vectors.VectorShape.LITTLE;
import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * How the scales of a strip's groups are kept, each row's in its lane. A product needs of each group two registers of floats: what the
 * sum of f x is multiplied by, and what the sum of x is.
 */
enum StripScales {
    /** A float for each group. */
    FLOAT(1, 1, 0) {
        @Override
        void read(MemorySegment w, long at, int groups, float least, float[] into, int intoAt) {
            for (int g = 0; g < groups; g++, at += Tile.VECTOR, intoAt += 2 * LANES) {
                var scale = FloatVector.fromMemorySegment(FLOATS, w, at, LITTLE);
                scale.intoArray(into, intoAt);
                scale.mul(least).intoArray(into, intoAt + LANES);
            }
        }
    },
    /** A float for each group, and one that is added to its numbers. */
    FLOAT_MINIMUM(1, 2, 0) {
        @Override
        void read(MemorySegment w, long at, int groups, float least, float[] into, int intoAt) {
            for (int g = 0; g < groups; g++, at += 2 * Tile.VECTOR, intoAt += 2 * LANES) {
                var scale = FloatVector.fromMemorySegment(FLOATS, w, at, LITTLE);
                scale.intoArray(into, intoAt);
                scale.mul(least).add(FloatVector.fromMemorySegment(FLOATS, w, at + Tile.VECTOR, LITTLE)).intoArray(into, intoAt + LANES);
            }
        }
    },
    /** The exponent of a power of two for each group, of which half is meant. */
    POWER(1, 0, 1) {
        /** The two least powers, which no product of floats would show, become 0. */
        @Override
        void read(MemorySegment w, long at, int groups, float least, float[] into, int intoAt) {
            for (int g = 0; g < groups; g++, at += LANES, intoAt += 2 * LANES) {
                var exponents = (IntVector) ByteVector.fromMemorySegment(BYTES, w, at, LITTLE).convertShape(ZERO_EXTEND_B2I, INTS, 0);
                exponents.max(1).sub(1).lanewise(LSHL, 23).reinterpretAsFloats().intoArray(into, intoAt);
                FloatVector.zero(FLOATS).intoArray(into, intoAt + LANES);
            }
        }
    },
    /** Of a block of 256 a float, for each 16 numbers a byte that it is multiplied by. */
    BYTES_OF_16(16, 1, 16) {
        @Override
        void read(MemorySegment w, long at, int groups, float least, float[] into, int intoAt) {
            readBytes(w, at, groups, 16, least, into, intoAt);
        }
    },
    /** The same for each 32 numbers. */
    BYTES_OF_32(8, 1, 8) {
        @Override
        void read(MemorySegment w, long at, int groups, float least, float[] into, int intoAt) {
            readBytes(w, at, groups, 8, least, into, intoAt);
        }
    },
    /** Of a block of 256 two floats, for each 32 numbers a byte that the first is multiplied by, and one for the second, which is taken away. */
    BYTES_MINIMA(8, 2, 16) {
        @Override
        void read(MemorySegment w, long at, int groups, float least, float[] into, int intoAt) {
            for (int first = 0; first < groups; first += 8) {
                var d = FloatVector.fromMemorySegment(FLOATS, w, at, LITTLE);
                var dMin = FloatVector.fromMemorySegment(FLOATS, w, at + Tile.VECTOR, LITTLE);
                at += 2 * Tile.VECTOR;
                for (int g = 0; g < 8; g++, at += 2L * LANES, intoAt += 2 * LANES) {
                    var scale = ((FloatVector) ByteVector.fromMemorySegment(BYTES, w, at, LITTLE).convertShape(B2F, FLOATS, 0)).mul(d);
                    var minimum = ((FloatVector) ByteVector.fromMemorySegment(BYTES, w, at + LANES, LITTLE).convertShape(B2F, FLOATS, 0))
                            .mul(dMin);
                    scale.intoArray(into, intoAt);
                    scale.mul(least).sub(minimum).intoArray(into, intoAt + LANES);
                }
            }
        }
    };

    private static final VectorSpecies<Byte> BYTES = LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    private final int groups;
    private final int floats;
    private final int bytes;

    /**
     * @param groups of a block
     * @param floats of a block of a row, which come first
     * @param bytes of it
     */
    StripScales(int groups, int floats, int bytes) {
        this.groups = groups;
        this.floats = floats;
        this.bytes = bytes;
    }

    int groups() {
        return groups;
    }

    int floats() {
        return floats;
    }

    int bytes() {
        return bytes;
    }

    /** Bytes of the scales of a block of all rows of a strip. */
    long size() {
        return (4L * floats + bytes) * LANES;
    }

    /** Reads the scales of whole blocks: for each group two registers of floats. */
    abstract void read(MemorySegment w, long at, int groups, float least, float[] into, int intoAt);

    private static void readBytes(MemorySegment w, long at, int groups, int perBlock, float least, float[] into,
            int intoAt) {
        for (int first = 0; first < groups; first += perBlock) {
            var d = FloatVector.fromMemorySegment(FLOATS, w, at, LITTLE);
            at += Tile.VECTOR;
            for (int g = 0; g < perBlock; g++, at += LANES, intoAt += 2 * LANES) {
                var scale = ((FloatVector) ByteVector.fromMemorySegment(BYTES, w, at, LITTLE).convertShape(B2F, FLOATS, 0)).mul(d);
                scale.intoArray(into, intoAt);
                scale.mul(least).intoArray(into, intoAt + LANES);
            }
        }
    }
}
