package dev.parley.assist.tools;

/**
 * What a call of a tool came to.
 *
 * @param text the result, or one sentence on what went wrong
 * @param isError whether it went wrong
 */
public record ToolResult(String text, boolean isError) {}
