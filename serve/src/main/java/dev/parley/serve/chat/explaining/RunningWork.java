package dev.parley.serve.chat.explaining;

import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientGone;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The explanations that run, which must have ended before their models are freed. */
final class RunningWork {

    private static final int MOST = 1_000; // more than there are threads
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Semaphore running = new Semaphore(MOST);
    private volatile boolean finished;

    <T> T during(Supplier<T> what) {
        running.acquireUninterruptibly();
        try {
            requireWanted();
            return what.get();
        } finally {
            running.release();
        }
    }

    /** To be asked now and then by the thread that explains: it is interrupted when its client has left. */
    void requireWanted() {
        if (finished) throw ApiError.of(503, "stopping", "The server is shutting down.");
        if (Thread.currentThread().isInterrupted()) throw new ClientGone();
    }

    /** Ends what runs, and waits for it. */
    void finish() {
        finished = true;
        try {
            if (running.tryAcquire(MOST, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) running.release(MOST);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
