package dev.parley.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A {@linkplain DurableFile durable file} that takes long to write, or whose name is known at its end only: it lies beside its place
 * until it is moved there, and is deleted if it never is.
 *
 * <pre>{@code
 * try (var file = PendingFile.beside(target)) {
 *     file.channel().write(bytes);
 *     file.moveTo(target);
 * }
 * }</pre>
 */
public final class PendingFile implements AutoCloseable {

    private static final String SUFFIX = ".part";

    private final Path beside;
    private final FileChannel channel;

    private PendingFile(Path beside, FileChannel channel) {
        this.beside = beside;
        this.channel = channel;
    }

    /**
     * Begins a file; folders above it are made.
     *
     * @param target whose name is part of the temporary one; {@link #moveTo} may give it another in the same folder
     */
    public static PendingFile beside(Path target) throws IOException {
        var folder = target.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        var beside = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + SUFFIX);
        return new PendingFile(beside,
                FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /** Where the content goes, at first at position 0. */
    public FileChannel channel() {
        return channel;
    }

    /** Writes all of it to the disk and closes the channel; what is left to do is the move. */
    public void sync() throws IOException {
        if (!channel.isOpen()) return;
        channel.force(true);
        channel.close();
    }

    /** Syncs it and gives it its name, over a file of that name. */
    public void moveTo(Path target) throws IOException {
        sync();
        DurableFile.moveOver(beside, target);
        DurableFile.syncFolder(target.toAbsolutePath().getParent());
    }

    /** Deletes it if it was not moved. */
    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(beside);
    }
}
