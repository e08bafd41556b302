package dev.parley.cli.assistant;

import dev.parley.cli.Output;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code assistant}: the parent of its subcommands. */
@Command(name = "assistant", synopsisSubcommandLabel = "COMMAND",
        description = "Ask assistants: a model with instructions, documents, guardrails and tools, from one YAML file.",
        footer = {"", "Examples:", "  ./parley assistant list",
            "  ./parley assistant run customer-service \"How long may I return an item?\" --model my-model",
            "  ./parley assistant check customer-service --no-model",
            "  ./parley assistant table --table orders.csv --template reply.jinja --model my-model --out replies",
            "  ./parley assistant write --form haiku --topic rain --model my-model --best-of 8"})
public final class AssistantCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    /** The subcommands, in the order in which help lists them. */
    public static List<Object> commands(Output output) {
        return List.of(new ListCommand(output), new RunCommand(output), new ChatCommand(output), new ServeCommand(output),
                new CheckCommand(output), new TableCommand(output), new WriteCommand(output));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(),
                "Name what shall be done with assistants: list, run, chat, serve, check, table or write.");
    }
}
