package dev.parley.serve.chat.documents;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The conversations whose files are to be read, each by one thread at a time. An owner has one thread at most, and who waits is served
 * in the order of coming, so that somebody's hostile files hold up nobody else's.
 */
final class ReadingQueue implements AutoCloseable {

    private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors() / 2);

    private final Consumer<String> reading;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS,
            Thread.ofPlatform().daemon().name("parley-reading-", 0).factory());
    private final Map<String, CompletableFuture<Void>> waiting = new HashMap<>(); // conversations that have not begun
    private final Map<String, CompletableFuture<Void>> lastOf = new HashMap<>(); // conversations
    private final Map<String, CompletableFuture<Void>> lastOfOwner = new HashMap<>();
    private boolean closed;

    /** @param reading reads a conversation's files; must not throw */
    ReadingQueue(Consumer<String> reading) {
        this.reading = reading;
    }

    /** Has a conversation's files read, once more if they are being read now. */
    synchronized void add(String owner, String conversation) {
        if (closed || waiting.containsKey(conversation)) return;
        var before = lastOfOwner.getOrDefault(owner, CompletableFuture.completedFuture(null));
        var done = before.thenRunAsync(() -> read(conversation), threads);
        waiting.put(conversation, done);
        lastOf.put(conversation, done);
        lastOfOwner.put(owner, done);
        var _ = done.whenComplete((nothing, failure) -> forget(owner, conversation, done));
    }

    private void read(String conversation) {
        synchronized (this) {
            waiting.remove(conversation);
        }
        reading.accept(conversation);
    }

    private synchronized void forget(String owner, String conversation, CompletableFuture<Void> done) {
        lastOf.remove(conversation, done);
        lastOfOwner.remove(owner, done);
    }

    /** Waits until a conversation's files have been read, but no longer than that. */
    void await(String conversation, Duration patience) throws InterruptedException {
        CompletableFuture<Void> last;
        synchronized (this) {
            last = lastOf.getOrDefault(conversation, CompletableFuture.completedFuture(null));
        }
        try {
            last.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // what is there has to do
        }
    }

    synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        threads.shutdownNow(); // a reader's program is ended with its thread
    }
}
