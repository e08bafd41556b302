package dev.parley.cli.knowledge;

import dev.parley.cli.Output;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code knowledge}: the parent of its subcommands. */
@Command(name = "knowledge", synopsisSubcommandLabel = "COMMAND",
        description = "Index documents, and find the passages that a question is about.",
        footer = {"", "Examples:", "  ./parley knowledge index faq policies --index my-index",
            "  ./parley knowledge search --index my-index \"How long may I return it?\""})
public final class KnowledgeCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    /** The subcommands, in the order in which help lists them. */
    public static List<Object> commands(Output output) {
        return List.of(new IndexCommand(output), new SearchCommand(output), new ListCommand(output));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what shall be done with documents: index, search or list.");
    }
}
