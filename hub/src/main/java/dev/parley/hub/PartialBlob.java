package dev.parley.hub;

import dev.parley.hub.HubException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/** The part of a blob that has come so far, in its file {@code <etag>.incomplete}, with its hash up to there. */
final class PartialBlob implements AutoCloseable {

    private final RemoteFile file;
    private final FileChannel channel;
    private final LongConsumer grown;
    private BlobHash hash;
    private long length;

    private PartialBlob(RemoteFile file, FileChannel channel, LongConsumer grown) {
        this.file = file;
        this.channel = channel;
        this.grown = grown;
        hash = BlobHash.of(file);
    }

    /** Opens what an earlier try left, or nothing. @param grown told the bytes that are there, and each change of them */
    static PartialBlob open(Path path, RemoteFile file, LongConsumer grown) throws IOException {
        var channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            var partial = new PartialBlob(file, channel, grown);
            partial.readWhatIsThere();
            return partial;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void readWhatIsThere() throws IOException {
        if (channel.size() > file.size()) channel.truncate(0);
        var buffer = ByteBuffer.allocate(1 << 16);
        while (channel.read(buffer.clear()) > 0) {
            hash.update(buffer.flip());
            length += buffer.limit();
        }
        grown.accept(length);
    }

    long length() {
        return length;
    }

    /** @throws HubException DAMAGED if more comes than the file has */
    void append(ByteBuffer bytes) throws IOException {
        var count = bytes.remaining();
        if (count > file.size() - length) throw new HubException(Reason.DAMAGED,
                file.name() + ": the server sends more than the " + file.size() + " bytes that it told.");
        hash.update(bytes);
        while (bytes.hasRemaining()) length += channel.write(bytes, length);
        grown.accept(count);
    }

    /** Begins anew. */
    void clear() throws IOException {
        channel.truncate(0).position(0);
        hash = BlobHash.of(file);
        grown.accept(-length);
        length = 0;
    }

    /** Whether all has come, and is what the hub's hash says; then it is also on the disk for good. */
    boolean isTheFile() throws IOException {
        if (length != file.size() || !hash.matches()) return false;
        channel.force(true);
        return true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
