package dev.parley.cli.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.assist.tools.McpToolSource;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mcp tools}: the tools of all servers of a file. */
@Command(name = "tools", description = "List the tools of MCP servers, as a model would be given them.",
        footer = {"", "A server that does not come up is named with the reason; the exit code is then 1.", "", "Example:",
            "  ./parley mcp tools --config mcp.json"})
final class ListToolsCommand implements Callable<Integer> {

    private final Output output;

    @Mixin
    private ServersOption servers;

    @Option(names = "--json", description = "Write one JSON object, with the schemas of arguments.")
    private boolean json;

    ListToolsCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        var result = JsonNodeFactory.instance.objectNode();
        var list = result.putArray("servers");
        var problems = 0;
        for (var config : servers.read()) {
            try (var source = new McpToolSource(config, McpToolSource.Limits.DEFAULT)) {
                list(source, list);
                if (source.problem().isPresent()) problems++;
            }
        }
        if (json) output.json(result);
        return problems == 0 ? Parley.DONE : Parley.FAILED;
    }

    private void list(McpToolSource source, ArrayNode list) {
        var item = list.addObject().put("name", source.name());
        var tools = item.putArray("tools");
        for (var tool : source.tools()) {
            tools.add(tool.definition().path("function"));
            if (!json) output.line(source.name() + "/" + tool.name() + "  " + tool.definition().at("/function/description").asText());
        }
        source.problem().ifPresent(problem -> {
            item.put("problem", problem);
            output.note(problem);
        });
        source.notes().forEach(note -> output.note(source.name() + ": " + note));
    }
}
