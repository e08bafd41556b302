package dev.parley.cli.assistant;

import dev.parley.cli.Output;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code assistant}: the parent of its subcommands. */
@Command(name = "assistant", synopsisSubcommandLabel = "COMMAND", description = "Assistants for work that returns.",
        footer = {"", "Examples:", "  ./parley assistant table --table orders.csv --template reply.jinja --model my-model --out replies",
            "  ./parley assistant write --form haiku --topic rain --model my-model --best-of 8"})
public final class AssistantCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    /** The subcommands, in the order in which help lists them. */
    public static List<Object> commands(Output output) {
        return List.of(new TableCommand(output), new WriteCommand(output));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what an assistant shall do: table or write.");
    }
}
