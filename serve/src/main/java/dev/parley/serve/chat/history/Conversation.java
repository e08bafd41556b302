package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A conversation without its messages.
 *
 * @param created and
 * @param updated in milliseconds since 1970; it is updated by messages, not by its name
 * @param model that answers it; empty for the server's default
 * @param system instruction of the model; may be empty
 * @param settings of sampling, by the names of OpenAI's API
 * @param current the message that its reader saw last
 * @param sources that it answers from
 */
public record Conversation(String id, String title, boolean pinned, long created, long updated, Optional<String> model, String system,
        ObjectNode settings, Optional<String> current, ChosenSources sources) {

    /** As the API shows it. */
    public ObjectNode json() {
        var json = JsonNodeFactory.instance.objectNode().put("id", id).put("title", title).put("pinned", pinned).put("created", created)
                .put("updated", updated).put("model", model.orElse(null)).put("system", system);
        json.set("settings", settings);
        json.setAll(sources.json());
        return json.put("current", current.orElse(null));
    }
}
