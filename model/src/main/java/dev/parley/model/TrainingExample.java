package dev.parley.model;

import java.util.List;

/**
 * What a model learns from at once: a row of tokens, or several that belong together, such as a better answer and a worse one.
 */
public interface TrainingExample {

    /** Its rows of tokens. */
    List<TrainingRow> rows();

    /** What it holds beside its rows that changes what is learned, as a number. */
    default int mark() {
        return 0;
    }

    /** Tokens of all its rows. */
    default int tokens() {
        return rows().stream().mapToInt(TrainingRow::length).sum();
    }
}
