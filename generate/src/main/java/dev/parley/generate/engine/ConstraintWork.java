package dev.parley.generate.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Finds out which tokens may come next in structured output, beside the engine's thread: a sequence whose grammar takes long waits
 * for it alone, and sits out passes of the model meanwhile.
 */
final class ConstraintWork implements AutoCloseable {

    private static final int THREADS = 2;

    /** A pass waits so long for sequences that have just begun to wait: most are ready by then, and sitting out costs a whole pass. */
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(4);

    private final Runnable wake;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS,
            Thread.ofPlatform().daemon().name("parley-grammar-", 0).factory());
    private Set<Sequence> late = Set.of(); // texts that sit out

    /** @param wake is run after each piece of work */
    ConstraintWork(Runnable wake) {
        this.wake = wake;
    }

    private void execute(Runnable work) {
        threads.execute(() -> {
            work.run();
            wake.run();
        });
    }

    /** The sequences that have to sit out the next pass. */
    Set<Sequence> unready(List<Sequence> running, RequestQueue queue) {
        var unready = new HashSet<Sequence>();
        for (var sequence : running) {
            if (!sequence.isReady(this::execute)) unready.add(sequence);
        }
        var fresh = new ArrayList<>(unready);
        fresh.removeAll(late);
        for (var end = System.nanoTime() + MOMENT; !fresh.isEmpty() && System.nanoTime() < end;) {
            queue.pause(1);
            fresh.removeIf(sequence -> sequence.isReady(this::execute));
            unready.removeIf(sequence -> sequence.isReady(this::execute));
        }
        late = unready;
        return unready;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
