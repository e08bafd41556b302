package dev.parley.cli.models;

import dev.parley.cli.Output;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code models}: the parent of its subcommands. */
@Command(name = "models", synopsisSubcommandLabel = "COMMAND",
        description = "Find models at the hub, look at them, download, list and remove them, convert them, merge adapters into them.",
        footer = {"", "Examples:", "  ./parley models info Qwen/Qwen3-0.6B", "  ./parley models pull HuggingFaceTB/SmolLM2-135M-Instruct",
            "  ./parley models convert my-model my-model.gguf --dtype q8_0"})
public final class ModelsCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    /** The subcommands, in the order in which help lists them. */
    public static List<Object> commands(Output output) {
        return List.of(new SearchCommand(output), new InfoCommand(output), new PullCommand(output), new ListCommand(output),
                new RemoveCommand(output), new ConvertCommand(output), new MergeCommand(output));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(),
                "Name what shall be done with models: search, info, pull, list, rm, convert or merge.");
    }
}
