package dev.parley.serve.openai.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.answering.Ids;
import dev.parley.serve.answering.Usage;
import dev.parley.serve.openai.UsageJson;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** One response as JSON, and the events that tell how it stands as a whole. */
final class ResponseJson {

    private final String id = Ids.of("resp_");
    private final long created = Instant.now().getEpochSecond();
    private final String model;
    private final ObjectNode repeated;
    private final Consumer<ObjectNode> events;
    private boolean begun;

    /**
     * @param model that answers, or an assistant
     * @param repeated of the request
     */
    ResponseJson(String model, ObjectNode repeated, Consumer<ObjectNode> events) {
        this.model = model;
        this.repeated = repeated;
        this.events = events;
    }

    String id() {
        return id;
    }

    /** To be told once the answer has begun: what is refused before is an answer with another status, not an event. */
    void begin() {
        if (begun) return;
        begun = true;
        for (var type : new String[] {"response.created", "response.in_progress"})
            tell(type, json("in_progress", JsonNodeFactory.instance.arrayNode(), Optional.empty()));
    }

    /** The response as it ended. */
    ObjectNode ended(boolean cutOff, ArrayNode output, Usage usage) {
        return json(cutOff ? "incomplete" : "completed", output, Optional.of(usage));
    }

    /** Tells of the end. */
    void end(ObjectNode response) {
        tell("response." + response.path("status").textValue(), response);
    }

    private void tell(String type, ObjectNode response) {
        var event = JsonNodeFactory.instance.objectNode().put("type", type);
        event.set("response", response);
        events.accept(event);
    }

    private ObjectNode json(String status, ArrayNode output, Optional<Usage> usage) {
        var json = JsonNodeFactory.instance.objectNode().put("id", id).put("object", "response").put("created_at", created)
                .put("status", status).put("model", model).putNull("error");
        if (status.equals("incomplete")) json.putObject("incomplete_details").put("reason", "max_output_tokens");
        else json.putNull("incomplete_details");
        json.set("output", output);
        json.setAll(repeated);
        usage.ifPresentOrElse(u -> json.set("usage", UsageJson.response(u)), () -> json.putNull("usage"));
        return json;
    }
}
