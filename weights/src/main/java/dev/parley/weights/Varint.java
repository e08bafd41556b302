package dev.parley.weights;

import java.nio.ByteBuffer;

/** Whole numbers of 7 bits a byte, the lowest first, as LevelDB and Protocol Buffers write them. */
final class Varint {

    private Varint() {}

    /** @throws IllegalArgumentException if the number has more than 64 bits */
    static long read(ByteBuffer in) {
        var value = 0L;
        for (int shift = 0; shift < 64; shift += 7) {
            var next = in.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) return value;
        }
        throw new IllegalArgumentException("a number does not end");
    }
}
