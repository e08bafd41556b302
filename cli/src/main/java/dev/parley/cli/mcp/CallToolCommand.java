package dev.parley.cli.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.tools.McpToolSource;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.WrongUsage;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mcp call}: one call of a tool. */
@Command(name = "call", description = "Call a tool of an MCP server.",
        footer = {"", "Whoever types this has consented to the call. If it fails, the exit code is 1.", "", "Example:",
            "  ./parley mcp call weather/forecast '{\"city\": \"Ulm\"}' --config mcp.json"})
final class CallToolCommand implements Callable<Integer> {

    private static final String FORM = "Write the arguments as a JSON object, like '{\"city\": \"Ulm\"}'.";

    private final Output output;

    @Parameters(index = "0", paramLabel = "SERVER/TOOL", description = "The tool, with its server's name before it.")
    private String address;

    @Parameters(index = "1", arity = "0..1", paramLabel = "ARGUMENTS", defaultValue = "{}",
            description = "Its arguments as a JSON object. Default: ${DEFAULT-VALUE}.")
    private String arguments;

    @Mixin
    private ServersOption servers;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    CallToolCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        var slash = address.indexOf('/');
        if (slash < 1 || slash == address.length() - 1) throw new WrongUsage("Name a tool as SERVER/TOOL, like weather/forecast.");
        var given = object(arguments);
        try (var source = new McpToolSource(servers.read(address.substring(0, slash)), McpToolSource.Limits.DEFAULT)) {
            var result = source.call(address.substring(slash + 1), given);
            if (json) output.json(JsonNodeFactory.instance.objectNode().put("text", result.text()).put("is_error", result.isError()));
            else if (result.isError()) output.note("parley: " + result.text());
            else output.line(result.text());
            return result.isError() ? Parley.FAILED : Parley.DONE;
        }
    }

    private static ObjectNode object(String text) {
        try {
            if (new ObjectMapper().readTree(text) instanceof ObjectNode object) return object;
            throw new WrongUsage(FORM);
        } catch (JsonProcessingException e) {
            throw new WrongUsage("\"" + text + "\" is no JSON. " + FORM);
        }
    }
}
