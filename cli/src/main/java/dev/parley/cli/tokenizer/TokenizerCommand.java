package dev.parley.cli.tokenizer;

import dev.parley.cli.Output;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tokenizer}: the parent of its subcommands. */
@Command(name = "tokenizer", synopsisSubcommandLabel = "COMMAND",
        description = "Learn a vocabulary; turn text into token ids and back.",
        footer = {"", "Example:", "  ./parley tokenizer encode --tokenizer gpt2 --text \"To be, or not to be\""})
public final class TokenizerCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    /** The subcommands, in the order in which help lists them. */
    public static List<Object> commands(Output output) {
        return List.of(new TrainCommand(output), new EncodeCommand(output), new DecodeCommand(output), new StatsCommand(output),
                new RenderCommand(output));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what the tokenizer shall do: train, encode, decode, stats or render.");
    }
}
