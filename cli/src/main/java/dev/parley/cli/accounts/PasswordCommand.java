package dev.parley.cli.accounts;

import dev.parley.cli.DataOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.serve.accounts.Users;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code users passwd}. */
@Command(name = "passwd", description = "Change a user's password and end their sessions. Asks for the new password.",
        footer = {"", "Example:", "  ./parley users passwd ada"})
final class PasswordCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name;

    @Mixin
    private PasswordOption password;

    @Mixin
    private DataOptions data;

    PasswordCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        try (var database = data.open()) {
            new Users(database).changePassword(name, password.read(name));
            output.line("The user " + name + " has another password, and is logged out everywhere.");
            return Parley.DONE;
        }
    }
}
