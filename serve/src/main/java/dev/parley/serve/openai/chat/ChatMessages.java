package dev.parley.serve.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import java.util.Set;

/** The messages of a chat request, checked, and as chat templates read them. */
public final class ChatMessages {

    private static final int MOST = 10_000;
    private static final int MOST_CALLS = 128;
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");
    private static final Set<String> TEXT_PARTS = Set.of("text", "input_text", "output_text");

    private ChatMessages() {}

    /**
     * The field {@code messages}.
     *
     * @throws ApiError if a message is not one
     */
    public static ArrayNode read(JsonFields fields) {
        if (fields.any("messages").isEmpty()) throw fields.missing("messages");
        var list = fields.objects("messages", MOST);
        if (list.isEmpty()) throw ApiError.badRequest("messages", "messages is empty; give at least one message.");
        var messages = JsonNodeFactory.instance.arrayNode(list.size());
        for (var message : list) messages.add(message(message));
        return messages;
    }

    private static ObjectNode message(JsonFields fields) {
        var role = fields.requireString("role");
        if (!ROLES.contains(role)) throw fields.wrong("role", "system, developer, user, assistant or tool");
        var message = JsonNodeFactory.instance.objectNode().put("role",
                role.equals("developer") ? "system" : role.equals("function") ? "tool" : role);
        var calls = calls(fields);
        if (!calls.isEmpty() && !role.equals("assistant")) throw fields.wrong("tool_calls", "absent where the role is " + role);
        var content = fields.any("content");
        if (content.isEmpty() && !role.equals("assistant")) throw fields.missing("content");
        if (content.isEmpty() && calls.isEmpty() && fields.string("refusal").isEmpty()) throw fields.missing("content");
        message.put("content", content.map(c -> text(fields, c)).orElse(""));
        if (!calls.isEmpty()) message.set("tool_calls", calls);
        fields.string("name").ifPresent(name -> message.put("name", name));
        fields.string("reasoning_content").ifPresent(thoughts -> message.put("reasoning_content", thoughts));
        if (role.equals("tool")) message.put("tool_call_id", fields.requireString("tool_call_id"));
        fields.ignore("refusal", "annotations", "audio", "tool_call_id");
        return message;
    }

    private static ArrayNode calls(JsonFields fields) {
        var calls = JsonNodeFactory.instance.arrayNode();
        for (var call : fields.objects("tool_calls", MOST_CALLS)) {
            if (!call.string("type").orElse("function").equals("function")) throw call.wrong("type", "function");
            var function = call.object("function").orElseThrow(() -> call.missing("function"));
            call.ignore("index");
            calls.addObject().put("id", call.requireString("id")).put("type", "function").putObject("function")
                    .put("name", function.requireString("name")).put("arguments", function.string("arguments").orElse("{}"));
        }
        return calls;
    }

    /** A string, or the texts of a list of parts. */
    public static String text(JsonFields fields, JsonNode content) {
        if (content.isTextual()) return content.textValue();
        if (!content.isArray()) throw fields.wrong("content", "a string or a list of parts");
        var text = new StringBuilder();
        for (var part : content) {
            var type = part.path("type").asText("");
            var said = part.path(type.equals("refusal") ? "refusal" : "text");
            if (!TEXT_PARTS.contains(type) && !type.equals("refusal") || !said.isTextual()) {
                throw fields.wrong("content", "text, or a list of parts of type text; this model reads text only");
            }
            text.append(said.textValue());
        }
        return text.toString();
    }
}
