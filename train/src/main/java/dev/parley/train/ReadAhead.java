package dev.parley.train;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The rows of a step, read by a thread of their own before they are asked for. */
final class ReadAhead<E> {

    private final long step;
    private final FutureTask<List<List<E>>> reading;

    /** Begins to read. */
    ReadAhead(long step, Callable<List<List<E>>> read) {
        this.step = step;
        reading = new FutureTask<>(read);
        Thread.ofVirtual().name("reads the rows of step " + step).start(reading);
    }

    /** The rows if they are of this step; waits for the thread in any case, so that nobody reads beside it. */
    Optional<List<List<E>>> rows(long wanted) {
        try {
            var rows = reading.get();
            return step == wanted ? Optional.of(rows) : Optional.empty();
        } catch (ExecutionException e) {
            if (step != wanted) return Optional.empty();
            if (e.getCause() instanceof RuntimeException fault) throw fault;
            throw new IllegalStateException("The rows of step " + step + " cannot be read.", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrainingException("The run was interrupted while it waited for the rows of step " + step + ".");
        }
    }
}
