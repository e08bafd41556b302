package dev.parley.cli.teach;

import dev.parley.cli.DataOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.serve.lessons.Lessons;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code teach revoke}. */
@Command(name = "revoke", description = "Takes a lesson out of use: answers that are begun from now on do without it.",
        footer = {"", "Example:", "  ./parley teach revoke 1 --data my-data"})
final class RevokeCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "ID", description = "The lesson's number.")
    private int id;

    @Mixin
    private DataOptions data;

    RevokeCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        Lessons.in(data.folder()).revoke(id);
        output.line("Lesson " + id + " is out of use.");
        return Parley.DONE;
    }
}
