package dev.parley.cli;

import dev.parley.explain.Analysis;
import dev.parley.explain.AnalysisListener;
import java.util.Optional;

/** A bar for each analysis in turn, on a terminal; elsewhere there is nothing to watch. */
final class ExplainProgress implements AnalysisListener, AutoCloseable {

    private final Output output;
    private Optional<String> present = Optional.empty();
    private Optional<Progress> bar = Optional.empty();

    ExplainProgress(Output output) {
        this.output = output;
    }

    @Override
    public void at(Analysis analysis, int done, int total) {
        show(analysis.label().replace('_', ' '), done, total);
    }

    @Override
    public void checking(int done, int total) {
        show("check", done, total);
    }

    private void show(String stage, int done, int total) {
        if (!output.notesOnTerminal()) return;
        if (present.filter(stage::equals).isEmpty()) {
            close();
            present = Optional.of(stage);
            bar = Optional.of(Progress.of(stage, total, output));
        }
        bar.ifPresent(progress -> progress.at(done, ""));
    }

    @Override
    public void close() {
        bar.ifPresent(Progress::close);
        bar = Optional.empty();
    }
}
