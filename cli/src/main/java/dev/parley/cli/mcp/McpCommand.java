package dev.parley.cli.mcp;

import dev.parley.cli.Output;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mcp}: the parent of its subcommands. */
@Command(name = "mcp", synopsisSubcommandLabel = "COMMAND",
        description = "Use tools of MCP servers (Model Context Protocol), and be such a server.",
        footer = {"", "Examples:", "  ./parley mcp tools --config mcp.json", "  ./parley mcp serve --index my-index --model my-model"})
public final class McpCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    /** The subcommands that use servers, in the order in which help lists them. */
    public static List<Object> commands(Output output) {
        return List.of(new ListToolsCommand(output), new CallToolCommand(output));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what shall be done: tools, call or serve.");
    }
}
