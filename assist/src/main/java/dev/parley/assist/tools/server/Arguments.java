package dev.parley.assist.tools.server;

import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.util.List;
import java.util.Map;

/** The arguments of a call, and what it comes to. A fault in them is an {@link IllegalArgumentException}; the caller reads its sentence. */
record Arguments(Map<String, Object> given) {

    /**
     * The schema of an object with these properties and no others.
     *
     * @param required which there must be
     */
    static Map<String, Object> schema(Map<String, Object> properties, String... required) {
        return Map.of("type", "object", "properties", properties, "required", List.of(required), "additionalProperties", false);
    }

    static McpSchema.ToolAnnotations readOnly() {
        return McpSchema.ToolAnnotations.builder().readOnlyHint(true).openWorldHint(false).build();
    }

    /** A result of text. */
    static CallToolResult result(String text) {
        return CallToolResult.builder(List.<McpSchema.Content>of(McpSchema.TextContent.builder(text).build())).build();
    }

    /** A result that says what went wrong. */
    static CallToolResult fault(String sentence) {
        return CallToolResult.builder(List.<McpSchema.Content>of(McpSchema.TextContent.builder(sentence).build())).isError(true).build();
    }

    String text(String name) {
        if (given.get(name) instanceof String text && !text.isBlank()) return text;
        throw new IllegalArgumentException("\"" + name + "\" must be a text.");
    }

    int number(String name, int usual, int least, int most) {
        if (given.get(name) == null) return usual;
        if (given.get(name) instanceof Number number && number.doubleValue() == number.intValue() && number.intValue() >= least
                && number.intValue() <= most)
            return number.intValue();
        throw new IllegalArgumentException("\"" + name + "\" must be a whole number from " + least + " to " + most + ".");
    }
}
