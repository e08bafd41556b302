package dev.parley.explain;

/** Hears how far an analysis is. What it throws ends the explanation. */
@FunctionalInterface
public interface AnalysisListener {

    /** Says nothing. */
    AnalysisListener SILENT = (analysis, done, total) -> {};

    /** So much of an analysis is done. */
    void at(Analysis analysis, int done, int total);
}
