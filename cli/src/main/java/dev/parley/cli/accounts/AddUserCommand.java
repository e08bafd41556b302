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

/** {@code users add}. */
@Command(name = "add", description = "Add a user, who can log in at once. Asks for the password.",
        footer = {"", "Examples:", "  ./parley users add ada", "  ./parley users add ada --password-stdin < password.txt"})
final class AddUserCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "NAME", description = "Letters, digits, dots, _, @ and -.")
    private String name;

    @Mixin
    private PasswordOption password;

    @Mixin
    private DataOptions data;

    AddUserCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        try (var database = data.open()) {
            var user = new Users(database).add(name, password.read(name));
            output.line("The user " + user.name() + " can log in now.");
            return Parley.DONE;
        }
    }
}
