package dev.parley.serve.chat.explaining;

import dev.parley.explain.Analysis;
import dev.parley.explain.AnalysisListener;
import java.util.Optional;

/** What the thread that explains has told last, for the one that waits. The explanation ends where nobody wants it any more. */
final class LastProgress implements AnalysisListener {

    private final RunningWork work;
    private volatile Optional<ExplanationProgress> last = Optional.empty();

    LastProgress(RunningWork work) {
        this.work = work;
    }

    /** Empty as long as it has not begun, or there is nothing to tell. */
    Optional<ExplanationProgress> last() {
        return last;
    }

    @Override
    public void at(Analysis analysis, int done, int total) {
        tell(new ExplanationProgress(analysis.label(), done, total));
    }

    @Override
    public void checking(int done, int total) {
        tell(new ExplanationProgress("check", done, total));
    }

    private void tell(ExplanationProgress progress) {
        work.requireWanted();
        last = Optional.of(progress);
    }
}
