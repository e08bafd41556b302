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

/** {@code teach show}. */
@Command(name = "show", description = "Shows a lesson: what it was made of, answers before and after side by side, and what was measured.",
        footer = {"", "Example:", "  ./parley teach show 1 --data my-data"})
final class ShowCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "ID", description = "The lesson's number.")
    private int id;

    @Mixin
    private DataOptions data;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    ShowCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        var lesson = Lessons.in(data.folder()).require(id);
        if (json) {
            output.json(lesson.json());
        } else {
            LessonText.write(output, lesson);
            LessonFaults.of(lesson).forEach(fault -> output.line("! " + fault));
        }
        return Parley.DONE;
    }
}
