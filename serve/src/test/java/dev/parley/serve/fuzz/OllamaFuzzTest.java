package dev.parley.serve.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.serve.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Whatever is sent to Ollama's routes, the server answers by what was asked or by an error of 4xx in Ollama's shape, and serves the next
 * request. The requests are the same in every run.
 */
@Timeout(600)
@Execution(ExecutionMode.CONCURRENT)
class OllamaFuzzTest {

    private static final int CASES = 5_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static TestServer server;

    /** A request that is answered as it is. */
    private record Good(String method, String path, String body) {}

    private static final String OPTIONS = """
            "options": {"num_predict": 1, "temperature": 0.7, "top_k": 5, "top_p": 0.9, "min_p": 0.01, "typical_p": 0.9, "repeat_penalty": 1.1,
             "repeat_last_n": 64, "presence_penalty": 0.1, "frequency_penalty": 0.1, "seed": 3, "stop": ["x"], "num_ctx": 512, "num_gpu": 1}""";
    private static final List<Good> GOOD = List.of(
            new Good("POST", "/api/chat",
                    """
                    {"model": "tiny", "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
                     {"role": "assistant", "content": "", "thinking": "t", "tool_calls": [{"id": "c1", "function": {"index": 0, "name": "f", "arguments": {"a": 1}}}]},
                     {"role": "tool", "tool_name": "f", "tool_call_id": "c1", "content": "y"}], "stream": false, "keep_alive": "5m", "think": false,
                     "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object",
                     "properties": {"a": {"type": "integer"}}, "required": ["a"]}}}], "logprobs": true, "top_logprobs": 2, "truncate": true,"""
                            + OPTIONS + "}"),
            new Good("POST", "/api/chat", """
                    {"model": "tiny:latest", "messages": [{"role": "user", "content": "Hi"}], "format": {"type": "object", "properties":
                     {"a": {"enum": [1, "b", null]}}, "required": ["a"]}, "options": {"num_predict": 2}}"""),
            new Good("POST", "/api/generate", """
                    {"model": "tiny", "prompt": "Hi", "system": "s", "context": [1, 2, 3], "suffix": "", "template": "", "images": [], "format": "json",
                     "keep_alive": -1, "raw": false, "stream": true,""" + OPTIONS + "}"),
            new Good("POST", "/api/generate",
                    "{\"model\": \"tiny\", \"prompt\": \"Once\", \"raw\": true, \"options\": {\"num_predict\": 1}}"),
            new Good("POST", "/api/generate", "{\"model\": \"tiny\", \"keep_alive\": 600}"),
            new Good("POST", "/api/embed",
                    """
                    {"model": "tiny", "input": ["x", "y z"], "truncate": true, "dimensions": 64, "keep_alive": 60, "options": {"num_ctx": 100}}"""),
            new Good("POST", "/api/embeddings", "{\"model\": \"tiny\", \"prompt\": \"x\"}"),
            new Good("POST", "/api/show", "{\"model\": \"tiny\", \"verbose\": true}"),
            new Good("POST", "/api/pull", "{\"model\": \"tiny\", \"insecure\": false, \"stream\": false}"),
            new Good("GET", "/api/tags", ""), new Good("GET", "/api/ps", ""), new Good("GET", "/api/version", ""));

    @BeforeAll
    static void start() throws InterruptedException {
        server = TestServer.start();
        while (server.get("/ready").statusCode() != 200) Thread.sleep(20);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> send(String method, String path, byte[] body) {
        return server.send(HttpRequest.newBuilder(URI.create(server.base() + path)).header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofByteArray(body)).build());
    }

    private static String shown(Good one, byte[] body) {
        var text = new String(body, StandardCharsets.UTF_8);
        return one.method() + " " + one.path() + " " + (text.length() > 2_000 ? text.substring(0, 2_000) + "…" : text);
    }

    @Test
    void goodRequestsAreAnswered() {
        for (var one : GOOD) {
            var answer = send(one.method(), one.path(), one.body().getBytes(StandardCharsets.UTF_8));
            assertEquals(200, answer.statusCode(), one + " was answered by " + answer.body());
        }
    }

    @Test
    void badRequestsAreAnsweredByErrorsInOllamasShapeAndTheNextIsServed() {
        Map<Integer, Integer> statuses = new TreeMap<>();
        for (int i = 0; i < CASES; i++) {
            var mutator = new Mutator(i);
            var one = mutator.pick(GOOD);
            var body = mutator.mutated(one.body());
            var answer = send(one.method(), one.path(), body);
            statuses.merge(answer.statusCode(), 1, Integer::sum);
            check(answer, "Case " + i + ": " + shown(one, body));
            if (i % 500 == 0) goodRequestsAreAnswered();
        }
        goodRequestsAreAnswered();
        assertTrue(server.notes().stream().noneMatch(note -> note.contains("failed")), () -> String.join("\n", server.notes()));
        assertTrue(statuses.getOrDefault(200, 0) > CASES / 20 && statuses.getOrDefault(400, 0) > CASES / 4, statuses.toString());
    }

    private static void check(HttpResponse<String> answer, String asked) {
        var status = answer.statusCode();
        assertTrue(status == 200 || status >= 400 && status < 500,
                () -> asked + "\nwas answered by " + status + " " + answer.body() + "\n" + String.join("\n", server.notes()));
        try {
            for (var line : answer.body().lines().toList()) {
                var json = JSON.readTree(line);
                if (status >= 400) assertTrue(json.size() == 1 && !json.path("error").asText().isBlank(), () -> asked + "\n" + line);
                else assertTrue(json.isObject() && !json.has("error"), () -> asked + "\n" + line);
            }
        } catch (IOException e) {
            throw new AssertionError(asked + "\nwas answered by " + status + " and no JSON: " + answer.body(), e);
        }
    }
}
