package dev.parley.cli.accounts;

import dev.parley.cli.DataOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.serve.accounts.Users;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code users enable}. */
@Command(name = "enable", description = "Enable a disabled user again; their keys work again too.",
        footer = {"", "Example:", "  ./parley users enable ada"})
final class EnableCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name;

    @Mixin
    private DataOptions data;

    EnableCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        try (var database = data.open()) {
            new Users(database).setDisabled(name, false);
            output.line("The user " + name + " can log in again.");
            return Parley.DONE;
        }
    }
}
