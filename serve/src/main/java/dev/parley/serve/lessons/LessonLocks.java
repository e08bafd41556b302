package dev.parley.serve.lessons;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Locks on files, which hold against other processes and end with the one that has them, however that ends. The system's locks are a
 * process's, and go when it closes any channel of the file; so this process keeps account of its own first.
 */
final class LessonLocks {

    private static final ReentrantLock OURS = new ReentrantLock();
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private LessonLocks() {}

    /** What is done under a lock. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /** Does something while no other process, and no other thread here, does so under the same lock. */
    static <T> T locked(Path file, Work<T> work) throws IOException {
        OURS.lock();
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            return work.run();
        } finally {
            OURS.unlock();
        }
    }

    /** A lock that is held until it is closed, or its process ends. */
    static final class Held implements AutoCloseable {

        private final Path file;
        private final FileChannel channel;

        private Held(Path file, FileChannel channel) {
            this.file = file;
            this.channel = channel;
        }

        @Override
        public void close() throws IOException {
            OURS.lock();
            try {
                channel.close();
                HELD.remove(file);
                Files.deleteIfExists(file);
            } finally {
                OURS.unlock();
            }
        }
    }

    /** Takes a lock; empty where somebody has it. */
    static Optional<Held> take(Path file) throws IOException {
        var path = file.toAbsolutePath().normalize();
        OURS.lock();
        try {
            if (HELD.contains(path)) return Optional.empty();
            var channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                return Optional.empty();
            }
            HELD.add(path);
            return Optional.of(new Held(path, channel));
        } finally {
            OURS.unlock();
        }
    }

    /** Whether somebody has a lock, here or in another process. */
    static boolean isHeld(Path file) throws IOException {
        var path = file.toAbsolutePath().normalize();
        OURS.lock();
        try {
            if (HELD.contains(path)) return true;
            try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                return channel.tryLock() == null;
            } catch (NoSuchFileException e) {
                return false;
            }
        } finally {
            OURS.unlock();
        }
    }
}
