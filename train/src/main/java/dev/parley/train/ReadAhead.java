package dev.parley.train;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongFunction;

/**
 * Reads what the next step needs while the present one computes. What a step has depends on its number alone, so that nothing changes by
 * it. One thread reads at a time.
 *
 * @param <T> what is read
 */
final class ReadAhead<T> implements AutoCloseable {

    private final LongFunction<T> reader;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("read-ahead").factory());
    private long next = -1;
    private CompletableFuture<T> reading;

    ReadAhead(LongFunction<T> reader) {
        this.reader = reader;
    }

    /** What a step needs; the one after it is read from now on. */
    T get(long number) {
        var present = number == next ? reading : read(number);
        try {
            var read = present.join();
            next = number + 1;
            reading = read(next);
            return read;
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            throw e;
        } catch (CancellationException e) {
            throw new IllegalStateException("Closed while step " + number + " was read.", e);
        }
    }

    private CompletableFuture<T> read(long number) {
        return CompletableFuture.supplyAsync(() -> reader.apply(number), thread);
    }

    /** What is being read is read to its end: its files may be closed next. */
    @Override
    public void close() {
        thread.close();
    }
}
