package dev.parley.cli.accounts;

import dev.parley.cli.DataOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.serve.accounts.Users;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code users disable}. */
@Command(name = "disable", description = "Disable a user: sessions end and keys stop working; conversations are kept.",
        footer = {"", "Example:", "  ./parley users disable ada"})
final class DisableCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name;

    @Mixin
    private DataOptions data;

    DisableCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        try (var database = data.open()) {
            new Users(database).setDisabled(name, true);
            output.line("The user " + name + " is kept out. ./parley users enable " + name + " lets them in again.");
            return Parley.DONE;
        }
    }
}
