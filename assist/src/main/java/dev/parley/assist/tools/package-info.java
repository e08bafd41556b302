/**
 * Tools that an assistant may call, most of them offered by MCP servers (Model Context Protocol). A call needs consent, has a time
 * limit, and its result is data. Start from {@link dev.parley.assist.tools.ToolSource}.
 */
package dev.parley.assist.tools;
