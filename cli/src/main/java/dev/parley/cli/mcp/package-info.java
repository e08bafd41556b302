/**
 * {@code parley mcp}: tries the tools of MCP servers. Start from {@link dev.parley.cli.mcp.McpCommand}.
 *
 * <pre>{@code
 * ./parley mcp tools --config mcp.json
 * ./parley mcp call weather/forecast '{"city": "Ulm"}' --config mcp.json
 * }</pre>
 */
package dev.parley.cli.mcp;
