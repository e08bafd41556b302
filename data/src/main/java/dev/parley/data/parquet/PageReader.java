package dev.parley.data.parquet;

import dev.parley.data.parquet.CompactThrift.Fields;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.GZIPInputStream;

/** The pages of a column in a group of rows, read from the file one after the other. */
final class PageReader {

    private static final int LARGEST_PAGE = 1 << 28;
    private static final int USUAL_HEADER = 1 << 10;
    private static final int LARGEST_HEADER = 1 << 24;

    private final FileChannel channel;
    private final long end;
    private final int codec;
    private long at;

    /** A page as it lies in the file. @param bytes of its content, unpacked @param packed its content */
    record Page(Fields header, int bytes, byte[] packed) {}

    PageReader(FileChannel channel, long from, long length, int codec) throws IOException {
        if (from < 0 || length < 0 || from + length > channel.size()) throw new ParquetException("it is cut off");
        this.channel = channel;
        this.at = from;
        this.end = from + length;
        this.codec = codec;
    }

    Page next() throws IOException {
        var header = header();
        int packed = header.small(3, 0), size = header.small(2, 0);
        if (packed < 0 || packed > end - at || packed > LARGEST_PAGE || size < 0 || size > LARGEST_PAGE)
            throw new ParquetException("a page is damaged");
        var page = new byte[packed];
        read(ByteBuffer.wrap(page));
        return new Page(header, size, page);
    }

    /** Its length is written nowhere: more is read until it is whole. */
    private Fields header() throws IOException {
        for (int size = USUAL_HEADER;; size *= 4) {
            var in = ByteBuffer.allocate((int) Math.min(size, end - at)).order(ByteOrder.LITTLE_ENDIAN);
            var from = at;
            read(in);
            in.flip();
            at = from;
            try {
                var header = new CompactThrift(in).structure();
                at = from + in.position();
                return header;
            } catch (BufferUnderflowException | ParquetException e) {
                if (size >= end - from || size >= LARGEST_HEADER) throw new ParquetException("a page is damaged");
            }
        }
    }

    private void read(ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            var n = channel.read(into, at);
            if (n < 0) throw new ParquetException("it is cut off");
            at += n;
        }
    }

    /** A page's content, or the part of it that is packed. @param size of it unpacked */
    byte[] unpacked(byte[] page, int size) {
        // Snappy's copies write 64 bytes for 3; a size that no content can have is not made room for.
        if (size < 0 || codec == 1 && size > 64L * page.length) throw new ParquetException("a page is damaged");
        return switch (codec) {
            case 0 -> page;
            case 1 -> Snappy.decompress(page, size);
            case 2 -> {
                try (var zip = new GZIPInputStream(new ByteArrayInputStream(page))) {
                    yield zip.readNBytes(size);
                } catch (IOException e) {
                    throw new ParquetException("a page is damaged");
                }
            }
            case 6 -> zstandard(page, size);
            default -> throw new ParquetException("its pages are compressed by codec " + codec
                    + ", which is not read here; write it anew with Snappy, gzip or Zstandard");
        };
    }

    private static byte[] zstandard(byte[] page, int size) {
        var out = new byte[size];
        try {
            if (new ZstdDecompressor().decompress(page, 0, page.length, out, 0, size) == size) return out;
        } catch (RuntimeException e) {
            // the library has exceptions of many kinds for damaged pages
        }
        throw new ParquetException("a page is damaged");
    }
}
