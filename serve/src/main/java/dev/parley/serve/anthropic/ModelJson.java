package dev.parley.serve.anthropic;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.answering.ModelForm;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;

/** Models as Anthropic's clients read them. Both APIs list them at the same address; a header tells whose client asks. */
public final class ModelJson implements ModelForm {

    private static final String VERSION = "anthropic-version";

    @Override
    public boolean isWanted(Context request) {
        return isAnthropics(request);
    }

    /** Whether a client of Anthropic's API asks. */
    static boolean isAnthropics(Context request) {
        return request.req().getHeader(VERSION) != null;
    }

    @Override
    public ObjectNode one(String id, Instant created, int contextLength) {
        var json = JsonNodeFactory.instance.objectNode().put("type", "model").put("id", id).put("display_name", id)
                .put("created_at", created.toString()).put("lifecycle", "active");
        for (var name : List.of("max_input_tokens", "max_tokens")) {
            if (contextLength > 0) json.put(name, contextLength);
            else json.putNull(name);
        }
        for (var name : List.of("capabilities", "deprecated_at", "line", "retires_at")) json.putNull(name);
        return json;
    }

    @Override
    public ObjectNode list(List<ObjectNode> models) {
        var list = JsonNodeFactory.instance.objectNode();
        list.putArray("data").addAll(models);
        list.put("has_more", false);
        list.set("first_id", models.getFirst().path("id"));
        list.set("last_id", models.getLast().path("id"));
        return list;
    }
}
