package dev.parley.data.parquet;

/** Snappy's format without frames, as its format description has it: runs of bytes, and copies of what came before. */
final class Snappy {

    private Snappy() {}

    static byte[] decompress(byte[] in, int size) {
        var at = 0;
        while (in[at++] < 0) {} // the length, which is known
        var out = new byte[size];
        var to = 0;
        while (at < in.length) {
            var tag = in[at++] & 0xff;
            if ((tag & 3) == 0) {
                var n = tag >>> 2;
                if (n >= 60) {
                    var bytes = n - 59;
                    n = number(in, at, bytes);
                    at += bytes;
                }
                System.arraycopy(in, at, out, to, n + 1);
                at += n + 1;
                to += n + 1;
            } else {
                var n = (tag & 3) == 1 ? 4 + (tag >>> 2 & 7) : 1 + (tag >>> 2);
                var bytes = (tag & 3) == 3 ? 4 : tag & 3;
                var back = number(in, at, bytes) | ((tag & 3) == 1 ? tag >>> 5 << 8 : 0);
                at += bytes;
                if (back <= 0 || back > to) throw new ParquetException("a page is damaged");
                for (int i = 0; i < n; i++, to++) out[to] = out[to - back]; // may overlap, and then repeats
            }
        }
        if (to != size) throw new ParquetException("a page is damaged");
        return out;
    }

    private static int number(byte[] in, int at, int bytes) {
        var number = 0;
        for (int i = 0; i < bytes; i++) number |= (in[at + i] & 0xff) << 8 * i;
        return number;
    }
}
