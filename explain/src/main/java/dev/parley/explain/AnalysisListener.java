package dev.parley.explain;

/** Hears how far an analysis is. What it throws ends the explanation. */
@FunctionalInterface
public interface AnalysisListener {

    /** Says nothing. */
    AnalysisListener SILENT = (analysis, done, total) -> {};

    /** So much of an analysis is done. */
    void at(Analysis analysis, int done, int total);

    /** So many of the orders in which tokens are taken away are read, by which attributions are checked. */
    default void checking(int done, int total) {}
}
