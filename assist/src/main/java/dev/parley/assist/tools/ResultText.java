package dev.parley.assist.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The result of a call as text: what is text is joined, and images, sounds and resources are named. */
final class ResultText {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_NAME = 200;

    private ResultText() {}

    /**
     * @param most characters
     */
    static ToolResult of(CallToolResult result, int most) {
        var parts = Optional.ofNullable(result.content()).stream().flatMap(content -> content.stream()).map(ResultText::part)
                .collect(Collectors.joining("\n"));
        var text = parts.isEmpty() ? structured(result.structuredContent()) : parts;
        return new ToolResult(UntrustedText.lines(text, most), Boolean.TRUE.equals(result.isError()));
    }

    private static String part(McpSchema.Content content) {
        return switch (content) {
            case McpSchema.TextContent text -> text.text() == null ? "" : text.text();
            case McpSchema.ImageContent image -> named("an image", image.mimeType());
            case McpSchema.AudioContent audio -> named("a sound", audio.mimeType());
            case McpSchema.EmbeddedResource resource when resource.resource() != null ->
                named("a resource", resource.resource().uri(), resource.resource().mimeType());
            case McpSchema.ResourceLink link -> named("a resource", link.name(), link.uri(), link.mimeType());
            default -> named("something else");
        };
    }

    private static String named(String kind, String... names) {
        return "[" + kind + Stream.of(names).filter(name -> name != null).map(name -> ", " + UntrustedText.line(name, LONGEST_NAME))
                .collect(Collectors.joining()) + "]";
    }

    private static String structured(Object content) {
        try {
            return content == null ? "" : JSON.writeValueAsString(content);
        } catch (JsonProcessingException e) {
            return named("something else");
        }
    }
}
