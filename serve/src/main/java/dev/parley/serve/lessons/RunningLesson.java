package dev.parley.serve.lessons;

import dev.parley.serve.http.ApiError;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The lesson that a server has made now, if any: it has one made at a time. */
public final class RunningLesson {

    private static final String CANCELLED = "It was cancelled.";
    private static final String ENDED = "Its process ended before it was finished.";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Lessons lessons;
    private final LessonMaker maker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Optional<Work> work = Optional.empty();
    private Optional<Fault> fault = Optional.empty();
    private boolean closed;

    /**
     * How far it is.
     *
     * @param model its name as it is served
     * @param audience of the lesson
     * @param phase a name of what is being done; empty before the first
     */
    public record Progress(String model, String audience, String phase, long done, long total) {}

    /** Why the last one could not be made, for those whom it was for. */
    public record Fault(String model, String audience, String sentence) {}

    /** One that is being made; under the lock. */
    private static final class Work {

        private Progress progress;
        private Optional<LessonMaker.Making> making = Optional.empty();
        private boolean cancelled;

        private Work(Progress progress) {
            this.progress = progress;
        }
    }

    /** Of a server with these lessons; those that nobody makes any more have failed. */
    public RunningLesson(Lessons lessons, LessonMaker maker) {
        this.lessons = lessons;
        this.maker = maker;
        lessons.failLeft(ENDED);
    }

    /**
     * Begins one.
     *
     * @param audience of the lesson
     * @throws ApiError 409 if one is being made already, 503 if it cannot be begun
     */
    public void begin(LessonMaker.Order order, String audience) {
        var mine = new Work(new Progress(order.model(), audience, "", 0, 0));
        claim(mine);
        try {
            var making = maker.make(order, new Watch(mine));
            if (keep(mine, making)) making.cancel();
        } catch (IOException | RuntimeException e) {
            end(mine, Optional.of("It could not be begun."));
            throw ApiError.of(503, "lesson_failed", "The lesson could not be begun: " + e.getMessage());
        }
    }

    private void claim(Work mine) {
        lock.lock();
        try {
            if (closed) throw ApiError.of(503, "stopping", "The server is shutting down.");
            if (work.isPresent())
                throw ApiError.of(409, "teaching", "Another lesson is being made; wait until it is there, or cancel it.");
            work = Optional.of(mine);
            fault = Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** @return whether it was cancelled before it could be */
    private boolean keep(Work mine, LessonMaker.Making making) {
        lock.lock();
        try {
            mine.making = Optional.of(making);
            return mine.cancelled;
        } finally {
            lock.unlock();
        }
    }

    private final class Watch implements LessonMaker.Watch {

        private final Work of;

        private Watch(Work of) {
            this.of = of;
        }

        @Override
        public void at(String phase, long done, long total) {
            lock.lock();
            try {
                of.progress = new Progress(of.progress.model(), of.progress.audience(), phase, done, total);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void ended(Optional<String> fault) {
            end(of, fault);
        }
    }

    private void end(Work ended, Optional<String> why) {
        lock.lock();
        try {
            if (work.filter(w -> w == ended).isEmpty()) return;
            var told = ended.cancelled ? Optional.of(CANCELLED) : why;
            var left = lessons.failLeft(told.orElse(ENDED));
            if (left.isEmpty()) fault = told.filter(_ -> !ended.cancelled)
                    .map(sentence -> new Fault(ended.progress.model(), ended.progress.audience(), sentence));
            work = Optional.empty();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How far the one is that is being made; empty where none is. */
    public Optional<Progress> progress() {
        lock.lock();
        try {
            return work.map(w -> w.progress);
        } finally {
            lock.unlock();
        }
    }

    /** Why the last one has not even a folder, if so. */
    public Optional<Fault> fault() {
        lock.lock();
        try {
            return fault;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the one that is being made, if there is one. */
    public void cancel() {
        lock.lock();
        Optional<LessonMaker.Making> making;
        try {
            work.ifPresent(w -> w.cancelled = true);
            making = work.flatMap(w -> w.making);
        } finally {
            lock.unlock();
        }
        making.ifPresent(LessonMaker.Making::cancel);
    }

    /** Has none made any more, and waits a moment for the one that is to end. */
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        cancel();
        awaitEnd();
    }

    private void awaitEnd() {
        lock.lock();
        try {
            for (var left = PATIENCE.toNanos(); work.isPresent() && left > 0;) left = changed.awaitNanos(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
