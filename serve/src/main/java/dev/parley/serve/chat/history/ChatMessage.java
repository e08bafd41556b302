package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A message of a conversation. Messages with the same parent are branches.
 *
 * @param parent the message that it follows; empty for a first one
 * @param created in milliseconds since 1970
 * @param answer where a model wrote it
 * @param rating 1, -1, or 0 for none
 * @param comment on the rating; may be empty
 * @param editOf the answer in whose place somebody wrote it, if so
 */
public record ChatMessage(String id, String conversation, Optional<String> parent, Role role, String text, long created, Status status,
        Optional<Answer> answer, int rating, String comment, Optional<String> editOf) {

    /** One that stands in no other's place. */
    public ChatMessage(String id, String conversation, Optional<String> parent, Role role, String text, long created, Status status,
            Optional<Answer> answer, int rating, String comment) {
        this(id, conversation, parent, role, text, created, status, answer, rating, comment, Optional.empty());
    }

    /** The same with another text and state. */
    public ChatMessage with(String text, Status status, Answer answer) {
        return new ChatMessage(id, conversation, parent, role, text, created, status, Optional.of(answer), rating, comment, editOf);
    }

    /** As the API shows it. */
    public ObjectNode json() {
        var json = JsonNodeFactory.instance.objectNode().put("id", id).put("parent", parent.orElse(null)).put("role", role.label())
                .put("text", text).put("created", created).put("status", status.label());
        answer.ifPresent(a -> {
            a.finishReason().ifPresent(reason -> json.put("finish_reason", reason));
            json.put("model", a.model()).set("settings", a.settings());
            a.usage().ifPresent(usage -> json.set("usage", usage.json()));
            a.error().ifPresent(error -> json.put("error", error));
            a.turn().ifPresent(turn -> json.set("turn", turn));
        });
        json.put("rating", rating);
        editOf.ifPresent(original -> json.put("edit_of", original));
        if (!comment.isEmpty()) json.put("comment", comment);
        return json;
    }
}
