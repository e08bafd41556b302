package dev.parley.cli.data;

import dev.parley.cli.Output;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code data}: the parent of its subcommands. */
@Command(name = "data", synopsisSubcommandLabel = "COMMAND", description = "Make training data of text and of what a server has collected, and look at it.",
        footer = {"", "Example:", "  ./parley data inspect chats.jsonl --model my-model"})
public final class DataCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    /** The subcommands, in the order in which help lists them. */
    public static List<Object> commands(Output output) {
        return List.of(new PrepareCommand(output), new InspectCommand(output), new ExamplesCommand(output), new FeedbackCommand(output));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what shall be done with the data: prepare, inspect, examples or feedback.");
    }
}
