package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Conversations as a document of JSON, which {@link Import} reads: {@code {"format": "parley-conversations", "version": 1,
 * "conversations": [{…, "messages": […]}]}}. Ratings are in it; the probabilities of tokens are not.
 */
public final class Export {

    static final String FORMAT = "parley-conversations";
    static final int VERSION = 1;

    private final Conversations conversations;
    private final Messages messages;

    /** Exports what these hold. */
    public Export(Conversations conversations, Messages messages) {
        this.conversations = conversations;
        this.messages = messages;
    }

    /**
     * Writes conversations; those that are deleted meanwhile are left out.
     *
     * @throws IOException if nobody reads
     */
    public void write(String owner, List<String> ids, OutputStream out) throws IOException {
        try (var json = JsonBody.JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("format", FORMAT);
            json.writeNumberField("version", VERSION);
            json.writeArrayFieldStart("conversations");
            for (var id : ids) {
                try {
                    json.writeTree(conversation(owner, id));
                } catch (ApiError gone) {
                    continue;
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private ObjectNode conversation(String owner, String id) {
        var json = conversations.get(owner, id).json();
        var list = json.putArray("messages");
        for (var message : messages.all(owner, id)) {
            var one = message.json();
            message.answer().ifPresent(answer -> one.put("system", answer.system()));
            if (message.status() == Status.RUNNING) one.put("status", Status.INTERRUPTED.label());
            list.add(one);
        }
        return json;
    }
}
