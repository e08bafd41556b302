package dev.parley.serve.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.serve.TestServer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
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

/** Whatever is sent to Anthropic's routes is answered, or refused in its shape. The requests are the same in every run. */
@Timeout(600)
@Execution(ExecutionMode.CONCURRENT)
class MessagesFuzzTest {

    private static final int CASES = 5_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MESSAGES = "/v1/messages";
    private static final List<String> GOOD = List.of(
            """
            {"model": "tiny", "max_tokens": 1, "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
             "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}], "temperature": 0.7, "top_p": 0.9, "top_k": 5,
             "seed": 3, "stop_sequences": ["x"], "metadata": {"user_id": "u"}, "service_tier": "auto", "stream": true}""",
            """
            {"max_tokens": 1, "messages": [{"role": "user", "content": "Hi"},
              {"role": "assistant", "content": [{"type": "thinking", "thinking": "t", "signature": "s"},
                {"type": "redacted_thinking", "data": "d"}, {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "c", "name": "f", "input": {"a": 1}}]},
              {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "is_error": true,
                "content": [{"type": "text", "text": "y"}]}, {"type": "text", "text": "And?"}]}],
             "tools": [{"name": "f", "description": "d", "strict": true, "input_schema": {"type": "object",
               "properties": {"a": {"type": "integer"}}, "required": ["a"]}}],
             "tool_choice": {"type": "auto", "disable_parallel_tool_use": true}}""",
            """
            {"max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}], "stream": true,
             "tools": [{"name": "f", "input_schema": {"type": "object", "properties": {"a": {"enum": [1, "b", null]}}}},
               {"name": "g", "input_schema": {"type": "object"}}], "tool_choice": {"type": "tool", "name": "f"}}""",
            """
            {"max_tokens": 1, "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "Hi"},
              {"role": "assistant", "content": "Yes, "}], "thinking": {"type": "enabled", "budget_tokens": 1024, "display": "omitted"},
             "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": {"type": "object", "properties":
               {"a": {"type": "array", "items": {"type": "string", "pattern": "^a+$"}, "minItems": 1}}}}}}""",
            """
            {"max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}], "thinking": {"type": "adaptive"},
             "output_format": {"type": "json_schema", "schema": {"type": "object"}}, "cache_control": {"type": "ephemeral"}}""");
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start();
        while (server.get("/ready").statusCode() != 200) Thread.sleep(20);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void whatIsGoodIsAnswered() {
        for (var body : GOOD) {
            for (var path : List.of(MESSAGES, MESSAGES + "/count_tokens")) {
                var answer = server.post(path, body);
                assertEquals(200, answer.statusCode(), body + "\nwas answered by " + answer.body());
            }
        }
    }

    @Test
    void whatIsBadIsRefusedInTheShapeOfTheApi() throws Exception {
        Map<Integer, Integer> statuses = new TreeMap<>();
        for (int i = 0; i < CASES; i++) {
            var mutator = new Mutator(i);
            var body = mutator.mutated(mutator.pick(GOOD));
            var path = mutator.oneIn(4) ? MESSAGES + "/count_tokens" : MESSAGES;
            var answer = server.send(HttpRequest.newBuilder(URI.create(server.base() + path)).header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(body)).build());
            var status = answer.statusCode();
            statuses.merge(status, 1, Integer::sum);
            var told = "Case " + i + ": " + path + " " + shown(body) + "\nwas answered by " + status + " " + answer.body();
            assertTrue(status == 200 || status >= 400 && status < 500, () -> told + "\n" + String.join("\n", server.notes()));
            if (status == 200) continue;
            var error = JSON.readTree(answer.body());
            assertEquals("error", error.path("type").asText(), told);
            assertTrue(error.path("error").path("type").isTextual() && !error.path("error").path("message").asText().isBlank(), told);
            assertEquals(answer.headers().firstValue("request-id").orElse(""), error.path("request_id").asText(), told);
        }
        assertTrue(server.notes().stream().noneMatch(note -> note.contains("failed")), () -> String.join("\n", server.notes()));
        assertTrue(statuses.getOrDefault(200, 0) > CASES / 20 && statuses.getOrDefault(400, 0) > CASES / 4, statuses.toString());
    }

    private static String shown(byte[] body) {
        var text = new String(body, StandardCharsets.UTF_8);
        return text.length() > 2_000 ? text.substring(0, 2_000) + "… (" + body.length + " bytes)" : text;
    }
}
