/**
 * Parley as an MCP server: other programs search its knowledge and ask its model. Start from
 * {@link dev.parley.assist.tools.server.ParleyMcpServer}; {@code KnowledgeTools} and {@code ModelTool} are what it offers, and
 * {@code StdioServerTransport} carries the messages.
 *
 * <pre>{@code
 * var server = new ParleyMcpServer(Optional.of(() -> knowledge), Optional.empty(), "1.0");
 * server.serve(System.in, System.out);   // until the other side closes its end
 * }</pre>
 */
package dev.parley.assist.tools.server;
