package dev.parley.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Files that are whole or absent: written beside their place, synced to the disk, then renamed over it.
 * A process killed at any moment leaves the old file or the new one, never half of one.
 */
public final class DurableFile {

    private DurableFile() {}

    /** What fills the file; it gets a channel open for writing at position 0. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes the whole content.
         *
         * @param channel of the temporary file, at its beginning
         * @throws IOException if writing fails; the target then stays as it was
         */
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes a file whole or not at all; folders above it are made.
     *
     * @throws IOException if the content cannot be written; the old file, if any, is then as it was
     */
    public static void write(Path target, Content content) throws IOException {
        try (var file = PendingFile.beside(target)) {
            content.writeTo(file.channel());
            file.moveTo(target);
        }
    }

    /**
     * Writes bytes, as {@link #write(Path, Content)}.
     *
     * @param target file to make or to replace; folders that are missing above it are made
     * @param bytes all of its content
     * @throws IOException if writing fails; the target then stays as it was
     */
    public static void write(Path target, byte[] bytes) throws IOException {
        write(target, channel -> {
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) channel.write(buffer);
        });
    }

    /**
     * Writes text in UTF-8, as {@link #write(Path, Content)}.
     *
     * @param target file to make or to replace; folders that are missing above it are made
     * @param text all of its content
     * @throws IOException if writing fails; the target then stays as it was
     */
    public static void write(Path target, String text) throws IOException {
        write(target, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Renames a file or a folder in one step, replacing a file of that name.
     *
     * @param from what is renamed
     * @param to its new name, on the same file system where the step is to be atomic
     * @throws IOException if it cannot be renamed
     */
    public static void moveOver(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * Makes a rename survive a power cut; Windows has no such call on a folder, and needs none.
     *
     * @param folder in which something was renamed
     * @throws IOException if the folder cannot be opened or synchronised
     */
    public static void syncFolder(Path folder) throws IOException {
        if (System.getProperty("os.name").startsWith("Windows")) return;
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
