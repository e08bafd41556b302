package dev.parley.generate;

import dev.parley.generate.AnswerTask.Row;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Finds out which tokens may come next in answers of a form, beside the engine's thread: a text whose form takes long waits for it
 * alone, and sits out passes of the model meanwhile.
 */
final class FormWork implements AutoCloseable {

    private static final int THREADS = 2;

    /** A pass waits so long for texts that have just begun to wait: most forms are ready by then, and sitting out costs a whole pass. */
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(4);

    private final Runnable wake;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, Thread.ofPlatform().daemon().name("parley-forms-", 0).factory());
    private Set<Row> late = Set.of(); // texts that sit out

    /** @param wake is run after each piece of work */
    FormWork(Runnable wake) {
        this.wake = wake;
    }

    private void execute(Runnable work) {
        threads.execute(() -> {
            work.run();
            wake.run();
        });
    }

    /** The texts that have to sit out the next pass. */
    Set<Row> unready(List<Row> running, Intake intake) {
        var unready = new HashSet<Row>();
        for (var row : running) {
            if (!row.isFormReady(this::execute)) unready.add(row);
        }
        var fresh = new ArrayList<>(unready);
        fresh.removeAll(late);
        for (var end = System.nanoTime() + MOMENT; !fresh.isEmpty() && System.nanoTime() < end; ) {
            intake.pause(1);
            fresh.removeIf(row -> row.isFormReady(this::execute));
            unready.removeIf(row -> row.isFormReady(this::execute));
        }
        late = unready;
        return unready;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
