package dev.parley.serve.ollama;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.answering.ChatAnswer.Call;
import dev.parley.serve.answering.Usage;
import dev.parley.serve.http.JsonBody;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The objects of an answer, one for each line of a stream: a message in {@code /api/chat}, a text in {@code /api/generate}.
 *
 * @param model as the request calls it
 * @param chat whether it is of {@code /api/chat}
 */
record Answer(String model, boolean chat) {

    /** What an answer took. */
    record Took(Duration total, Duration load, Duration untilFirst, Duration answer, Usage usage) {}

    /** A piece of the answer, or all of it. */
    ObjectNode piece(String text, String thoughts, List<Whole> calls) {
        var json = JsonNodeFactory.instance.objectNode().put("model", model).put("created_at", Instant.now().toString());
        var said = chat ? json.putObject("message").put("role", "assistant") : json;
        said.put(chat ? "content" : "response", text);
        if (!thoughts.isEmpty()) said.put("thinking", thoughts);
        for (int i = 0; i < calls.size(); i++) put(said, i, calls.get(i));
        return json.put("done", false);
    }

    private static void put(ObjectNode said, int index, Whole call) {
        said.withArray("tool_calls").addObject().put("id", call.call().id()).putObject("function").put("index", index)
                .put("name", call.call().name()).set("arguments", call.arguments());
    }

    /** A call with its arguments, which Ollama writes as an object. */
    record Whole(Call call, JsonNode arguments) {}

    /** The calls of an answer; one that was broken off within its arguments is none. */
    static List<Whole> whole(List<Call> calls) {
        return calls.stream().map(call -> new Whole(call, object(call.arguments()))).filter(call -> call.arguments().isObject()).toList();
    }

    private static JsonNode object(String json) {
        try {
            return JsonBody.JSON.readTree(json);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /** The last piece, or the whole: why it ended, and what it took. */
    static ObjectNode done(ObjectNode json, String reason, Took took) {
        return json.put("done", true).put("done_reason", reason).put("total_duration", took.total().toNanos())
                .put("load_duration", took.load().toNanos()).put("prompt_eval_count", took.usage().promptTokens())
                .put("prompt_eval_duration", took.untilFirst().toNanos()).put("eval_count", took.usage().completionTokens())
                .put("eval_duration", took.answer().toNanos());
    }

    /** Of a request that only loads or unloads the model. */
    ObjectNode nothing(String reason) {
        return piece("", "", List.of()).put("done", true).put("done_reason", reason);
    }
}
