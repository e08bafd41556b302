package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** A way to begin conversations that its owner has given a name. */
public record Preset(String id, String name, Optional<String> model, String system, ObjectNode settings) {

    /** As the API shows it. */
    public ObjectNode json() {
        var json = JsonNodeFactory.instance.objectNode().put("id", id).put("name", name).put("model", model.orElse(null)).put("system",
                system);
        json.set("settings", settings);
        return json;
    }
}
