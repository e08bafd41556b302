package dev.parley.data.shards;

import dev.parley.files.FileFault;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A mapped {@link ShardFile}, checked before anything is believed: its header and offsets at once, a block of tokens when the first of
 * them is read. It is unmapped when nobody has it any more.
 */
final class Shard {

    private final Path file;
    private final MemorySegment bytes;
    private final ShardFile shape;
    private final boolean[] checked; // by block; two threads may check one twice

    private Shard(Path file, MemorySegment bytes, ShardFile shape) {
        this.file = file;
        this.bytes = bytes;
        this.shape = shape;
        checked = new boolean[(int) shape.blocks()];
    }

    /** @throws IllegalArgumentException naming what is wrong with the file */
    static Shard open(Path file) {
        try (var channel = FileChannel.open(file)) {
            var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            var shard = new Shard(file, bytes, shape(file, bytes));
            shard.checkOffsets();
            return shard;
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + FileFault.reason(e) + ".", e);
        }
    }

    private static ShardFile shape(Path file, MemorySegment bytes) {
        if (bytes.byteSize() < ShardFile.HEADER
                || !Arrays.equals(bytes.asSlice(0, ShardFile.MAGIC.length).toArray(ValueLayout.JAVA_BYTE), ShardFile.MAGIC))
            throw fault(file, "it is no shard of tokens");
        var version = bytes.get(ShardFile.INT, 8);
        if (version != ShardFile.VERSION)
            throw fault(file, "its format is version " + version + ", this Parley reads " + ShardFile.VERSION);
        var shape = ShardFile.of(bytes);
        if (shape.tokenBytes() != 2 && shape.tokenBytes() != 4 || shape.vocabSize() < 1
                || shape.tokenBytes() == 2 && shape.vocabSize() > 1 << 16)
            throw fault(file, "its tokens have " + shape.tokenBytes() + " bytes for a vocabulary of " + shape.vocabSize());
        long size = bytes.byteSize(), tokens = shape.tokens(), documents = shape.documents();
        var canBe = tokens >= 0 && tokens <= size && documents >= 0 && documents <= size / 8;
        if (!canBe || shape.bytes() != size || shape.blocks() > Integer.MAX_VALUE - 8)
            throw fault(file, "it has " + size + " bytes, " + (canBe ? shape.bytes() : "another number") + " would be " + tokens
                    + " tokens of " + documents + " documents; it was cut or changed");
        var checksum = ShardFile.checksum(bytes, bytes.asSlice(shape.checksumsAt()));
        if (checksum != bytes.get(ShardFile.INT, ShardFile.CHECKSUM)) throw fault(file, "its header or its checksums were changed");
        return shape;
    }

    private void checkOffsets() {
        check(shape.offsetsAt(), shape.checksumsAt());
        long before = 0;
        for (long d = 0; d <= shape.documents(); d++) {
            var start = start(d);
            if (start < before || start > shape.tokens() || d == 0 && start != 0 || start - before > Integer.MAX_VALUE - 8)
                throw fault(file, "document " + d + " begins at token " + start + ", the one before it at " + before + " of "
                        + shape.tokens());
            before = start;
        }
        if (before != shape.tokens()) throw fault(file, "its documents end at token " + before + " of " + shape.tokens());
    }

    private static IllegalArgumentException fault(Path file, String what) {
        return new IllegalArgumentException(file + ": " + what + "; prepare the data again, or restore the file.");
    }

    ShardFile shape() {
        return shape;
    }

    int checksum() {
        return bytes.get(ShardFile.INT, ShardFile.CHECKSUM);
    }

    long start(long document) {
        return bytes.get(ShardFile.LONG, shape.offsetsAt() + document * 8);
    }

    void copy(long from, int count, int[] target, int at) {
        long begin = ShardFile.HEADER + from * shape.tokenBytes(), end = begin + (long) count * shape.tokenBytes();
        check(begin, end);
        if (shape.tokenBytes() == 4) {
            MemorySegment.copy(bytes, ShardFile.INT, begin, target, at, count);
        } else {
            for (int i = 0; i < count; i++) target[at + i] = bytes.get(ShardFile.SHORT, begin + 2L * i) & 0xffff;
        }
    }

    /** Checks the blocks of some bytes that nobody has read yet. */
    private void check(long begin, long end) {
        for (long block = (begin - ShardFile.HEADER) / ShardFile.BLOCK; ShardFile.HEADER + block * ShardFile.BLOCK < end; block++) {
            if (!checked[(int) block]) check(block);
            checked[(int) block] = true;
        }
    }

    private void check(long block) {
        var begin = ShardFile.HEADER + block * ShardFile.BLOCK;
        var end = Math.min(begin + ShardFile.BLOCK, shape.checksumsAt());
        if (ShardFile.checksum(bytes.asSlice(begin, end - begin)) != bytes.get(ShardFile.INT, shape.checksumsAt() + block * 4))
            throw fault(file, "the bytes from " + begin + " to " + (end - 1) + " are not those that were written");
        var tokensEnd = Math.min(end, ShardFile.HEADER + shape.tokens() * shape.tokenBytes());
        for (long at = begin; at < tokensEnd; at += shape.tokenBytes()) {
            var id = shape.tokenBytes() == 2 ? bytes.get(ShardFile.SHORT, at) & 0xffff : bytes.get(ShardFile.INT, at);
            if (id < 0 || id >= shape.vocabSize())
                throw fault(file, "its token " + (at - ShardFile.HEADER) / shape.tokenBytes() + " is " + id + ", not in the vocabulary of "
                        + shape.vocabSize());
        }
    }

    /** Of all that is in the file: of the checksums of its header and its blocks. */
    long fingerprint(long hash) {
        var mixed = Split.mix(hash ^ checksum());
        for (var at = shape.checksumsAt(); at < bytes.byteSize(); at += 4) mixed = Split.mix(mixed ^ bytes.get(ShardFile.INT, at)) + 1;
        return mixed;
    }
}
