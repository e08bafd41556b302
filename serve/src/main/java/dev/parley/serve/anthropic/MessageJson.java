package dev.parley.serve.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.answering.Ids;
import dev.parley.serve.answering.Usage;
import java.util.Optional;

/** The JSON of one message, whole and as the events that begin and end it. */
final class MessageJson {

    /**
     * How a message ended.
     *
     * @param reason such as {@code end_turn}
     * @param sequence the stop sequence of the request that ended it
     */
    record Stop(String reason, Optional<String> sequence) {

        static Stop of(String reason) {
            return new Stop(reason, Optional.empty());
        }
    }

    private static final String OF_CALLS = "toolu_";

    private final String id = Ids.of("msg_");
    private final String model;

    /** @param model that answers, or an assistant */
    MessageJson(String model) {
        this.model = model;
    }

    /** The name of a call in this API. */
    static String callId(String id) {
        return id.startsWith("call_") ? OF_CALLS + id.substring("call_".length()) : OF_CALLS + id;
    }

    /** The whole message. */
    ObjectNode whole(ArrayNode content, Stop stop, Usage usage) {
        var json = begun(content);
        put(json, Optional.of(stop));
        json.set("usage", wholeUsage(usage));
        return json;
    }

    private ObjectNode begun(ArrayNode content) {
        var json = JsonNodeFactory.instance.objectNode().put("id", id).put("type", "message").put("role", "assistant").put("model", model);
        json.set("content", content);
        return json.putNull("diagnostics");
    }

    private static void put(ObjectNode json, Optional<Stop> stop) {
        json.put("stop_reason", stop.map(Stop::reason).orElse(null)).put("stop_sequence", stop.flatMap(Stop::sequence).orElse(null))
                .putNull("stop_details").putNull("container");
    }

    /** The event with which it begins, before any token is made. @param promptTokens all of them: which are cached is told at the end */
    ObjectNode start(int promptTokens) {
        var message = begun(JsonNodeFactory.instance.arrayNode());
        put(message, Optional.empty());
        message.set("usage", wholeUsage(new Usage(promptTokens, 0, 0)));
        var event = event("message_start");
        event.set("message", message);
        return event;
    }

    /** The event that tells how it ended; {@code message_stop} follows. */
    static ObjectNode delta(Stop stop, Usage usage) {
        var event = event("message_delta");
        put(event.putObject("delta"), Optional.of(stop));
        event.set("usage", usage(usage));
        return event;
    }

    /** An event that says nothing else. */
    static ObjectNode event(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private static ObjectNode wholeUsage(Usage usage) {
        return usage(usage).putNull("cache_creation").putNull("inference_geo").putNull("service_tier").putNull("speed");
    }

    /** What was read from the prefix cache is not counted as input; both together are the prompt. */
    private static ObjectNode usage(Usage usage) {
        var json = JsonNodeFactory.instance.objectNode().put("input_tokens", usage.promptTokens() - usage.cachedTokens())
                .put("cache_creation_input_tokens", 0).put("cache_read_input_tokens", usage.cachedTokens())
                .put("output_tokens", usage.completionTokens());
        json.putObject("output_tokens_details").put("thinking_tokens", usage.reasoningTokens());
        return json.putNull("server_tool_use");
    }
}
