package dev.parley.hub;

import dev.parley.files.DurableFile;
import dev.parley.hub.HubException.Reason;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * The content of one file of a model on its way into the cache: fetched by one thread of one process, resumed where an
 * earlier try ended, and given its name only when size and hash are right.
 */
final class Blob {

    private final HubModel model;
    private final String commit;
    private final RemoteFile file;
    private final HubCache.Folder folder;

    Blob(HubModel model, String commit, RemoteFile file, HubCache.Folder folder) {
        this.model = model;
        this.commit = commit;
        this.file = file;
        this.folder = folder;
    }

    private Path path() {
        return folder.blob(file.etag());
    }

    boolean isThere() {
        try {
            return Files.isRegularFile(path()) && Files.size(path()) == file.size();
        } catch (IOException e) {
            return false;
        }
    }

    /** Bytes that are still to come. */
    long missing() {
        try {
            return isThere() ? 0
                    : Math.max(0, file.size() - (Files.exists(folder.partial(file.etag())) ? Files.size(folder.partial(file.etag())) : 0));
        } catch (IOException e) {
            return file.size();
        }
    }

    /**
     * Makes sure that it is there.
     *
     * @param grown told how many bytes have come, or with a minus were thrown away
     * @return bytes that came over the network
     */
    long fetch(HubClient client, Retries retries, HubListener listener, LongConsumer grown) {
        try (var lock = BlobLock.take(folder.lock(file.etag()),
                () -> listener.note("Waiting for another program, which downloads " + file.name() + " of " + model + "."))) {
            if (isThere()) {
                grown.accept(file.size());
                return 0;
            }
            Files.createDirectories(path().getParent());
            return download(client, retries, grown);
        } catch (ClosedByInterruptException | InterruptedException e) {
            throw Retries.interrupted();
        } catch (IOException e) {
            throw disk(e);
        }
    }

    private long download(HubClient client, Retries retries, LongConsumer grown) throws IOException {
        var incomplete = folder.partial(file.etag());
        var received = new AtomicLong();
        var keep = true;
        try (var partial = PartialBlob.open(incomplete, file, grown)) {
            keep = false;
            // A wrong hash may be the fault of what an earlier try left: once it is fetched anew.
            for (int n = 0; !keep && n < 2; n++) {
                if (n > 0) partial.clear();
                keep = complete(client, retries, partial, received);
            }
            if (!keep) throw new HubException(Reason.DAMAGED,
                    model + ": what the server sends as " + file.name() + " has not the hash that it tells; try again later.");
        } catch (HubException e) {
            keep = e.reason() != Reason.DAMAGED;
            throw e;
        } catch (IOException e) {
            keep = true;
            throw e;
        } finally {
            if (!keep) Files.deleteIfExists(incomplete);
        }
        moveIntoPlace(incomplete);
        return received.get();
    }

    private void moveIntoPlace(Path incomplete) throws IOException {
        try {
            DurableFile.moveOver(incomplete, path());
        } catch (NoSuchFileException e) {
            if (!isThere()) throw e; // on a disk that does not keep locks another program may have moved it first
        }
        DurableFile.syncFolder(path().getParent());
    }

    private boolean complete(HubClient client, Retries retries, PartialBlob partial, AtomicLong received) throws IOException {
        retries.of(file.name() + " of " + model, received::get, () -> {
            if (partial.length() < file.size()) receive(client, partial, received);
            return true;
        });
        return partial.isTheFile();
    }

    private void receive(HubClient client, PartialBlob partial, AtomicLong received) throws RetryableException, InterruptedException {
        var part = client.open(model, commit, file, partial.length());
        try (var body = part.body()) {
            if (part.offset() != partial.length()) onDisk(partial::clear);
            while (true) {
                var bytes = body.next();
                if (!bytes.hasRemaining()) break;
                received.addAndGet(bytes.remaining());
                onDisk(() -> partial.append(bytes));
            }
        } catch (IOException e) {
            throw RetryableException.of(e);
        }
        if (partial.length() < file.size())
            throw new RetryableException("the connection ended " + (file.size() - partial.length()) + " bytes before the end");
    }

    @FunctionalInterface
    private interface DiskWork {
        void run() throws IOException;
    }

    /** Keeps faults of the disk, which no other try mends, apart from those of the network. */
    private void onDisk(DiskWork work) throws InterruptedException {
        try {
            work.run();
        } catch (ClosedByInterruptException e) {
            throw new InterruptedException();
        } catch (IOException e) {
            throw disk(e);
        }
    }

    private HubException disk(IOException e) {
        return new HubException(Reason.DISK, folder.root() + ": " + file.name() + " cannot be written (" + e.getMessage()
                + "); make room or name another place in HF_HOME.", e);
    }
}
