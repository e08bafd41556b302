package dev.parley.generate;

import dev.parley.generate.AnswerTask.Row;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where callers of any thread hand work to an engine's thread, and where that waits for it. */
final class Intake {

    private final WaitingLine texts;
    private final ReadingLine readings;
    private Optional<String> refusal = Optional.empty(); // why nothing is taken any more
    private long closedAt;
    private Optional<Duration> patience = Optional.empty(); // how long what is here may take, once closed

    /** @param most requests that wait */
    Intake(int most) {
        texts = new WaitingLine(most);
        readings = new ReadingLine(most);
    }

    // ---- for callers ----

    /** @throws QueueFullException if too many wait */
    synchronized void add(AnswerTask task) {
        checkOpen();
        texts.add(task);
        notifyAll();
    }

    /** @throws QueueFullException if too many wait */
    synchronized void add(Reading<?> reading) {
        checkOpen();
        readings.add(reading);
        notifyAll();
    }

    private void checkOpen() {
        refusal.ifPresent(why -> {
            throw new IllegalStateException(why);
        });
    }

    synchronized boolean isOpen() {
        return refusal.isEmpty();
    }

    /** Has the thread look at its texts. */
    synchronized void wake() {
        notifyAll();
    }

    /** Takes nothing more. @param patience after which what is here is to end as it is */
    synchronized void close(String why, Optional<Duration> patience) {
        refusal = refusal.or(() -> Optional.of(why));
        closedAt = System.nanoTime();
        this.patience = patience;
        notifyAll();
    }

    // ---- for the engine's thread ----

    /** Waits for something to do. @return false if there is nothing, and nothing more can come */
    synchronized boolean awaitWork() {
        while (texts.isEmpty() && readings.isEmpty()) {
            if (refusal.isPresent()) return false;
            try {
                wait();
            } catch (InterruptedException e) {
                // Nobody has a reason to interrupt this thread; closing is how it ends.
            }
        }
        return true;
    }

    /** Waits until it is woken or something comes, for so long at most. */
    synchronized void pause(long milliseconds) {
        try {
            wait(milliseconds);
        } catch (InterruptedException e) {
            // As above.
        }
    }

    /** Whether it was closed, and the patience is at its end. */
    synchronized boolean isOverdue() {
        return patience.isPresent() && System.nanoTime() - closedAt >= patience.get().toNanos();
    }

    /** The text that takes the next place, if one can. */
    synchronized Optional<Row> next(List<Row> running) {
        return texts.next(running);
    }

    /** A text that had to leave its place is the next to have one. */
    synchronized void addFirst(Row row) {
        texts.addFirst(row);
    }

    /** Requests of which a text waits. */
    synchronized List<AnswerTask> tasks() {
        return texts.tasks();
    }

    /** Takes out all texts of a request. */
    synchronized void remove(AnswerTask task) {
        texts.remove(task);
    }

    synchronized Optional<Reading<?>> reading() {
        return readings.first();
    }

    synchronized List<Reading<?>> allReadings() {
        return readings.all();
    }

    synchronized void remove(Reading<?> reading) {
        readings.remove(reading);
    }

    /** Requests that have not begun, and texts that are only read. */
    synchronized int size() {
        return texts.size() + readings.size();
    }
}
