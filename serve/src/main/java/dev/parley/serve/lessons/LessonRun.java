package dev.parley.serve.lessons;

import dev.parley.serve.lessons.Lesson.Counts;
import dev.parley.serve.lessons.Lesson.Result;
import java.io.IOException;
import java.nio.file.Path;

/** A lesson that this process is making. What is neither finished nor failed when this is closed has failed. */
public final class LessonRun implements AutoCloseable {

    private static final String UNFINISHED = "It was stopped before it was finished.";

    private final Lessons lessons;
    private final int id;
    private final LessonLocks.Held lock;
    private boolean open = true;

    LessonRun(Lessons lessons, int id, LessonLocks.Held lock) {
        this.lessons = lessons;
        this.id = id;
        this.lock = lock;
    }

    /** Its number. */
    public int id() {
        return id;
    }

    /** Where its adapter is to be written. */
    public Path adapter() {
        return lessons.adapter(id);
    }

    /** Where the training of it may keep what it needs. */
    public Path training() {
        return lessons.training(id);
    }

    /** Keeps what it is made of. */
    public void count(Counts counts) {
        lessons.change(id, lesson -> lesson.of(counts));
    }

    /**
     * Its adapter is there, and how well it does.
     *
     * @throws LessonException if there is no adapter
     */
    public Lesson finish(Result result) {
        var made = lessons.made(id, result);
        open = false;
        return made;
    }

    /**
     * It cannot be made.
     *
     * @param why in a sentence
     */
    public Lesson fail(String why) {
        open = false;
        return lessons.fail(id, why);
    }

    @Override
    public void close() {
        try {
            if (open) fail(UNFINISHED);
        } finally {
            release();
        }
    }

    private void release() {
        try {
            lock.close();
        } catch (IOException e) {
            // It ends with the process.
        }
    }
}
