package dev.parley.cli.teach;

import dev.parley.cli.DataOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.serve.lessons.Lessons;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code teach discard}. */
@Command(name = "discard", description = "Throws a lesson away that is not in use. What was measured of it is kept.",
        footer = {"", "Example:", "  ./parley teach discard 1 --data my-data"})
final class DiscardCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "ID", description = "The lesson's number.")
    private int id;

    @Mixin
    private DataOptions data;

    DiscardCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        Lessons.in(data.folder()).discard(id);
        output.line("Lesson " + id + " is thrown away.");
        return Parley.DONE;
    }
}
