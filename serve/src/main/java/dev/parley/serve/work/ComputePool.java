package dev.parley.serve.work;

import dev.parley.serve.http.ApiError;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Threads that compute for requests: templates and tokens, grammars, moderation. A request's own thread is a virtual
 * one, of which as many run at once as there are processors, and none lets another go on while it computes; these are threads of the
 * operating system, which shares the processors out. So health, logins and streams go on, whatever is computed here.
 *
 * <p>An owner has at most half of the threads, and who has the fewest is served next. Work whose client leaves, or that takes too
 * long, is interrupted; work that does not heed this keeps its thread, but nobody waits for it.
 */
public final class ComputePool {

    private static final int LEAST = 4;
    private static final long LOOK_MILLIS = 250;
    private static final ComputePool SHARED = new ComputePool(Math.max(LEAST, Runtime.getRuntime().availableProcessors()), 256,
            Duration.ofSeconds(60));

    private final int threads;
    private final int mostWaiting;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, ArrayDeque<Work<?>>> waiting = new LinkedHashMap<>(); // who was served longest ago comes first
    private final Map<String, Integer> running = new HashMap<>(); // by owner
    private int started;
    private int idle;
    private int size; // of all that waits

    private static final class Work<T> {

        private final String owner;
        private final Supplier<T> what;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private Optional<Thread> by = Optional.empty(); // while it runs

        Work(String owner, Supplier<T> what) {
            this.owner = owner;
            this.what = what;
        }

        void run() {
            try {
                result.complete(what.get());
            } catch (Throwable e) { // an Error too belongs to who asked, and not to the thread
                result.completeExceptionally(e);
            }
        }
    }

    /**
     * Threads for one kind of work.
     *
     * @param threads in all
     * @param mostWaiting works that wait for a thread
     * @param patience how long a work may wait and take
     */
    public ComputePool(int threads, int mostWaiting, Duration patience) {
        this.threads = threads;
        this.mostWaiting = mostWaiting;
        this.patience = patience;
    }

    /** Those of this process, as many as it has processors. */
    public static ComputePool shared() {
        return SHARED;
    }

    /**
     * Has something computed, and waits for it.
     *
     * @param owner who asks
     * @param look is called now and then by the thread that waits; what it throws ends the work, as where a client has left
     * @throws ApiError 429 if too much waits, 503 if it takes too long
     */
    public <T> T run(String owner, Runnable look, Supplier<T> what) {
        var work = new Work<>(owner, what);
        add(work);
        try {
            return await(work, look);
        } finally {
            giveUp(work);
        }
    }

    private <T> T await(Work<T> work, Runnable look) {
        var deadline = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                try {
                    return work.result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    look.run();
                    if (System.nanoTime() > deadline)
                        throw ApiError.of(503, "too_long", "This request took longer than " + patience.toSeconds()
                                + " s: it is too large, or the server is too busy.");
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) throw error;
            throw e.getCause() instanceof RuntimeException fault ? fault : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.of(503, "stopping", "The server is shutting down.");
        }
    }

    private void add(Work<?> work) {
        lock.lock();
        try {
            var own = waiting.getOrDefault(work.owner, new ArrayDeque<>());
            if (size >= mostWaiting && own.size() >= mostWaiting / Math.max(1, waiting.size())) {
                throw ApiError.of(429, "queue_full", size + " requests are already waiting to be prepared; try again in a moment.");
            }
            own.add(work);
            waiting.put(work.owner, own);
            size++;
            if (size > idle && started < threads) Thread.ofPlatform().daemon().name("parley-work-" + ++started).start(this::serve);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** It is over, or nobody wants it any more. */
    private void giveUp(Work<?> work) {
        lock.lock();
        try {
            work.by.ifPresent(Thread::interrupt);
            var own = waiting.get(work.owner);
            if (own == null || !own.remove(work)) return;
            size--;
            if (own.isEmpty()) waiting.remove(work.owner);
        } finally {
            lock.unlock();
        }
    }

    /** Works of an owner that wait for a thread. */
    int waiting(String owner) {
        lock.lock();
        try {
            return waiting.getOrDefault(owner, new ArrayDeque<>()).size();
        } finally {
            lock.unlock();
        }
    }

    private void serve() {
        while (true) {
            var work = next();
            work.run();
            ended(work);
        }
    }

    private Work<?> next() {
        lock.lock();
        try {
            while (true) {
                var work = take();
                if (work.isPresent()) {
                    work.get().by = Optional.of(Thread.currentThread());
                    running.merge(work.get().owner, 1, Integer::sum);
                    return work.get();
                }
                idle++;
                changed.awaitUninterruptibly();
                idle--;
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<Work<?>> take() {
        var owner = waiting.keySet().stream().filter(o -> running.getOrDefault(o, 0) < Math.max(1, threads / 2))
                .min(Comparator.comparingInt(o -> running.getOrDefault(o, 0)));
        if (owner.isEmpty()) return Optional.empty();
        var own = waiting.remove(owner.get());
        var work = own.remove();
        size--;
        if (!own.isEmpty()) waiting.put(owner.get(), own); // behind the others
        return Optional.of(work);
    }

    private void ended(Work<?> work) {
        lock.lock();
        try {
            work.by = Optional.empty();
            Thread.interrupted(); // meant the work that is over
            running.computeIfPresent(work.owner, (owner, count) -> count == 1 ? null : count - 1);
            changed.signal(); // this owner may have a thread more
        } finally {
            lock.unlock();
        }
    }
}
