package dev.parley.data.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/** Turns of {@code from} and {@code value}, as ShareGPT's files have them and LLaMA-Factory documents them with tools. */
final class ShareGpt {

    private static final Map<String, String> SPEAKERS = Map.ofEntries(Map.entry("human", "user"), Map.entry("user", "user"),
            Map.entry("gpt", "assistant"), Map.entry("chatgpt", "assistant"), Map.entry("assistant", "assistant"),
            Map.entry("model", "assistant"), Map.entry("bing", "assistant"), Map.entry("bard", "assistant"), Map.entry("system", "system"),
            Map.entry("tool", "tool"), Map.entry("observation", "tool"), Map.entry("function_response", "tool"));

    private ShareGpt() {}

    static Chat read(JsonNode line) {
        return Chat.of(withSystem(line, turns(line.path("conversations"))), Set.of(), line);
    }

    /** Turns of this form, or of OpenAI's; one that stands alone is a list of one. */
    static ArrayNode turns(JsonNode given) {
        var list = given.isArray() ? given : Turns.MAKE.arrayNode().add(given);
        if (!list.path(0).has("from")) return Turns.messages(list);
        var messages = Turns.MAKE.arrayNode();
        for (var turn : list) messages.add(turn(turn));
        return messages;
    }

    private static ObjectNode turn(JsonNode turn) {
        var speaker = turn.path("from").asText();
        var value = turn.path("value");
        if (!value.isTextual()) throw new IllegalArgumentException("a turn needs a value, which is a text");
        if (speaker.equals("function_call") || speaker.equals("tool_call")) return Tools.callingMessage(value.textValue());
        var role = SPEAKERS.get(speaker);
        if (role == null) {
            throw new IllegalArgumentException(
                    "a turn is from " + speaker + "; known are human, gpt, system, function_call, observation and tool");
        }
        return Turns.of(role, value.textValue());
    }

    /** The system prompt may stand beside the turns. */
    static ArrayNode withSystem(JsonNode line, ArrayNode messages) {
        var system = line.path("system").asText("");
        if (!system.isBlank() && !messages.path(0).path("role").asText().equals("system")) messages.insert(0, Turns.of("system", system));
        return messages;
    }
}
