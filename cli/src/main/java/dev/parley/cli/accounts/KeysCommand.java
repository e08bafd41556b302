package dev.parley.cli.accounts;

import dev.parley.cli.Output;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code keys}: the parent of its subcommands. */
@Command(name = "keys", synopsisSubcommandLabel = "COMMAND",
        description = "Manage the keys with which programs call a server that runs with --auth.",
        footer = {"", "Examples:", "  ./parley keys create laptop --expires 30d", "  ./parley keys revoke k3yId4bc"})
public final class KeysCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    /** The subcommands, in the order in which help lists them. */
    public static List<Object> commands(Output output) {
        return List.of(new CreateKeyCommand(output), new ListKeysCommand(output), new RevokeCommand(output));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what shall be done with keys: create, list or revoke.");
    }
}
