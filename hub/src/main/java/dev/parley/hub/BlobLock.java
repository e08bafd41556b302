package dev.parley.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to fetch a blob: one thread of one process at a time has it. It ends with the process, so that a killed one
 * leaves nothing to clean up.
 *
 * <p>Java locks as POSIX's fcntl does; Python's filelock locks as flock does on Linux, which fcntl does not see. Should
 * both write one partial file at once, its hash tells, and it is fetched anew.
 */
final class BlobLock implements AutoCloseable {

    private static final long POLL_MILLIS = 50;
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet(); // within one process a file's lock does not exclude

    private final Path file;
    private final FileChannel channel;

    private BlobLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Waits until it is free. @param waiting run once if it is not free at once */
    static BlobLock take(Path file, Runnable waiting) throws IOException, InterruptedException {
        var told = false;
        while (true) {
            var lock = tryTake(file);
            if (lock.isPresent()) return lock.get();
            if (!told) waiting.run();
            told = true;
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Takes it if it is free. */
    static Optional<BlobLock> tryTake(Path file) throws IOException {
        var path = file.toAbsolutePath().normalize();
        if (!HELD_HERE.add(path)) return Optional.empty();
        var taken = false;
        try {
            Files.createDirectories(path.getParent());
            var channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                var lock = lock(channel);
                taken = lock.isPresent();
                return lock.map(held -> new BlobLock(path, channel));
            } finally {
                if (!taken) channel.close();
            }
        } finally {
            if (!taken) HELD_HERE.remove(path);
        }
    }

    private static Optional<FileLock> lock(FileChannel channel) throws IOException {
        return Optional.ofNullable(channel.tryLock());
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD_HERE.remove(file);
        }
    }
}
