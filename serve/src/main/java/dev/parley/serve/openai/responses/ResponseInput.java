package dev.parley.serve.openai.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.openai.chat.ChatMessages;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The field {@code input} of {@code /v1/responses}, brought into the messages that {@link ChatMessages} gives of chats. */
final class ResponseInput {

    private static final int MOST = 10_000;
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant");

    private final ArrayNode messages;
    private final Map<String, String> names = new HashMap<>(); // of the functions that were called, by the call

    private ResponseInput(ArrayNode before) {
        messages = before.deepCopy();
        for (var message : messages) {
            for (var call : message.path("tool_calls")) names.put(call.path("id").asText(), call.path("function").path("name").asText());
        }
    }

    /**
     * Reads the input.
     *
     * @param before what was said already; it stays as it is
     * @return all messages
     * @throws ApiError if an item is none, or one that this server cannot take
     */
    static ArrayNode read(JsonFields fields, ArrayNode before) {
        var input = new ResponseInput(before);
        var given = fields.any("input").orElseThrow(() -> fields.missing("input"));
        if (given.isTextual()) {
            input.add("user", given.textValue());
        } else {
            if (!given.isArray() || given.isEmpty()) throw fields.wrong("input", "a string, or a list of at least one item");
            for (var item : fields.objects("input", MOST)) input.add(item);
        }
        return input.messages;
    }

    private ObjectNode add(String role, String content) {
        return messages.addObject().put("role", role).put("content", content);
    }

    private void add(JsonFields item) {
        item.ignore("id", "status");
        switch (item.string("type").orElse("message")) {
            case "message" -> addMessage(item);
            case "function_call" -> addCall(item);
            case "function_call_output" -> addOutput(item);
            case "reasoning" -> item.ignore("summary", "content", "encrypted_content"); // what a model thought is not shown to it again
            default -> throw item.wrong("type", "message, function_call or function_call_output; this server knows no other items");
        }
    }

    private void addMessage(JsonFields item) {
        var role = item.requireString("role");
        if (!ROLES.contains(role)) throw item.wrong("role", "system, developer, user or assistant");
        var content = item.any("content").orElseThrow(() -> item.missing("content"));
        item.ignore("phase");
        add(role.equals("developer") ? "system" : role, ChatMessages.text(item, content));
    }

    /** Calls belong to what the assistant says before them, and to each other. */
    private void addCall(JsonFields item) {
        var id = item.requireString("call_id");
        var name = item.requireString("name");
        names.put(id, name);
        var last = messages.isEmpty() ? JsonNodeFactory.instance.objectNode() : messages.get(messages.size() - 1);
        var message = last.path("role").asText().equals("assistant") ? (ObjectNode) last : add("assistant", "");
        message.withArray("tool_calls").addObject().put("id", id).put("type", "function").putObject("function")
                .put("name", name).put("arguments", item.requireString("arguments"));
    }

    private void addOutput(JsonFields item) {
        var id = item.requireString("call_id");
        var output = item.any("output").orElseThrow(() -> item.missing("output"));
        if (!names.containsKey(id))
            throw ApiError.badRequest(item.path("call_id"), item.path("call_id") + " names a call that is not in the input before it.");
        add("tool", text(item, output)).put("tool_call_id", id).put("name", names.get(id));
    }

    private static String text(JsonFields item, JsonNode output) {
        if (output.isTextual()) return output.textValue();
        if (!output.isArray()) throw item.wrong("output", "a string, or a list of parts of type input_text");
        var text = new StringBuilder();
        for (var part : output) {
            if (!part.path("type").asText().equals("input_text") || !part.path("text").isTextual())
                throw item.wrong("output", "a string, or a list of parts of type input_text");
            text.append(part.path("text").textValue());
        }
        return text.toString();
    }
}
