package dev.parley.serve.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.assist.Assistant;
import dev.parley.assist.AssistantException;
import dev.parley.assist.OutputForm;
import dev.parley.assist.turn.TurnRequest;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.openai.StreamFields;
import dev.parley.tokenizer.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of {@code POST /v1/chat/completions} whose model is an assistant. The assistant has its own instructions and settings: system
 * messages are left out, and settings of sampling are told as ignored.
 *
 * @param stream how the answer is to be sent
 */
record AssistantRequest(TurnRequest turn, StreamFields stream) {

    /** @throws ApiError if it cannot be honoured */
    static AssistantRequest read(JsonFields fields, Assistant assistant) {
        fields.ignore("model", "user");
        var messages = messages(fields);
        var form = fields.object("parley").flatMap(extension -> extension.string("form")).map(name -> form(assistant, name));
        var last = messages.removeLast();
        return new AssistantRequest(new TurnRequest(messages, last.content(), form, List.of()), StreamFields.read(fields));
    }

    private static List<Message> messages(JsonFields fields) {
        var messages = new ArrayList<Message>();
        for (var message : ChatMessages.read(fields)) {
            var role = message.path("role").asText();
            if (role.equals("tool") || message.has("tool_calls"))
                throw ApiError.badRequest("messages", "An assistant calls its own tools; leave out calls of tools and their results.");
            if (!role.equals("system")) messages.add(new Message(role, content(message)));
        }
        if (messages.isEmpty() || !messages.getLast().role().equals("user") || messages.getLast().content().isBlank())
            throw ApiError.badRequest("messages", "The last message must be one of the user's that is not empty.");
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
