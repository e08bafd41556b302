package dev.parley.cli.accounts;

import dev.parley.cli.DataOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.serve.accounts.Keys;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code keys revoke}. */
@Command(name = "revoke", description = "Revoke a key; a running server notices at its next request.",
        footer = {"", "Example:", "  ./parley keys revoke k3yId4bc"})
final class RevokeCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "ID", description = "The key's id, as in ./parley keys list.")
    private String id;

    @Mixin
    private DataOptions data;

    RevokeCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        try (var database = data.open()) {
            var key = new Keys(database).revoke(id);
            output.line("The key " + key.id() + " (" + key.name() + ") is revoked.");
            return Parley.DONE;
        }
    }
}
