package dev.parley.cli;

import dev.parley.explain.Analysis;
import dev.parley.explain.AnalysisListener;
import java.util.Optional;

/** A bar for each analysis in turn, on a terminal; elsewhere there is nothing to watch. */
final class ExplainProgress implements AnalysisListener, AutoCloseable {

    private final Output output;
    private Optional<Analysis> present = Optional.empty();
    private Optional<Progress> bar = Optional.empty();

    ExplainProgress(Output output) {
        this.output = output;
    }

    @Override
    public void at(Analysis analysis, int done, int total) {
        if (!output.notesOnTerminal()) return;
        if (present.filter(analysis::equals).isEmpty()) {
            close();
            present = Optional.of(analysis);
            bar = Optional.of(Progress.of(analysis.label().replace('_', ' '), total, output));
        }
        bar.ifPresent(progress -> progress.at(done, ""));
    }

    @Override
    public void close() {
        bar.ifPresent(Progress::close);
        bar = Optional.empty();
    }
}
