package dev.parley.data.parquet;

import java.nio.ByteBuffer;

/** Small numbers in Parquet's hybrid of runs and packed bits: levels, places in a dictionary, booleans. */
final class Levels {

    private Levels() {}

    /** @param bits of each number; without any all are 0 */
    static int[] read(ByteBuffer in, int bits, int count) {
        var numbers = new int[count];
        if (bits == 0) return numbers;
        if (bits > 32) throw new ParquetException("a page is damaged");
        for (int at = 0; at < count;) {
            var head = varint(in);
            if ((head & 1) == 0) {
                var value = 0;
                for (int b = 0; b < (bits + 7) / 8; b++) value |= (in.get() & 0xff) << 8 * b;
                for (long n = head >>> 1; n > 0 && at < count; n--) numbers[at++] = value;
                if (head == 0) throw new ParquetException("a page is damaged");
            } else {
                at = packed(in, bits, (head >>> 1) * 8, numbers, at);
            }
        }
        return numbers;
    }

    private static int packed(ByteBuffer in, int bits, long n, int[] numbers, int at) {
        long held = 0;
        var have = 0;
        for (long i = 0; i < n; i++) {
            while (have < bits) {
                held |= (in.hasRemaining() ? in.get() & 0xffL : 0) << have; // the last group may be cut short
                have += 8;
            }
            if (at < numbers.length) numbers[at++] = (int) (held & (1L << bits) - 1);
            held >>>= bits;
            have -= bits;
        }
        return at;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            var b = in.get();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) return value;
        }
        throw new ParquetException("a page is damaged");
    }
}
