package dev.parley.serve.chat.documents;

import dev.parley.files.FolderTree;
import dev.parley.serve.http.ApiError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Attached files on the disk: for each conversation a folder by its identifier, with the files by theirs and their index. No name here
 * was chosen by a stranger.
 */
final class AttachedFiles {

    private static final String INCOMING = "incoming";
    private static final String INDEX = "index";
    private static final Duration ABANDONED = Duration.ofDays(1);
    private static final String ID = "[0-9a-f-]{36}";

    private final Path folder;

    AttachedFiles(Path folder) {
        this.folder = folder;
    }

    /** A file that has come, and goes again if it is not moved to its place. */
    record Taken(AttachedFiles files, Path file, long bytes) implements AutoCloseable {

        void moveTo(String conversation, String name) throws IOException {
            var place = files.place(conversation, name);
            Files.createDirectories(place.getParent());
            Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(file);
        }
    }

    /**
     * Takes what comes.
     *
     * @throws ApiError if it breaks off
     * @throws IOException if it cannot be kept
     */
    Taken take(InputStream body) throws IOException {
        makePrivate();
        var file = folder.resolve(INCOMING).resolve(UUID.randomUUID().toString());
        try (var out = Files.newOutputStream(file)) {
            var buffer = new byte[1 << 16];
            var bytes = 0L;
            for (int n; (n = read(body, buffer)) >= 0; bytes += n) out.write(buffer, 0, n);
            return new Taken(this, file, bytes);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private static int read(InputStream body, byte[] buffer) {
        try {
            return body.read(buffer);
        } catch (IOException e) {
            throw ApiError.badRequest("", "The file did not come whole.");
        }
    }

    /** A server's folder may lie where others read. */
    private void makePrivate() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix"))
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        Files.createDirectories(folder.resolve(INCOMING));
    }

    private Path of(String conversation) {
        if (!conversation.matches(ID)) throw new IllegalArgumentException("No conversation has the identifier " + conversation + ".");
        return folder.resolve(conversation);
    }

    Path place(String conversation, String file) {
        return of(conversation).resolve(file);
    }

    Path index(String conversation) {
        return of(conversation).resolve(INDEX);
    }

    boolean has(String conversation) {
        return Files.isDirectory(of(conversation));
    }

    void remove(String conversation) throws IOException {
        if (has(conversation)) FolderTree.delete(of(conversation));
    }

    /**
     * Removes what belongs to nobody.
     *
     * @param known gives those of some conversations that are there
     */
    void sweep(Function<List<String>, Set<String>> known) throws IOException {
        if (!Files.isDirectory(folder)) return;
        List<String> all;
        try (var list = Files.list(folder)) {
            all = list.map(path -> path.getFileName().toString()).filter(name -> name.matches(ID)).toList();
        }
        var there = known.apply(all);
        for (var one : all) {
            if (!there.contains(one)) remove(one);
        }
        if (!Files.isDirectory(folder.resolve(INCOMING))) return;
        try (var list = Files.list(folder.resolve(INCOMING))) {
            for (var file : (Iterable<Path>) list::iterator) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(Instant.now().minus(ABANDONED))) Files.deleteIfExists(file);
            }
        }
    }
}
