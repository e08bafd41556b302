package dev.parley.bench;

import dev.parley.cli.CommandProvider;
import dev.parley.cli.Output;
import java.util.List;

/** Brings {@code parley bench} to the command. */
public final class BenchCommands implements CommandProvider {

    @Override
    public List<Object> commands(Output output) {
        return List.of(new BenchCommand(output));
    }
}
