package dev.parley.hub;

/** Adds up what several downloads have fetched, and tells it now and then. */
final class DownloadProgress {

    private static final long INTERVAL_NANOS = 100_000_000;

    private final HubListener listener;
    private final long total;
    private long done;
    private long told;

    DownloadProgress(long total, HubListener listener) {
        this.total = total;
        this.listener = listener;
        told = System.nanoTime() - INTERVAL_NANOS;
    }

    synchronized void add(long bytes) {
        done += bytes;
        var now = System.nanoTime();
        if (done < total && now - told < INTERVAL_NANOS) return;
        told = now;
        listener.at(done, total);
    }
}
