package dev.parley.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say what the conversations of the web chat can answer from, beside files that are attached to them. */
final class SourceOptions {

    @Option(names = "--knowledge", paramLabel = "NAME=FOLDER",
            description = "Offer a folder of documents in the web chat: whoever chats can choose NAME, and answers cite the "
                    + "documents. It is indexed at start. May be repeated.")
    private List<String> folders = List.of();

    @Option(names = "--mcp-config", paramLabel = "FILE",
            description = "Offer the tools of the MCP servers in this file in the web chat. Whoever chats chooses servers, and is "
                    + "asked before each call. docs/mcp.md tells what stands in the file.")
    private Path servers;

    @Option(names = "--allow-tool", paramLabel = "SERVER/TOOL",
            description = "A tool of --mcp-config that may be called without asking; SERVER/* is all of a server. May be repeated.")
    private List<String> allowed = List.of();

    List<String> folders() {
        return folders;
    }

    Optional<Path> servers() {
        return Optional.ofNullable(servers);
    }

    /** @throws WrongUsage if one is not written so */
    List<String> allowed() {
        for (var tool : allowed) {
            if (tool.matches("[^/]+/[^/]+")) continue;
            throw new WrongUsage("--allow-tool " + tool + " names no tool; write SERVER/TOOL, or SERVER/*.");
        }
        if (!allowed.isEmpty() && servers == null) throw new WrongUsage("--allow-tool needs --mcp-config, which names the servers.");
        return allowed;
    }
}
