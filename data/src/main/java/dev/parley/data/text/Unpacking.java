package dev.parley.data.text;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Undoes gzip and Zstandard, which a file's first bytes tell, whatever its name is. */
public final class Unpacking {

    private static final int MARK = 4;

    private Unpacking() {}

    /** The stream of what was packed, or the stream itself. */
    public static InputStream of(InputStream raw) throws IOException {
        var in = new BufferedInputStream(raw, 1 << 16);
        in.mark(MARK);
        var head = in.readNBytes(MARK);
        in.reset();
        if (head.length >= 2 && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b) return new GZIPInputStream(in, 1 << 16);
        if (head.length == MARK && (head[0] & 0xff) == 0x28 && (head[1] & 0xff) == 0xb5 && head[2] == 0x2f && (head[3] & 0xff) == 0xfd)
            return new Zstandard(in);
        return in;
    }

    /** What is wrong with a file comes as an IOException, as from all other streams; the library has exceptions of many kinds for it. */
    private static final class Zstandard extends FilterInputStream {

        Zstandard(InputStream in) {
            super(new ZstdInputStream(in));
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            try {
                return super.read(into, from, length);
            } catch (RuntimeException e) {
                throw new IOException("it is damaged, or packed with a window of more than 8 MiB", e);
            }
        }
    }
}
