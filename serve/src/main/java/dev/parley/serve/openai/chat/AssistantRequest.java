package dev.parley.serve.openai.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.parley.assist.Assistant;
import dev.parley.assist.turn.TurnRequest;
import dev.parley.serve.assistants.AskedTurn;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.openai.StreamFields;

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
        return AskedTurn.of(given, field, fields.object("parley").flatMap(extension -> extension.string("form")), assistant);
    }
}
