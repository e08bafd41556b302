package dev.parley.cli.teach;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.cli.Output;
import dev.parley.cli.Progress;
import dev.parley.train.lesson.LessonProgress;
import dev.parley.train.lesson.LessonProgress.Phase;
import java.util.Locale;
import java.util.function.Consumer;

/** How far a lesson is: a bar for each part of it, or a line of JSON for each step, which a server reads. */
final class LessonProgressBars implements Consumer<LessonProgress>, AutoCloseable {

    private final Output output;
    private final boolean json;
    private Phase phase;
    private Progress bar; // null until something is told

    LessonProgressBars(Output output, boolean json) {
        this.output = output;
        this.json = json;
    }

    @Override
    public void accept(LessonProgress at) {
        if (json) {
            output.json(
                    JsonNodeFactory.instance.objectNode().put("phase", label(at.phase())).put("done", at.done()).put("total", at.total()));
            output.flush();
            return;
        }
        if (at.phase() != phase) {
            close();
            phase = at.phase();
            bar = Progress.of(label(phase), at.total(), output);
        }
        bar.at(at.done(), "");
    }

    private static String label(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        if (bar != null) bar.close();
        bar = null;
    }
}
