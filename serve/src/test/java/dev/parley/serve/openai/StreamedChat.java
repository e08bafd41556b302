package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.JsonBody;
import java.util.Optional;

/** The pieces of a streamed chat put together to a whole answer, by what OpenAI's documentation says of them. */
final class StreamedChat {

    private StreamedChat() {}

    static JsonNode joined(String body) throws Exception {
        var events = body.split("\n\n");
        assertEquals("data: [DONE]", events[events.length - 1]);
        Optional<ObjectNode> whole = Optional.empty();
        for (int i = 0; i < events.length - 1; i++) {
            assertTrue(events[i].startsWith("data: "), events[i]);
            var piece = (ObjectNode) JsonBody.JSON.readTree(events[i].substring(6));
            assertEquals("chat.completion.chunk", piece.path("object").asText());
            if (whole.isEmpty()) whole = Optional.of(begin(piece));
            for (var field : new String[] {"id", "created", "model", "system_fingerprint"})
                assertEquals(whole.get().path(field), piece.path(field));
            for (var choice : piece.path("choices")) add((ArrayNode) whole.get().path("choices"), choice);
            if (piece.path("choices").isEmpty()) whole.get().set("usage", piece.path("usage"));
            else assertTrue(piece.path("usage").isNull());
        }
        whole.orElseThrow().path("choices").forEach(StreamedChat::finish);
        return whole.get();
    }

    private static ObjectNode begin(ObjectNode piece) {
        var whole = piece.deepCopy();
        whole.remove("usage");
        whole.putArray("choices");
        return whole;
    }

    private static void add(ArrayNode choices, JsonNode piece) {
        var index = piece.path("index").asInt();
        for (int i = choices.size(); i <= index; i++) choices.addObject().put("index", i);
        var choice = (ObjectNode) choices.get(index);
        assertTrue(choice.path("finish_reason").isMissingNode() || choice.path("finish_reason").isNull(),
                "nothing comes after the end of a choice");
        var message = choice.withObject("/message");
        var delta = piece.path("delta");
        if (delta.has("role")) message.set("role", delta.path("role"));
        if (delta.has("refusal")) message.set("refusal", delta.path("refusal"));
        if (delta.has("content")) message.put("content", message.path("content").asText() + delta.path("content").asText());
        for (var call : delta.path("tool_calls")) addCall(message.withArray("tool_calls"), call);
        if (!piece.path("logprobs").isNull()) choice.withObject("/logprobs").putNull("refusal").withArray("content")
                .addAll((ArrayNode) piece.path("logprobs").path("content"));
        choice.set("finish_reason", piece.path("finish_reason"));
    }

    private static void addCall(ArrayNode calls, JsonNode piece) {
        var index = piece.path("index").asInt();
        if (index == calls.size()) {
            calls.addObject().put("id", piece.path("id").asText()).put("type", piece.path("type").asText()).putObject("function")
                    .put("name", piece.path("function").path("name").asText()).put("arguments", "");
        }
        var function = (ObjectNode) calls.get(index).path("function");
        function.put("arguments", function.path("arguments").asText() + piece.path("function").path("arguments").asText());
    }

    private static void finish(JsonNode choice) {
        var message = (ObjectNode) choice.path("message");
        if (message.has("tool_calls") && message.path("content").asText().isEmpty()) message.putNull("content");
        if (!choice.has("logprobs")) ((ObjectNode) choice).putNull("logprobs");
    }
}
