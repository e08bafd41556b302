package dev.parley.serve.assistants;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.parley.assist.Assistant;
import dev.parley.assist.AssistantException;
import dev.parley.assist.OutputForm;
import dev.parley.assist.turn.TurnRequest;
import dev.parley.serve.http.ApiError;
import dev.parley.tokenizer.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The turn that a conversation asks of an assistant. It has its own instructions: system messages are left out. */
public final class AskedTurn {

    private AskedTurn() {}

    /**
     * Reads it from messages, the last of which is the user's.
     *
     * @param given as chat templates read them
     * @param field that they come from
     * @param form of the answer by its name
     * @throws ApiError if an assistant cannot answer them
     */
    public static TurnRequest of(ArrayNode given, String field, Optional<String> form, Assistant assistant) {
        var messages = messages(given, field);
        var last = messages.removeLast();
        return new TurnRequest(messages, last.content(), form.map(name -> form(assistant, name)), List.of());
    }

    private static List<Message> messages(ArrayNode given, String field) {
        var messages = new ArrayList<Message>();
        for (var message : given) {
            var role = message.path("role").asText();
            if (role.equals("tool") || message.has("tool_calls"))
                throw ApiError.badRequest(field, "An assistant calls its own tools; leave out calls of tools and their results.");
            if (!role.equals("system")) messages.add(new Message(role, content(message)));
        }
        if (messages.isEmpty() || !messages.getLast().role().equals("user") || messages.getLast().content().isBlank())
            throw ApiError.badRequest(field, "The last message must be one of the user's that is not empty.");
        return messages;
    }

    private static String content(JsonNode message) {
        return message.path("content").asText();
    }

    private static OutputForm form(Assistant assistant, String name) {
        try {
            return assistant.form(name);
        } catch (AssistantException e) {
            throw ApiError.badRequest("parley.form", e.getMessage());
        }
    }
}
