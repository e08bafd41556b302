package dev.parley.data.shards;

import dev.parley.files.PendingFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/** Writes one {@link ShardFile} from its first token to its last; only its documents' offsets are kept in memory. */
final class ShardFileWriter implements AutoCloseable {

    private final PendingFile file;
    private final TokenizerIdentity tokenizer;
    private final ByteBuffer block = ByteBuffer.allocateDirect(ShardFile.BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer checksums = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private byte[] table = new byte[0]; // the checksums before those in the buffer
    private long[] offsets = new long[1024];
    private int documents;
    private long tokens;

    ShardFileWriter(Path nearby, TokenizerIdentity tokenizer) throws IOException {
        this.tokenizer = tokenizer;
        file = PendingFile.beside(nearby);
        file.channel().position(ShardFile.HEADER);
    }

    long tokens() {
        return tokens;
    }

    int documents() {
        return documents;
    }

    void add(int[] ids) throws IOException {
        for (var id : ids) {
            if (block.remaining() < tokenizer.tokenBytes()) writeBlock();
            if (tokenizer.tokenBytes() == 2) block.putShort((short) id);
            else block.putInt(id);
        }
        tokens += ids.length;
        documents++;
        if (documents == offsets.length) offsets = Arrays.copyOf(offsets, offsets.length * 2);
        offsets[documents] = tokens;
    }

    private void writeBlock() throws IOException {
        block.flip();
        if (checksums.remaining() < 4) flushChecksums();
        checksums.putInt(ShardFile.checksum(MemorySegment.ofBuffer(block)));
        writeAll(file.channel(), block);
        block.clear();
    }

    private void flushChecksums() {
        var before = table.length;
        table = Arrays.copyOf(table, before + checksums.position());
        System.arraycopy(checksums.array(), 0, table, before, checksums.position());
        checksums.clear();
    }

    /** Writes what comes after the tokens, then the header; the file has no name yet. @return the header's checksum */
    int finish() throws IOException {
        while (block.position() % 8 != 0) block.put((byte) 0); // a block is a multiple of 8 bytes
        for (int i = 0; i <= documents; i++) {
            if (!block.hasRemaining()) writeBlock();
            block.putLong(offsets[i]);
        }
        writeBlock();
        flushChecksums();
        writeAll(file.channel(), ByteBuffer.wrap(table));
        var shape = new ShardFile(tokenizer.tokenBytes(), tokens, documents, tokenizer.vocabSize(), tokenizer.sha256());
        var header = shape.header();
        var checksum = ShardFile.checksum(header, MemorySegment.ofArray(table));
        header.set(ShardFile.INT, ShardFile.CHECKSUM, checksum);
        file.channel().position(0);
        writeAll(file.channel(), header.asByteBuffer());
        file.sync();
        return checksum;
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) channel.write(bytes);
    }

    void moveTo(Path target) throws IOException {
        file.moveTo(target);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
