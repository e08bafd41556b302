package dev.parley.serve.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The fields {@code system} and {@code messages}, brought into messages as chat templates read them. */
final class MessagesInput {

    private static final int MOST = 10_000; // messages, and blocks of one
    private static final Set<String> ROLES = Set.of("user", "assistant", "system");

    private final ArrayNode messages = JsonNodeFactory.instance.arrayNode();
    private final Map<String, String> names = new HashMap<>(); // of the tools that were called, by the call

    private MessagesInput() {}

    /**
     * A conversation.
     *
     * @param messages as chat templates read them
     * @param continued whether the answer goes on with the last of them, rather than follows it
     */
    record Conversation(ArrayNode messages, boolean continued) {}

    /** @throws ApiError if a message or a block is none, or one that this server cannot take */
    static Conversation read(JsonFields fields) {
        var input = new MessagesInput();
        if (fields.any("system").isPresent()) input.messages.addObject().put("role", "system").put("content", text(fields, "system"));
        if (fields.any("messages").isEmpty()) throw fields.missing("messages");
        for (var message : fields.objects("messages", MOST)) input.add(message);
        return input.conversation(fields);
    }

    /** An assistant's last message is the beginning of the answer; one without a word is none. */
    private Conversation conversation(JsonFields fields) {
        var last = messages.path(messages.size() - 1);
        var byAssistant = last.path("role").asText().equals("assistant");
        if (byAssistant && last.has("tool_calls")) throw ApiError.badRequest(fields.path("messages"),
                "The last message calls tools; give their results in a message of the user after it.");
        var continued = byAssistant && !last.path("content").asText().isEmpty();
        if (byAssistant && !continued) messages.remove(messages.size() - 1);
        if (messages.isEmpty()) throw ApiError.badRequest(fields.path("messages"), "messages is empty; give at least one message.");
        return new Conversation(messages, continued);
    }

    // ---- messages ----

    private void add(JsonFields message) {
        var role = message.requireString("role");
        if (!ROLES.contains(role)) throw message.wrong("role", "user, assistant or system");
        var content = message.any("content").orElseThrow(() -> message.missing("content"));
        if (role.equals("system")) {
            messages.addObject().put("role", role).put("content", text(message, "content"));
        } else if (content.isTextual()) {
            say(turn(role, true), content.textValue());
        } else {
            if (!content.isArray()) throw message.wrong("content", "a string or a list of blocks");
            if (content.isEmpty()) turn(role, true);
            var first = true;
            for (var block : message.objects("content", MOST)) {
                if (role.equals("user")) addOfUser(block, first);
                else addOfAssistant(block, first);
                first = false;
            }
        }
    }

    private void addOfUser(JsonFields block, boolean first) {
        block.ignore("cache_control", "citations");
        switch (block.requireString("type")) {
            case "text" -> say(turn("user", first), block.requireString("text"));
            case "tool_result" -> addResult(block);
            default -> throw unknown(block, "text and tool_result");
        }
    }

    private void addOfAssistant(JsonFields block, boolean first) {
        block.ignore("cache_control", "citations");
        var turn = turn("assistant", first);
        switch (block.requireString("type")) {
            case "text" -> say(turn, block.requireString("text"));
            case "thinking" -> {
                block.string("signature"); // whoever sends back other thoughts than were thought deceives themselves alone
                turn.put("reasoning_content", turn.path("reasoning_content").asText() + block.requireString("thinking"));
            }
            case "redacted_thinking" -> block.requireString("data");
            case "tool_use" -> addCall(turn, block);
            default -> throw unknown(block, "text, thinking and tool_use");
        }
    }

    /** The turn of a role that a message adds to: messages of one role in a row are one turn. */
    private ObjectNode turn(String role, boolean begins) {
        if (!(messages.path(messages.size() - 1) instanceof ObjectNode last) || !last.path("role").asText().equals(role))
            return messages.addObject().put("role", role).put("content", "");
        if (begins && !last.path("content").asText().isEmpty()) say(last, "\n");
        return last;
    }

    private static void say(ObjectNode turn, String text) {
        turn.put("content", turn.path("content").textValue() + text);
    }

    // ---- calls of tools ----

    private void addCall(ObjectNode turn, JsonFields block) {
        block.ignore("caller", "toolset_name");
        var id = block.requireString("id");
        var name = block.requireString("name");
        var input = block.any("input").orElseGet(JsonNodeFactory.instance::objectNode);
        if (!input.isObject()) throw block.wrong("input", "an object");
        names.put(id, name);
        turn.withArray("tool_calls").addObject().put("id", id).put("type", "function").putObject("function").put("name", name)
                .put("arguments", input.toString());
    }

    /** That a tool failed is a part of what it says: templates know of nothing else. */
    private void addResult(JsonFields block) {
        block.ignore("toolset_name");
        var id = block.requireString("tool_use_id");
        if (!names.containsKey(id)) throw ApiError.badRequest(block.path("tool_use_id"),
                block.path("tool_use_id") + " names a call that is not in the messages before it.");
        var said = block.any("content").isEmpty() ? "" : text(block, "content");
        messages.addObject().put("role", "tool").put("content", block.flag("is_error") ? "Error: " + said : said).put("tool_call_id", id)
                .put("name", names.get(id));
    }

    // ---- blocks ----

    /** A string, or the texts of a list of blocks. */
    private static String text(JsonFields fields, String name) {
        var value = fields.any(name).orElseThrow(() -> fields.missing(name));
        if (value.isTextual()) return value.textValue();
        if (!value.isArray()) throw fields.wrong(name, "a string or a list of blocks");
        var text = new StringBuilder();
        for (var block : fields.objects(name, MOST)) {
            block.ignore("cache_control", "citations");
            if (!block.requireString("type").equals("text")) throw unknown(block, "text");
            text.append(block.requireString("text"));
        }
        return text.toString();
    }

    private static ApiError unknown(JsonFields block, String taken) {
        var type = block.requireString("type");
        if (List.of("image", "document").contains(type))
            return ApiError.badRequest(block.path("type"), block.path("type") + " is " + type + "; this model reads text only.");
        return ApiError.badRequest(block.path("type"), block.path("type") + " must be one that this server knows here: " + taken + ".");
    }
}
