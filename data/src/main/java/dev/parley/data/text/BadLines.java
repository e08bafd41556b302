package dev.parley.data.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Places in files that cannot be read. Without leave to pass over them the first is an error; with it they are counted, and some are
 * remembered.
 */
public final class BadLines {

    private static final int SAMPLES = 20;

    private final boolean skip;
    private final List<String> samples = new ArrayList<>();
    private long count;

    /**
     * Counts none yet.
     *
     * @param skip whether bad lines are counted rather than an error
     */
    public BadLines(boolean skip) {
        this.skip = skip;
    }

    void add(Path file, long line, String fault) {
        add(file + ", line " + line + ": " + fault + ".");
    }

    /**
     * Counts one.
     *
     * @param sentence that names file, line and fault
     * @throws IllegalArgumentException unless bad lines are passed over
     */
    public synchronized void add(String sentence) {
        if (!skip) throw new IllegalArgumentException(sentence);
        count++;
        if (samples.size() < SAMPLES) samples.add(sentence);
    }

    /** How many there were so far. */
    public synchronized long count() {
        return count;
    }

    /** The first of them, each a sentence that names file, line and fault. */
    public synchronized List<String> samples() {
        return List.copyOf(samples);
    }
}
