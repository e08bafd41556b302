package dev.parley.serve.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
public record AssistantRequest(TurnRequest turn, StreamFields stream) {

    /** @throws ApiError if it cannot be honoured */
    static AssistantRequest read(JsonFields fields, Assistant assistant) {
        fields.ignore("model", "user");
        return new AssistantRequest(turn(ChatMessages.read(fields), "messages", fields, assistant), StreamFields.read(fields));
    }

    /**
     * The turn that a conversation asks for, with the form in the field {@code parley}.
     *
     * @param given as {@link ChatMessages} reads them
     * @param field that they come from
     * @throws ApiError if an assistant cannot answer them
     */
    public static TurnRequest turn(ArrayNode given, String field, JsonFields fields, Assistant assistant) {
        var messages = messages(given, field);
        var form = fields.object("parley").flatMap(extension -> extension.string("form")).map(name -> form(assistant, name));
        var last = messages.removeLast();
        return new TurnRequest(messages, last.content(), form, List.of());
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
