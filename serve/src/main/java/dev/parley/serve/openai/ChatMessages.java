package dev.parley.serve.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.answer.Refused;
import java.util.Set;

/** The messages of a chat request, checked and brought into the form that templates read. */
final class ChatMessages {

    private static final int MOST = 10_000;
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");

    private ChatMessages() {}

    /** @throws Refused if a message is not one */
    static ArrayNode read(JsonNode list) {
        if (!list.isArray()) throw Refused.badRequest("messages", "messages must be a list.");
        if (list.isEmpty()) throw Refused.badRequest("messages", "messages is empty; at least one message is needed.");
        if (list.size() > MOST) throw Refused.badRequest("messages", "messages holds " + list.size() + ", more than " + MOST + ".");
        var messages = JsonNodeFactory.instance.arrayNode(list.size());
        for (int i = 0; i < list.size(); i++) messages.add(message(Fields.of(list.get(i), "messages[" + i + "]")));
        return messages;
    }

    private static ObjectNode message(Fields fields) {
        var role = fields.requireString("role");
        if (!ROLES.contains(role)) throw fields.wrong("role", "system, user, assistant or tool");
        var message = JsonNodeFactory.instance.objectNode().put("role", role.equals("developer") ? "system" : role.equals("function") ? "tool" : role);
        var calls = fields.list("tool_calls", 128);
        var content = fields.any("content");
        if (content.isEmpty() && !(role.equals("assistant") && calls.isPresent())) throw fields.missing("content");
        message.put("content", content.map(c -> text(fields, c)).orElse(""));
        calls.filter(c -> !c.isEmpty()).ifPresent(c -> message.set("tool_calls", c));
        fields.string("name").ifPresent(name -> message.put("name", name));
        fields.string("tool_call_id").ifPresent(id -> message.put("tool_call_id", id));
        return message;
    }

    /** A string, or the texts of a list of parts. */
    static String text(Fields fields, JsonNode content) {
        if (content.isTextual()) return content.textValue();
        if (!content.isArray()) throw fields.wrong("content", "a string or a list of parts");
        var text = new StringBuilder();
        for (var part : content) {
            var type = part.path("type").asText("");
            if (!Set.of("text", "input_text", "output_text").contains(type) || !part.path("text").isTextual()) {
                throw fields.wrong("content", "text, or a list of parts of type text; this model reads nothing else");
            }
            text.append(part.path("text").textValue());
        }
        return text.toString();
    }
}
