package dev.parley.cli.teach;

import dev.parley.cli.DataOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.serve.lessons.LessonFaults;
import dev.parley.serve.lessons.Lessons;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code teach adopt}. */
@Command(name = "adopt",
        description = "Puts a lesson in use: a server on this data answers with it from the next answer on. It takes the place of the one "
                + "that is in use for the same model and people.",
        footer = {"", "Example:", "  ./parley teach adopt 1 --data my-data"})
final class AdoptCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "ID", description = "The lesson's number.")
    private int id;

    @Mixin
    private DataOptions data;

    @Option(names = "--force", description = "Even if the model is worse with it in something.")
    private boolean force;

    AdoptCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        var lessons = Lessons.in(data.folder());
        var faults = LessonFaults.of(lessons.require(id));
        faults.forEach(fault -> output.note("! " + fault));
        if (!faults.isEmpty() && !force) {
            output.note("parley: Lesson " + id + " is not put in use, since it is worse in something; --force does so all the same.");
            return Parley.FAILED;
        }
        var lesson = lessons.adopt(id);
        output.line("Lesson " + id + " is in use: " + lesson.model() + " answers with it, " + LessonText.audience(lesson) + ".");
        return Parley.DONE;
    }
}
