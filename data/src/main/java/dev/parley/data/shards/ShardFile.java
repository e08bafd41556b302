package dev.parley.data.shards;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * What a file of tokens looks like. All numbers are little-endian.
 *
 * <pre>
 * header, {@value #HEADER} bytes   magic "PARLEYTK", version, bytes of a token (2 or 4), tokens, documents, vocabulary's size,
 *                      SHA-256 of the tokenizer, zeros, CRC-32C of all that and of the checksums at the file's end
 * tokens               one after the other, filled up with zeros to a multiple of 8 bytes
 * offsets              8 bytes for each document and one more: its first token's number
 * checksums            CRC-32C of each {@value #BLOCK} bytes of tokens and offsets
 * </pre>
 *
 * @param tokenBytes of one token
 */
record ShardFile(int tokenBytes, long tokens, long documents, int vocabSize, String tokenizer) {

    static final int HEADER = 128;
    static final int BLOCK = 1 << 16;
    static final int VERSION = 1;
    static final byte[] MAGIC = "PARLEYTK".getBytes(StandardCharsets.US_ASCII);
    static final int CHECKSUM = HEADER - 4;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The header before its checksum is in it. */
    MemorySegment header() {
        var header = MemorySegment.ofArray(new byte[HEADER]);
        MemorySegment.copy(MAGIC, 0, header, ValueLayout.JAVA_BYTE, 0, MAGIC.length);
        header.set(INT, 8, VERSION);
        header.set(INT, 12, tokenBytes);
        header.set(LONG, 16, tokens);
        header.set(LONG, 24, documents);
        header.set(INT, 32, vocabSize);
        MemorySegment.copy(HexFormat.of().parseHex(tokenizer), 0, header, ValueLayout.JAVA_BYTE, 36, 32);
        return header;
    }

    /** Reads a header whose magic, version and checksum are right. */
    static ShardFile of(MemorySegment header) {
        return new ShardFile(header.get(INT, 12), header.get(LONG, 16), header.get(LONG, 24), header.get(INT, 32),
                HexFormat.of().formatHex(header.asSlice(36, 32).toArray(ValueLayout.JAVA_BYTE)));
    }

    /** Of a header and the checksums of the blocks. */
    static int checksum(MemorySegment header, MemorySegment blocks) {
        var crc = new CRC32C();
        crc.update(header.asSlice(0, CHECKSUM).asByteBuffer());
        crc.update(blocks.asByteBuffer());
        return (int) crc.getValue();
    }

    static int checksum(MemorySegment block) {
        var crc = new CRC32C();
        crc.update(block.asByteBuffer());
        return (int) crc.getValue();
    }

    long offsetsAt() {
        return HEADER + Math.ceilDiv(tokens * tokenBytes, 8L) * 8;
    }

    long checksumsAt() {
        return offsetsAt() + (documents + 1) * 8;
    }

    long blocks() {
        return Math.ceilDiv(checksumsAt() - HEADER, (long) BLOCK);
    }

    long bytes() {
        return checksumsAt() + blocks() * 4;
    }
}
