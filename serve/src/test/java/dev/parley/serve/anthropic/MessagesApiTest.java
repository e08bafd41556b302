package dev.parley.serve.anthropic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.TestServer;
import dev.parley.serve.http.JsonBody;
import java.net.URI;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code /v1/messages} as it stands on the wire, and against the other routes, which answer the same. */
@Timeout(120)
class MessagesApiTest {

    private static final String PATH = "/v1/messages";
    private static final String COUNT = "/v1/messages/count_tokens";
    private static final String ASKED = """
            {"model": "tiny", "system": "Be brief.", "messages": [{"role": "user", "content": "How is the weather?"}],
             "max_tokens": 20, "temperature": 1, "seed": 3}""";
    private static final String SCHEMA = "{\"type\": \"object\", \"properties\": {\"city\": {\"enum\": [\"Oslo\", \"Bern\"]}}, "
            + "\"required\": [\"city\"]}";
    private static final TestServer server = TestServer.shared();

    private static ObjectNode asked() {
        return json(ASKED);
    }

    private static ObjectNode json(String body) {
        try {
            return (ObjectNode) JsonBody.JSON.readTree(body);
        } catch (java.io.IOException e) {
            throw new AssertionError(body, e);
        }
    }

    private static ObjectNode ok(String path, JsonNode request) {
        var answer = server.post(path, request.toString());
        assertEquals(200, answer.statusCode(), answer.body());
        return json(answer.body());
    }

    private static String text(JsonNode message) {
        assertEquals("text", message.path("content").path(0).path("type").asText(), message.toString());
        return message.path("content").path(0).path("text").asText();
    }

    private static String refused(String path, JsonNode request) {
        var answer = server.post(path, request.toString());
        assertEquals(400, answer.statusCode(), answer.body());
        var error = json(answer.body());
        assertEquals("error", error.path("type").asText());
        assertEquals("invalid_request_error", error.path("error").path("type").asText());
        assertEquals(answer.headers().firstValue("request-id").orElseThrow(), error.path("request_id").asText());
        return error.path("error").path("message").asText();
    }

    private static int prompt(JsonNode usage) {
        return usage.path("input_tokens").asInt() + usage.path("cache_read_input_tokens").asInt()
                + usage.path("cache_creation_input_tokens").asInt();
    }

    // ---- the same by every API ----

    @Test
    void theTextIsThatOfAChatCompletionAndOfAResponse() throws Exception {
        var message = ok(PATH, asked());
        var chat = ok("/v1/chat/completions", json("""
                {"model": "tiny", "messages": [{"role": "system", "content": "Be brief."},
                  {"role": "user", "content": "How is the weather?"}],
                 "max_tokens": 20, "temperature": 1, "seed": 3}"""));
        var response = ok("/v1/responses", json("""
                {"model": "tiny", "instructions": "Be brief.", "input": "How is the weather?", "max_output_tokens": 20, "temperature": 1,
                 "seed": 3}"""));
        assertFalse(text(message).isBlank());
        assertEquals(chat.path("choices").path(0).path("message").path("content").asText(), text(message));
        assertEquals(response.path("output").path(0).path("content").path(0).path("text").asText(), text(message));
        assertEquals(chat.path("usage").path("prompt_tokens").asInt(), prompt(message.path("usage")));
        assertEquals(chat.path("usage").path("completion_tokens").asInt(), message.path("usage").path("output_tokens").asInt());
        assertTrue(message.path("id").asText().startsWith("msg_"));
        assertEquals("max_tokens", message.path("stop_reason").asText());
    }

    @Test
    void theCallIsThatOfAChatCompletion() {
        var request = asked().put("max_tokens", 100);
        request.putArray("tools").addObject().put("name", "weather").put("description", "Of a city").set("input_schema", json(SCHEMA));
        request.putObject("tool_choice").put("type", "any").put("disable_parallel_tool_use", true);
        var message = ok(PATH, request);
        var chat = json("""
                {"model": "tiny", "messages": [{"role": "system", "content": "Be brief."},
                  {"role": "user", "content": "How is the weather?"}],
                 "max_tokens": 100, "temperature": 1, "seed": 3, "tool_choice": "required", "parallel_tool_calls": false}""");
        chat.putArray("tools").addObject().put("type", "function").putObject("function").put("name", "weather")
                .put("description", "Of a city")
                .set("parameters", json(SCHEMA));
        var call = ok("/v1/chat/completions", chat).path("choices").path(0).path("message").path("tool_calls").path(0).path("function");
        assertEquals("tool_use", message.path("stop_reason").asText(), message.toString());
        assertEquals(1, message.path("content").size());
        var used = message.path("content").path(0);
        assertEquals("weather", used.path("name").asText());
        assertEquals(json(call.path("arguments").asText()), used.path("input"));
        assertTrue(used.path("id").asText().startsWith("toolu_"));
    }

    @Test
    void eventsTellTheWholeMessage() throws Exception {
        var called = asked().put("max_tokens", 200);
        called.putArray("tools").addObject().put("name", "weather").set("input_schema", json(SCHEMA));
        called.putObject("tool_choice").put("type", "any");
        for (var request : new ObjectNode[] {asked(), called}) {
            var whole = withoutNames(ok(PATH, request));
            var streamed = StreamedMessage.joined(server.post(PATH, request.put("stream", true).toString()).body());
            assertFalse(whole.path("content").isEmpty());
            assertEquals(whole, withoutNames(streamed));
        }
    }

    /** Without what differs from one answer to the next: names, and how much of the prompt was in the cache. */
    private static JsonNode withoutNames(JsonNode message) {
        var copy = message.<ObjectNode>deepCopy().without("id");
        for (var block : copy.path("content")) ((ObjectNode) block).remove("id");
        var usage = (ObjectNode) copy.path("usage");
        usage.put("input_tokens", prompt(usage)).put("cache_read_input_tokens", 0);
        return copy;
    }

    // ---- messages ----

    @Test
    void theAnswerGoesOnWithTheLastMessage() {
        var request = asked();
        request.withArray("messages").addObject().put("role", "assistant").put("content", "The weather in Oslo is");
        var completion = ok("/v1/completions",
                json("{\"model\": \"tiny\", \"max_tokens\": 20, \"temperature\": 1, \"seed\": 3}").put("prompt",
                        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHow is the weather?<|im_end|>\n<|im_start|>assistant\n"
                                + "The weather in Oslo is"));
        var message = ok(PATH, request);
        assertEquals(completion.path("choices").path(0).path("text").asText(), text(message));
        assertEquals(completion.path("usage").path("prompt_tokens").asInt(), prompt(message.path("usage")));
        assertNotEquals(text(ok(PATH, asked())), text(message));
    }

    @Test
    void messagesOfOneRoleInARowAreOneTurn() {
        var apart = json("""
                {"messages": [{"role": "user", "content": "One."}, {"role": "user", "content": [{"type": "text", "text": "Two."}]}]}""");
        var joined = json("{\"messages\": [{\"role\": \"user\", \"content\": \"One.\\nTwo.\"}]}");
        assertEquals(ok(COUNT, joined), ok(COUNT, apart));
        assertTrue(ok(COUNT, joined).path("input_tokens").asInt() > 5);
    }

    @Test
    void countedTokensAreThoseThatTheMessageReads() {
        var request = json("""
                {"system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}], "messages": [
                  {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
                  {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm.", "signature": "x"},
                    {"type": "redacted_thinking", "data": "x"}, {"type": "text", "text": "I look."},
                    {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Oslo"}}]},
                  {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "is_error": true,
                    "content": [{"type": "text", "text": "No connection"}]}, {"type": "text", "text": "And?"}]}],
                 "thinking": {"type": "disabled"}, "output_config": {"effort": "low"}}""");
        request.putArray("tools").addObject().put("name", "weather").set("input_schema", json(SCHEMA));
        var counted = ok(COUNT, request).path("input_tokens").asInt();
        assertEquals(counted, prompt(ok(PATH, request.put("max_tokens", 1)).path("usage")));
        request.remove("tools");
        assertTrue(ok(COUNT, request).path("input_tokens").asInt() < counted);
        var tooLong = json("{\"messages\": [{\"role\": \"user\", \"content\": \"" + "word ".repeat(2_000) + "\"}]}");
        assertTrue(ok(COUNT, tooLong).path("input_tokens").asInt() > 2_000, "what does not fit is counted, too");
    }

    @Test
    void whatIsCachedIsToldApart() {
        var request = asked().put("system", "Be brief and kind, and say what you know. ".repeat(30));
        ok(PATH, request);
        var usage = ok(PATH, request).path("usage");
        assertTrue(usage.path("cache_read_input_tokens").asInt() > 100, usage.toString());
        assertEquals(ok(COUNT, request).path("input_tokens").asInt(), prompt(usage));
    }

    // ---- how it ends ----

    @Test
    void aStopSequenceIsNamed() {
        var whole = text(ok(PATH, asked()));
        var stop = whole.substring(whole.length() / 2, whole.length() / 2 + 3);
        var request = asked();
        request.putArray("stop_sequences").add("never to be found").add(stop);
        var message = ok(PATH, request);
        assertEquals("stop_sequence", message.path("stop_reason").asText());
        assertEquals(stop, message.path("stop_sequence").asText());
        assertEquals(whole.substring(0, whole.indexOf(stop)), text(message));
        request.put("regex", "abc").remove("stop_sequences");
        var ended = ok(PATH, request);
        assertEquals("end_turn", ended.path("stop_reason").asText());
        assertTrue(ended.path("stop_sequence").isNull());
    }

    @Test
    void theEndOfTheContextIsNoLimitOfTheRequest() {
        var words = json("{\"messages\": [{\"role\": \"user\", \"content\": \"" + "word ".repeat(TestServer.CONTEXT - 40) + "\"}]}");
        words.put("max_tokens", 500).put("ignore_eos", true);
        assertEquals("model_context_window_exceeded", ok(PATH, words).path("stop_reason").asText());
        words.put("max_tokens", 2);
        assertEquals("max_tokens", ok(PATH, words).path("stop_reason").asText());
    }

    @Test
    void theAnswerIsOfItsSchema() {
        var request = asked().put("max_tokens", 100);
        request.putObject("output_config").putObject("format").put("type", "json_schema").set("schema", json(SCHEMA));
        assertTrue(json(text(ok(PATH, request))).path("city").asText().matches("Oslo|Bern"));
        var older = asked().put("max_tokens", 100);
        older.putObject("output_format").put("type", "json_schema").set("schema", json(SCHEMA));
        assertEquals(text(ok(PATH, request)), text(ok(PATH, older)));
    }

    // ---- what is refused ----

    @Test
    void whatCannotBeHonouredIsRefusedByName() {
        assertEquals("max_tokens is missing.", refused(PATH, asked().without("max_tokens")));
        assertEquals("messages is missing.", refused(PATH, asked().without("messages")));
        for (var type : new String[] {"image", "document"}) {
            var message = refused(PATH, json("{\"max_tokens\": 1, \"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"" + type
                    + "\", \"source\": {\"type\": \"base64\", \"media_type\": \"image/png\", \"data\": \"\"}}]}]}"));
            assertTrue(message.startsWith("messages[0].content[0].type is " + type), message);
        }
        var unknown = refused(PATH, json("""
                {"max_tokens": 1, "messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_9"}]}]}"""));
        assertTrue(unknown.contains("messages[0].content[0].tool_use_id"), unknown);
        var unanswered = refused(PATH, json("""
                {"max_tokens": 1, "messages": [{"role": "user", "content": "x"},
                 {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}}]}]}"""));
        assertTrue(unanswered.contains("results"), unanswered);
        var builtIn = asked();
        builtIn.putArray("tools").addObject().put("type", "web_search_20250305").put("name", "web_search");
        assertTrue(refused(PATH, builtIn).startsWith("tools[0].type"));
        var schema = asked();
        schema.putArray("tools").addObject().put("name", "f").putObject("input_schema").put("type", "object").put("minProperties", 3)
                .putObject("patternProperties").put("(", true);
        schema.putObject("tool_choice").put("type", "any");
        assertTrue(refused(PATH, schema).startsWith("tools[0].input_schema"), refused(PATH, schema));
        assertTrue(refused(PATH, asked().put("system", "word ".repeat(2_000))).startsWith("prompt is too long: "));
        assertTrue(refused(COUNT, asked().put("messages", "x")).startsWith("messages"));
    }

    @Test
    void errorsHaveTheStatusesAndTypesOfTheApi() {
        var unknown = server.post(PATH, asked().put("model", "claude-9").toString());
        assertEquals(404, unknown.statusCode());
        assertEquals("not_found_error", json(unknown.body()).path("error").path("type").asText());
        var elsewhere = server.get("/v1/messages/batches");
        assertEquals(404, elsewhere.statusCode());
        assertEquals("error", json(elsewhere.body()).path("type").asText());
        assertTrue(server.post(PATH, asked().toString()).headers().firstValue("request-id").orElse("").startsWith("req_"));
        assertEquals("", server.get("/v1/models").headers().firstValue("request-id").orElse(""));
    }

    // ---- models ----

    @Test
    void modelsAreListedAsTheClientOfEitherApiReadsThem() {
        var list = json(anthropic("/v1/models"));
        assertEquals("tiny", list.path("first_id").asText());
        assertEquals("tiny-2", list.path("last_id").asText());
        assertFalse(list.path("has_more").asBoolean());
        assertEquals(list.path("data").path(0), json(anthropic("/v1/models/small")));
        assertEquals("model", list.path("data").path(0).path("type").asText());
        assertEquals(TestServer.CONTEXT, list.path("data").path(0).path("max_input_tokens").asInt());
        assertEquals("error", json(anthropic("/v1/models/nothing")).path("type").asText());
        assertEquals("list", json(server.get("/v1/models").body()).path("object").asText());
    }

    private static String anthropic(String path) {
        return server.send(HttpRequest.newBuilder(URI.create(server.base() + path)).header("anthropic-version", "2023-06-01").build())
                .body();
    }
}
