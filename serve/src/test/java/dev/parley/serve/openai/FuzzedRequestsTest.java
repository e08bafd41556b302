package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.TestServer;
import dev.parley.serve.http.JsonBody;
import java.math.BigDecimal;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that were right before something in them was changed: they are answered or refused, and never a fault of the server. */
class FuzzedRequestsTest {

    private static final String CHAT = """
            {"model": "tiny", "messages": [{"role": "system", "content": "x"}, {"role": "user", "content": [{"type": "text", "text": "y"}]},
             {"role": "assistant", "content": null, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
             {"role": "tool", "tool_call_id": "1", "content": "z"}], "temperature": 0.5, "top_p": 0.9, "top_k": 5, "min_p": 0.01, "max_tokens": 2, "n": 1, "seed": 1,
             "stop": ["q"], "presence_penalty": 0.1, "frequency_penalty": 0.1, "repetition_penalty": 1.1, "logit_bias": {"5": 1}, "logprobs": true, "top_logprobs": 2,
             "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}, "required": ["a"]}}},
             "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {"a": {"enum": [1, "b"]}}}}}],
             "tool_choice": {"type": "function", "function": {"name": "f"}}, "parallel_tool_calls": false, "stream": true, "stream_options": {"include_usage": true}}""";
    private static final String COMPLETION = """
            {"model": "tiny", "prompt": [[5, 6], [7]], "max_tokens": 2, "echo": true, "logprobs": 2, "n": 1, "best_of": 1, "stream": false, "stop": "x", "min_tokens": 1,
             "ignore_eos": false, "regex": "[ab]{2}", "temperature": 1, "user": "u"}""";
    private static final TestServer server = TestServer.shared();

    @AfterEach
    void theNextRequestIsServed() {
        assertEquals(200, server.post("/v1/completions", "{\"prompt\": \"x\", \"max_tokens\": 1}").statusCode());
        assertEquals(List.of(), server.notes().stream().filter(note -> !note.startsWith("{")).toList(),
                "what the operator is told of beside the log of accesses");
    }

    private static void assertNoFault(String path, String body) {
        var response = server.post(path, body);
        assertTrue(response.statusCode() == 200 || response.statusCode() >= 400 && response.statusCode() < 500,
                response.statusCode() + " " + response.body() + " for " + body);
        if (response.statusCode() >= 400) assertTrue(response.body().startsWith("{\"error\":{\"message\":"), response.body());
        assertFalse(response.body().contains("server_error"), response.body());
    }

    private static JsonNode oddity(SplittableRandom random) {
        var json = JsonBody.JSON.getNodeFactory();
        return switch (random.nextInt(16)) {
            case 0 -> json.nullNode();
            case 1 -> json.booleanNode(random.nextBoolean());
            case 2 -> json.numberNode(-1);
            case 3 -> json.numberNode(0);
            case 4 -> json.numberNode(Long.MAX_VALUE);
            case 5 -> json.numberNode(1e300);
            case 6 -> json.numberNode(new BigDecimal("123456789012345678901234567890"));
            case 7 -> json.numberNode(1.5);
            case 8 -> json.textNode("");
            case 9 -> json.textNode("\u0000\ud800🙂<|im_end|>");
            case 10 -> json.textNode("a".repeat(5_000));
            case 11 -> json.arrayNode();
            case 12 -> json.arrayNode().add(json.arrayNode().add(json.nullNode()));
            case 13 -> json.objectNode();
            case 14 -> json.objectNode().put("type", "object").put("name", "f");
            default -> json.textNode("auto");
        };
    }

    /** All places of a tree at which a value could be another. */
    private static void places(JsonNode node, List<Runnable> into, SplittableRandom random) {
        if (node instanceof ObjectNode object) {
            for (var name : object.properties().stream().map(p -> p.getKey()).toList()) {
                into.add(() -> object.set(name, oddity(random)));
                into.add(() -> object.remove(name));
                places(object.get(name), into, random);
            }
        } else if (node instanceof ArrayNode array) {
            IntStream.range(0, array.size()).forEach(i -> {
                into.add(() -> array.set(i, oddity(random)));
                places(array.get(i), into, random);
            });
        }
    }

    @Test
    void theRequestsAreRightBeforeTheyAreChanged() {
        assertEquals(200, server.post("/v1/chat/completions", CHAT).statusCode());
        assertEquals(200, server.post("/v1/completions", COMPLETION).statusCode());
    }

    @ParameterizedTest
    @CsvSource({"/v1/chat/completions, 1", "/v1/completions, 2"})
    void whateverIsChangedInARequestItIsAnsweredOrRefused(String path, long seed) throws Exception {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 400; i++) {
            var body = JsonBody.JSON.readTree(path.contains("chat") ? CHAT : COMPLETION);
            for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
                var places = new ArrayList<Runnable>();
                places(body, places, random);
                places.get(random.nextInt(places.size())).run();
            }
            assertNoFault(path, body.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"/v1/chat/completions", "/v1/completions"})
    void whatIsNoJsonIsABadRequest(String path) {
        var random = new SplittableRandom(3);
        var whole = path.contains("chat") ? CHAT : COMPLETION;
        for (int i = 0; i < 100; i++) {
            var bytes = whole.substring(0, random.nextInt(whole.length())).getBytes(StandardCharsets.UTF_8);
            // also such as is no UTF-8
            if (bytes.length > 0 && random.nextBoolean()) bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            var response = server.send(HttpRequest.newBuilder(java.net.URI.create(server.base() + path))
                    .header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(bytes)).build());
            assertEquals(400, response.statusCode(), response.body());
        }
    }

    @Test
    void whatIsNestedDeeplyIsABadRequest() {
        for (var nested : List.of("[".repeat(100_000), "{\"messages\": " + "[".repeat(500) + "]".repeat(500) + "}",
                "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000))) {
            for (var path : List.of("/v1/chat/completions", "/v1/completions")) assertEquals(400, server.post(path, nested).statusCode());
        }
    }

    @Test
    void whatWouldTakeForeverIsRefused() {
        for (var field : List.of("\"regex\": \"(a{1000}){1000}\"", "\"regex\": \"(a|aa)*b\"", "\"grammar\": \"root ::= root\"",
                "\"stop\": [" + "\"a\", ".repeat(100) + "\"b\"]",
                "\"n\": 16, \"best_of\": 99", "\"choice\": [" + "\"x\", ".repeat(5_000) + "\"y\"]", "\"logit_bias\": {"
                        + IntStream.range(0, 5_000).mapToObj(i -> "\"" + i + "\": 1").reduce((a, b) -> a + ", " + b).orElseThrow() + "}")) {
            assertNoFault("/v1/completions", "{\"prompt\": \"x\", \"max_tokens\": 3, " + field + "}");
        }
    }
}
