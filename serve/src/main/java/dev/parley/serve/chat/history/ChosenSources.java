package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What a conversation answers from beside its attachments, by the names that the server's operator gave. Names that the server does not
 * have, or not any more, stand for nothing.
 *
 * @param knowledge folders of documents
 * @param tools MCP servers
 */
public record ChosenSources(List<String> knowledge, List<String> tools) {

    /** Nothing. */
    public static final ChosenSources NONE = new ChosenSources(List.of(), List.of());

    /** Copies the lists. */
    public ChosenSources {
        knowledge = List.copyOf(knowledge);
        tools = List.copyOf(tools);
    }

    /** Whether nothing is chosen. */
    public boolean isEmpty() {
        return knowledge.isEmpty() && tools.isEmpty();
    }

    ObjectNode json() {
        var json = JsonNodeFactory.instance.objectNode();
        knowledge.forEach(json.putArray("knowledge")::add);
        tools.forEach(json.putArray("tools")::add);
        return json;
    }

    static ChosenSources of(JsonNode json) {
        return new ChosenSources(names(json.path("knowledge")), names(json.path("tools")));
    }

    private static List<String> names(JsonNode list) {
        return list.valueStream().map(JsonNode::asText).toList();
    }
}
