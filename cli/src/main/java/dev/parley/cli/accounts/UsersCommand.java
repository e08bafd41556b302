package dev.parley.cli.accounts;

import dev.parley.cli.Output;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code users}: the parent of its subcommands. */
@Command(name = "users", synopsisSubcommandLabel = "COMMAND",
        description = "Manage the users who may log in to a server that runs with --auth.",
        footer = {"", "Examples:", "  ./parley users add ada", "  ./parley users list --data my-data"})
public final class UsersCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    /** The subcommands, in the order in which help lists them. */
    public static List<Object> commands(Output output) {
        return List.of(new AddUserCommand(output), new PasswordCommand(output), new DisableCommand(output), new EnableCommand(output),
                new ListUsersCommand(output));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what shall be done with users: add, passwd, disable, enable or list.");
    }
}
