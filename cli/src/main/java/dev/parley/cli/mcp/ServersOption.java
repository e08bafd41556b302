package dev.parley.cli.mcp;

import dev.parley.assist.tools.McpServerConfig;
import dev.parley.assist.tools.McpServersFile;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The option that names MCP servers. */
final class ServersOption {

    @Option(names = "--config", required = true, paramLabel = "FILE",
            description = {"JSON or YAML with \"mcpServers\": a map of servers by name,",
                "each with command, args and env, or with url and headers. $${NAME} is a variable of the environment."})
    private Path file;

    List<McpServerConfig> read() {
        return McpServersFile.read(file, System.getenv());
    }

    /** @throws IllegalArgumentException if the file has no such server */
    McpServerConfig read(String name) {
        var servers = read();
        return servers.stream().filter(server -> server.name().equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                file + " has no server " + name + "; it has: " + String.join(", ", servers.stream().map(McpServerConfig::name).toList())
                        + "."));
    }
}
