package dev.parley.hub;

import dev.parley.hub.HubException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** One revision of one model on its way into the cache: what is needed of it is described, fetched, and linked at the end. */
final class Pull {

    private static final int PARALLEL = 4;
    private static final long SPARE_BYTES = 64L << 20; // a disk should not be filled to its last byte

    private final HubModel model;
    private final String commit;
    private final HubCache.Folder folder;
    private final HubClient client;
    private final Retries retries;
    private final HubListener listener;
    private final List<RemoteFile> arrived = new ArrayList<>();
    private long downloaded;

    Pull(HubModel model, String commit, HubCache.Folder folder, HubClient client, Retries retries, HubListener listener) {
        this.model = model;
        this.commit = commit;
        this.folder = folder;
        this.client = client;
        this.retries = retries;
        this.listener = listener;
    }

    /** @return bytes that came over the network */
    long run(NeededFiles needed, List<String> listed) {
        var names = new ArrayList<>(needed.of(model, listed));
        names.stream().filter(name -> name.endsWith(".index.json")).findFirst().ifPresent(index -> names.addAll(shards(index, listed)));
        fetch(names, listener);
        link();
        return downloaded;
    }

    /** The index of sharded weights comes first, since it names the others. */
    private List<String> shards(String index, List<String> listed) {
        try {
            fetch(List.of(index), HubListener.SILENT); // its few bytes are no progress to tell
            var linked = folder.snapshot(commit).resolve(index);
            var content = Files.isRegularFile(linked) ? linked : folder.blob(arrived.getLast().etag());
            var shards = List.copyOf(NeededFiles.shards(content));
            for (var shard : shards) {
                if (!listed.contains(shard))
                    throw new HubException(Reason.DAMAGED, model + ": " + index + " names " + shard + ", which the model does not have.");
            }
            return shards;
        } catch (IOException e) {
            throw new HubException(Reason.DAMAGED,
                    model + ": " + index + " is no index of weights (" + e.getMessage().lines().findFirst().orElse("") + ").", e);
        }
    }

    private void fetch(List<String> names, HubListener progress) {
        var missing = names.stream().filter(name -> !isThere(name)).toList();
        var files = inParallel(missing.stream()
                .<Callable<RemoteFile>>map(
                        name -> () -> retries.of("Asking for " + name + " of " + model, () -> client.describe(model, commit, name)))
                .toList());
        var blobs = files.stream().map(file -> new Blob(model, commit, file, folder)).toList();
        requireRoom(blobs.stream().mapToLong(Blob::missing).sum());
        var coming = new ArrayList<Callable<Long>>();
        var fetched = new DownloadProgress(toCome(files, blobs), progress);
        for (var blob : blobs) {
            if (!blob.isThere()) coming.add(() -> blob.fetch(client, retries, listener, fetched::add));
        }
        for (var bytes : inParallel(coming)) downloaded += bytes;
        arrived.addAll(files);
    }

    private static long toCome(List<RemoteFile> files, List<Blob> blobs) {
        var total = 0L;
        for (int n = 0; n < files.size(); n++) total += blobs.get(n).isThere() ? 0 : files.get(n).size();
        return total;
    }

    private boolean isThere(String name) {
        return Files.isRegularFile(folder.snapshot(commit).resolve(name)) || arrived.stream().anyMatch(file -> file.name().equals(name));
    }

    private void requireRoom(long bytes) {
        if (bytes == 0) return;
        try {
            Files.createDirectories(folder.blobs());
            var free = Files.getFileStore(folder.blobs()).getUsableSpace();
            if (bytes > free - SPARE_BYTES) {
                throw new HubException(Reason.DISK,
                        model + " needs " + megabytes(bytes) + " more on the disk of " + folder.root().getParent() + ", which has "
                                + megabytes(free)
                                + " free; make room, or name another place in HF_HOME.");
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,d MB", bytes / 1_000_000);
    }

    /** Only now, when every content is whole, do the files get their names; config.json, without which nothing loads, comes last. */
    private void link() {
        try {
            for (var file : arrived) {
                if (!file.name().equals("config.json")) folder.link(commit, file);
            }
            for (var file : arrived) {
                if (file.name().equals("config.json")) folder.link(commit, file);
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private HubException unwritable(IOException e) {
        return new HubException(Reason.DISK, folder.root() + " cannot be written (" + e.getMessage() + "); name another place in HF_HOME.",
                e);
    }

    /** Results in the order of the tasks; the first that fails stops the others, which keep what they have. */
    static <T> List<T> inParallel(List<Callable<T>> tasks) {
        if (tasks.isEmpty()) return List.of();
        var pool = Executors.newFixedThreadPool(Math.min(PARALLEL, tasks.size()), Thread.ofPlatform().daemon().name("hub-", 0).factory());
        try {
            var ending = new ExecutorCompletionService<T>(pool);
            var futures = tasks.stream().map(ending::submit).toList();
            for (int n = 0; n < tasks.size(); n++) ending.take().get();
            return futures.stream().map(future -> future.resultNow()).toList();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException problem) throw problem;
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw Retries.interrupted();
        } finally {
            pool.shutdownNow();
            awaitEnd(pool);
        }
    }

    /** Until the last thread has let go of its lock. */
    private static void awaitEnd(ExecutorService pool) {
        var interrupted = Thread.interrupted();
        try {
            pool.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
