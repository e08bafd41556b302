package dev.parley.weights;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A table of sorted keys in LevelDB's format: data blocks, an index block with the place of each, a footer with the place of
 * the index. A key is written as what it adds to the beginning of the key before it. Format: LevelDB's
 * {@code doc/table_format.md}.
 */
final class SortedTable {

    private static final long MAGIC = 0xdb4775248b80fb57L;
    private static final int FOOTER = 48, TRAILER = 5, LONGEST_KEY = 1024, MOST_KEYS = 100_000;

    private final byte[] bytes;
    private int read; // blocks lie one after the other, so that none is read twice

    private SortedTable(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The values by their keys.
     *
     * @throws IllegalArgumentException saying what is damaged
     */
    static Map<String, ByteBuffer> read(byte[] bytes) {
        try {
            return new SortedTable(bytes).values();
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("the table is cut off");
        }
    }

    private Map<String, ByteBuffer> values() {
        if (bytes.length < FOOTER) throw new IllegalArgumentException("the file has " + bytes.length + " bytes, too few for a table");
        var footer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(bytes.length - FOOTER);
        if (footer.getLong(bytes.length - 8) != MAGIC) throw new IllegalArgumentException("the file does not end as a table does");
        Varint.read(footer);
        Varint.read(footer); // the place of the metaindex, which has nothing for us
        var index = block(Varint.read(footer), Varint.read(footer));
        var values = new LinkedHashMap<String, ByteBuffer>();
        for (var handle : entries(index).values()) {
            long offset = Varint.read(handle), size = Varint.read(handle);
            if (offset < read) throw new IllegalArgumentException("two blocks of the table overlap");
            values.putAll(entries(block(offset, size)));
            read = (int) (offset + size);
            if (values.size() > MOST_KEYS) throw new IllegalArgumentException("the table has too many keys");
        }
        return values;
    }

    /** The content of a block, whose checksum is right. */
    private ByteBuffer block(long offset, long size) {
        if (offset < 0 || size < 4 || offset > bytes.length || size > bytes.length - offset - TRAILER)
            throw new IllegalArgumentException("a block lies beyond the table's end");
        int at = (int) offset, end = (int) (offset + size);
        var crc = new CRC32C();
        crc.update(bytes, at, (int) size + 1);
        var trailer = ByteBuffer.wrap(bytes, end, TRAILER).order(ByteOrder.LITTLE_ENDIAN);
        if (trailer.get() != 0) throw new IllegalArgumentException("a block of the table is compressed");
        if (trailer.getInt() != masked(crc.getValue())) throw new IllegalArgumentException("the checksum of a block of the table is wrong");
        return ByteBuffer.wrap(bytes, at, (int) size).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A checksum as these files store it, so that one over checksums is none over zeros. */
    static int masked(long crc) {
        return Integer.rotateRight((int) crc, 15) + 0xa282ead8;
    }

    private static Map<String, ByteBuffer> entries(ByteBuffer block) {
        var restarts = Integer.toUnsignedLong(block.getInt(block.limit() - 4));
        if (restarts > block.limit() / 4 - 1) throw new IllegalArgumentException("a block of the table is damaged");
        block.limit(block.limit() - 4 - (int) (4 * restarts));
        var entries = new LinkedHashMap<String, ByteBuffer>();
        var key = new byte[0];
        while (block.hasRemaining()) {
            long shared = Varint.read(block), added = Varint.read(block), size = Varint.read(block);
            if (shared < 0 || shared > key.length || added < 0 || shared + added > LONGEST_KEY || size < 0
                    || added + size > block.remaining()) {
                throw new IllegalArgumentException("an entry of the table is damaged");
            }
            key = Arrays.copyOf(key, (int) (shared + added));
            block.get(key, (int) shared, (int) added);
            var value = block.slice(block.position(), (int) size);
            block.position(block.position() + (int) size);
            if (entries.put(new String(key, StandardCharsets.UTF_8), value) != null || entries.size() > MOST_KEYS) {
                throw new IllegalArgumentException("the table has a key twice, or too many of them");
            }
        }
        return entries;
    }
}
