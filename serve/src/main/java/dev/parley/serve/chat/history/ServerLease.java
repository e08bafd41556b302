package dev.parley.serve.chat.history;

import dev.parley.serve.store.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * A server's word that it is there and writes the answers that it has begun. Others that share the database leave these alone until
 * the word is {@link #LASTS} old. Where the database is a file all servers are on one machine, and each holds the lock of a file too,
 * which is free as soon as its process has ended, however it did.
 */
public final class ServerLease implements AutoCloseable {

    /** How old the word of a server may be. It is to be given anew much oftener. */
    public static final Duration LASTS = Duration.ofSeconds(20);

    private static final String PREFIX = "server-";
    private static final String SUFFIX = ".lock";

    private final Database database;
    private final String id = UUID.randomUUID().toString();
    private final Optional<FileChannel> lock;

    /**
     * Takes one.
     *
     * @throws UncheckedIOException if its file cannot be made
     */
    public ServerLease(Database database) {
        this.database = database;
        lock = database.folder().map(folder -> locked(file(folder, id)));
        renew();
    }

    private static Path file(Path folder, String id) {
        return folder.resolve(PREFIX + id + SUFFIX);
    }

    private static FileChannel locked(Path file) {
        try {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            channel.lock();
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be locked: " + e.getMessage() + ".", e);
        }
    }

    /** By which the answers that a server writes are known as its. */
    public String id() {
        return id;
    }

    /** Gives the word anew, and forgets servers that are gone. */
    public void renew() {
        database.run(t -> {
            t.update("insert into servers (id, expires) values (?, " + database.clock() + " + ?)"
                    + " on conflict (id) do update set expires = excluded.expires", id, LASTS.toMillis());
            t.update("delete from servers where expires < " + database.clock());
        });
        database.folder().ifPresent(this::forgetTheDead);
    }

    private void forgetTheDead(Path folder) {
        try (var files = Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
            for (var file : files) {
                var name = file.getFileName().toString();
                var other = name.substring(PREFIX.length(), name.length() - SUFFIX.length());
                if (other.equals(id) || isHeld(file)) continue;
                database.run(t -> t.update("delete from servers where id = ?", other));
                delete(file);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Their time runs out all the same.
        }
    }

    private static boolean isHeld(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE); var free = channel.tryLock()) {
            return free == null;
        } catch (OverlappingFileLockException e) {
            return true; // by this process
        } catch (IOException e) {
            return true; // as far as can be told; its time runs out all the same
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It is empty, and means nothing any more.
        }
    }

    /** This server writes nothing more. */
    @Override
    public void close() {
        try {
            database.run(t -> t.update("delete from servers where id = ?", id));
        } finally {
            lock.ifPresent(channel -> {
                try {
                    channel.close();
                } catch (IOException e) {
                    // It ends with the process.
                }
            });
            database.folder().ifPresent(folder -> delete(file(folder, id)));
        }
    }
}
