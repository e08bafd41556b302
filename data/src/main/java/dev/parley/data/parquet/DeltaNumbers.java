package dev.parley.data.parquet;

import java.nio.ByteBuffer;

/** Whole numbers as differences in blocks of packed bits, Parquet's DELTA_BINARY_PACKED; lengths of texts are written so. */
final class DeltaNumbers {

    private DeltaNumbers() {}

    static long[] read(ByteBuffer in, int expected) {
        long block = varint(in), miniBlocks = varint(in), count = varint(in);
        if (block < 1 || block > 1 << 20 || miniBlocks < 1 || miniBlocks > block || block % miniBlocks != 0 || count != expected)
            throw new ParquetException("a page is damaged");
        var numbers = new long[expected];
        numbers[0] = zigzag(in);
        var size = (int) (block / miniBlocks);
        for (int at = 1; at < expected;) {
            var least = zigzag(in);
            var widths = new byte[(int) miniBlocks];
            in.get(widths);
            for (int m = 0; m < miniBlocks && at < expected; m++) {
                var width = widths[m];
                if (width < 0 || width > 64) throw new ParquetException("a page is damaged");
                var start = in.position();
                for (int i = 0; i < size && at < expected; i++, at++)
                    numbers[at] = numbers[at - 1] + least + bits(in, start, (long) i * width, width);
                in.position(Math.min(in.limit(), Math.toIntExact(start + ((long) size * width + 7) / 8)));
            }
        }
        return numbers;
    }

    private static long bits(ByteBuffer in, int start, long from, int width) {
        long value = 0;
        for (int b = 0; b < width;) {
            var place = from + b;
            var shift = (int) (place & 7);
            var taken = Math.min(8 - shift, width - b);
            value |= (long) (in.get(start + (int) (place >>> 3)) >>> shift & (1 << taken) - 1) << b;
            b += taken;
        }
        return value;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            var b = in.get();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) return value;
        }
        throw new ParquetException("a page is damaged");
    }

    private static long zigzag(ByteBuffer in) {
        var n = varint(in);
        return n >>> 1 ^ -(n & 1);
    }
}
