package dev.parley.knowledge;

/** Is told how far a refresh is. */
@FunctionalInterface
public interface IndexProgress {

    /** Hears nothing. */
    IndexProgress NONE = (done, total, source) -> {};

    /**
     * A file is done.
     *
     * @param done files, of the total
     * @param source the file
     */
    void at(int done, int total, String source);
}
