package dev.parley.data.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Messages as files have them, brought into the one form of {@link Chat}. */
final class Turns {

    static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    private static final Map<String, String> ROLES = Map.of("system", "system", "developer", "system", "user", "user",
            "assistant", "assistant", "tool", "tool", "function", "tool");
    private static final Set<String> TEXT_PARTS = Set.of("text", "input_text", "output_text");
    private static final List<String> THOUGHTS = List.of("reasoning_content", "reasoning", "thinking");

    private Turns() {}

    /** A list of messages. */
    static ArrayNode messages(JsonNode given) {
        var messages = MAKE.arrayNode();
        for (var message : given) messages.add(message(message));
        return messages;
    }

    /** What one speaker says. */
    static ObjectNode of(String role, String content) {
        return MAKE.objectNode().put("role", role).put("content", content);
    }

    static void requireAnswer(ArrayNode answer, String name) {
        if (!answer.path(0).path("role").asText().equals("assistant")) {
            throw new IllegalArgumentException(name + " does not begin with a message of the assistant");
        }
    }

    private static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what);
    }

    private static ObjectNode message(JsonNode given) {
        var role = ROLES.get(given.path("role").asText());
        if (role == null) throw wrong("a message needs a role: system, user, assistant or tool");
        var calls = Tools.calls(given);
        if (!calls.isEmpty() && !role.equals("assistant")) throw wrong("a message of the role " + role + " calls; only the assistant does");
        requireWeight(given, role);
        var thought = thought(given);
        var message = of(role, content(given, role, !calls.isEmpty() || !thought.isEmpty()));
        if (!calls.isEmpty()) message.set("tool_calls", calls);
        for (var name : List.of("name", "tool_call_id")) {
            if (given.path(name).isTextual()) message.put(name, given.path(name).textValue());
        }
        if (!thought.isEmpty()) message.put("reasoning_content", thought);
        return message;
    }

    /** OpenAI's files have 0 and 1, and of the assistant alone. */
    private static void requireWeight(JsonNode message, String role) {
        var weight = message.path("weight");
        if (weight.isMissingNode() || weight.isNull()) return;
        if (!weight.isNumber() || weight.doubleValue() != 0 && weight.doubleValue() != 1) {
            throw wrong("a message has the weight " + weight + "; a message is learned with 1, or not with 0");
        }
        if (!role.equals("assistant")) throw wrong("a message of the role " + role + " has a weight; only the assistant's are learned");
    }

    private static String thought(JsonNode message) {
        return THOUGHTS.stream().map(message::path).filter(JsonNode::isTextual).map(JsonNode::textValue).findFirst().orElse("");
    }

    /** A text, or the texts of a list of parts. The assistant may say nothing where it calls or thinks, and refuse in another field. */
    private static String content(JsonNode message, String role, boolean saysElse) {
        var content = message.path("content");
        if (content.isTextual()) return content.textValue();
        if (content.isArray()) {
            var text = new StringBuilder();
            for (var part : content) text.append(text(part));
            return text.toString();
        }
        if (content.isObject() && role.equals("tool")) return content.toString();
        var nothing = content.isNull() || content.isMissingNode();
        if (nothing && role.equals("assistant") && message.path("refusal").isTextual()) return message.path("refusal").textValue();
        if (nothing && role.equals("assistant") && saysElse) return "";
        throw wrong("a message of the role " + role + " needs a content: a text, or a list of parts with texts");
    }

    private static String text(JsonNode part) {
        var type = part.path("type").asText();
        var said = part.path(type.equals("refusal") ? "refusal" : "text");
        if (!said.isTextual() || !TEXT_PARTS.contains(type) && !type.equals("refusal")) {
            throw wrong("a message has a part of the type " + type + "; only texts are learned from");
        }
        return said.textValue();
    }
}
