package dev.parley.serve.anthropic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.JsonBody;
import java.util.ArrayList;
import java.util.List;

/** The events of a streamed message put together to a whole message, by what Anthropic's documentation says of them. */
final class StreamedMessage {

    private StreamedMessage() {}

    static List<JsonNode> events(String body) throws Exception {
        var events = new ArrayList<JsonNode>();
        for (var event : body.split("\n\n")) {
            var lines = event.split("\n");
            assertEquals(2, lines.length, event);
            var data = JsonBody.JSON.readTree(lines[1].substring("data: ".length()));
            assertEquals("event: " + data.path("type").asText(), lines[0]);
            events.add(data);
        }
        return events;
    }

    static JsonNode joined(String body) throws Exception {
        var events = events(body);
        assertEquals("message_start", events.getFirst().path("type").asText(), body);
        var message = (ObjectNode) events.getFirst().path("message");
        assertTrue(message.path("content").isEmpty() && message.path("stop_reason").isNull());
        var open = false;
        for (var event : events.subList(1, events.size() - 1)) {
            var index = event.path("index").asInt();
            var content = message.withArray("content");
            switch (event.path("type").asText()) {
                case "content_block_start" -> {
                    assertTrue(!open && index == content.size(), body);
                    open = true;
                    content.add(event.path("content_block"));
                    if (content.get(index).has("input")) ((ObjectNode) content.get(index)).put("input", "");
                }
                case "content_block_delta" -> {
                    assertTrue(open && index == content.size() - 1, body);
                    add((ObjectNode) content.get(index), event.path("delta"));
                }
                case "content_block_stop" -> {
                    assertTrue(open && index == content.size() - 1, body);
                    open = false;
                    if (content.get(index).has("input"))
                        ((ObjectNode) content.get(index)).set("input", JsonBody.JSON.readTree(content.get(index).path("input").asText()));
                }
                case "message_delta" -> {
                    assertTrue(!open, body);
                    message.setAll((ObjectNode) event.path("delta"));
                    ((ObjectNode) message.path("usage")).setAll((ObjectNode) event.path("usage"));
                }
                case "ping" -> {}
                default -> throw new AssertionError(event.toString());
            }
        }
        assertEquals("message_stop", events.getLast().path("type").asText());
        return message;
    }

    private static void add(ObjectNode block, JsonNode delta) {
        var field = switch (delta.path("type").asText()) {
            case "text_delta" -> "text";
            case "thinking_delta" -> "thinking";
            case "signature_delta" -> "signature";
            case "input_json_delta" -> "partial_json";
            default -> throw new AssertionError(delta.toString());
        };
        var into = field.equals("partial_json") ? "input" : field;
        block.put(into, block.path(into).asText() + delta.path(field).asText());
    }
}
