/**
 * Tools that an assistant may call, most of them offered by MCP servers (Model Context Protocol). A call needs consent, has a time
 * limit, and its result is data. Start from {@link dev.parley.assist.tools.Toolbox}, the tools of several
 * {@link dev.parley.assist.tools.ToolSource}s; {@link dev.parley.assist.tools.McpToolSource} is one MCP server, and
 * {@link dev.parley.assist.tools.McpServersFile} names them. Below it, {@code StdioTransport} starts a server's program and exchanges
 * messages with it, {@code WatchedTransport} fails what waits when a server is gone, {@code McpConnection} is a session by the SDK's
 * client, and {@code ServerTools}, {@code ResultText} and {@code UntrustedText} bring what a server wrote into a form that models and
 * people can be shown.
 *
 * <pre>{@code
 * var servers = McpServersFile.read(Path.of("mcp.json"), System.getenv());
 * var sources = servers.stream().<ToolSource>map(server -> new McpToolSource(server, McpToolSource.Limits.DEFAULT)).toList();
 * try (var tools = new Toolbox(sources, Consent.allowList(Set.of("weather/*"), askThePerson))) {
 *     tools.tools();                          // for ToolTemplate
 *     tools.call("forecast", arguments);      // what the model called
 * }
 * }</pre>
 */
package dev.parley.assist.tools;
