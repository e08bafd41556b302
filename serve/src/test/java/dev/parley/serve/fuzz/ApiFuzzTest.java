package dev.parley.serve.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.serve.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
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
 * Whatever is sent, the server answers by what was asked or by an error of 4xx in OpenAI's shape, and serves the next request. The
 * requests are the same in every run.
 */
@Timeout(600)
@Execution(ExecutionMode.CONCURRENT)
class ApiFuzzTest {

    private static final int CASES = 3_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static TestServer server;
    private static String cookie;
    private static String token;
    private static List<Good> good;

    /** A request that is answered as it is. */
    private record Good(String method, String path, String body) {}

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start();
        while (server.get("/ready").statusCode() != 200) Thread.sleep(20);
        var session = server.get("/api/session");
        cookie = session.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");
        token = JSON.readTree(session.body()).path("csrf").asText();
        good = good();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<Good> good() throws IOException {
        var conversation = made("/api/conversations", "{\"title\": \"x\"}");
        var question = made("/api/conversations/" + conversation + "/messages", "{\"text\": \"x\"}");
        var left = made("/api/conversations/" + conversation + "/answers",
                "{\"parent\": \"" + question + "\", \"settings\": {\"max_tokens\": 1}}");
        var right = made("/api/conversations/" + conversation + "/answers",
                "{\"parent\": \"" + question + "\", \"settings\": {\"max_tokens\": 1}}");
        var at = "/api/conversations/" + conversation;
        return List.of(
                new Good("POST", "/v1/chat/completions",
                        "{\"model\": \"tiny\", \"messages\": [{\"role\": \"system\", \"content\": \"Be brief.\"}, {\"role\": \"user\", "
                                + "\"content\": [{\"type\": \"text\", \"text\": \"Hi\"}]}], "
                                + "\"max_tokens\": 1, \"temperature\": 0.7, \"top_p\": 0.9, \"top_k\": 5, \"seed\": 3, \"n\": 1, "
                                + "\"stop\": [\"x\"], \"logit_bias\": {\"5\": 1}, \"logprobs\": true, \"top_logprobs\": 2, "
                                + "\"presence_penalty\": 0.1, \"frequency_penalty\": 0.1, \"repetition_penalty\": 1.1, \"min_p\": 0.01, "
                                + "\"user\": \"u\", \"metadata\": {}}"),
                new Good("POST", "/v1/chat/completions",
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": null, "
                                + "\"tool_calls\": [{\"id\": \"c1\", \"type\": \"function\", "
                                + "\"function\": {\"name\": \"f\", \"arguments\": \"{}\"}}]}, {\"role\": \"tool\", \"tool_call_id\": "
                                + "\"c1\", \"content\": \"y\"}], \"max_tokens\": 1, \"tool_choice\": \"auto\", \"tools\": [{\"type\": "
                                + "\"function\", "
                                + "\"function\": {\"name\": \"f\", \"description\": \"d\", \"strict\": true, \"parameters\": {\"type\": "
                                + "\"object\", \"properties\": {\"a\": {\"type\": \"integer\"}}, \"required\": [\"a\"]}}}], "
                                + "\"parallel_tool_calls\": false}"),
                new Good("POST", "/v1/chat/completions",
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"max_tokens\": 1, \"stream\": true, "
                                + "\"stream_options\": {\"include_usage\": true}, "
                                + "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"n\", \"schema\": "
                                + "{\"type\": \"object\", \"properties\": {\"a\": {\"enum\": [1, \"b\", null]}, "
                                + "\"c\": {\"type\": \"array\", \"items\": {\"type\": \"string\", \"pattern\": \"^a+$\"}, \"minItems\": "
                                + "1}}, \"required\": [\"a\"]}}}}"),
                new Good("POST", "/v1/completions",
                        "{\"model\": \"tiny\", \"prompt\": [\"Once\", \"Twice\"], \"max_tokens\": 1, \"logprobs\": 2, \"echo\": true, "
                                + "\"n\": 1, \"stop\": \"x\", \"seed\": 1}"),
                new Good("POST", "/v1/completions",
                        "{\"prompt\": [[1, 2], [3]], \"max_tokens\": 1, \"regex\": \"a[bc]+d{2}|e\", \"stream\": true}"),
                new Good("POST", "/v1/completions",
                        "{\"prompt\": \"x\", \"max_tokens\": 1, \"grammar\": \"root ::= \\\"a\\\" b?\\nb ::= [0-9]+\"}"),
                new Good("POST", "/v1/completions", "{\"prompt\": \"x\", \"max_tokens\": 1, \"choice\": [\"yes\", \"no\"]}"),
                new Good("POST", "/v1/responses",
                        "{\"model\": \"tiny\", \"input\": [{\"role\": \"user\", \"content\": [{\"type\": \"input_text\", \"text\": "
                                + "\"Hi\"}]}, {\"type\": \"function_call\", \"call_id\": \"c\", \"name\": \"f\", "
                                + "\"arguments\": \"{}\"}, {\"type\": \"function_call_output\", \"call_id\": \"c\", \"output\": \"y\"}], "
                                + "\"instructions\": \"i\", \"max_output_tokens\": 1, \"tools\": [{\"type\": \"function\", \"name\": "
                                + "\"f\", "
                                + "\"parameters\": {\"type\": \"object\", \"properties\": {}}}], \"tool_choice\": \"auto\", \"include\": "
                                + "[\"message.output_text.logprobs\"], \"top_logprobs\": 1, \"metadata\": {\"a\": \"b\"}, \"store\": "
                                + "true}"),
                new Good("POST", "/v1/responses",
                        "{\"input\": \"x\", \"max_output_tokens\": 1, \"stream\": true, \"text\": {\"format\": {\"type\": "
                                + "\"json_object\"}, \"verbosity\": \"low\"}, \"truncation\": \"disabled\", \"background\": false}"),
                new Good("POST", "/v1/embeddings",
                        "{\"model\": \"tiny\", \"input\": [\"x\", [1, 2]], \"encoding_format\": \"base64\", \"dimensions\": 64}"),
                new Good("POST", "/v1/embeddings",
                        "{\"input\": [\"x\", \"y\"], \"encoding_format\": \"float\", \"input_type\": \"query\", \"user\": \"u\"}"),
                new Good("POST", "/v1/embeddings", "{\"input\": \"x\", \"prompt\": \"find: \"}"),
                new Good("POST", "/v1/rerank",
                        "{\"model\": \"tiny\", \"query\": \"x\", \"documents\": [\"x\", {\"text\": \"y\"}], \"top_n\": 1, "
                                + "\"return_documents\": true, \"instruction\": \"find\", \"max_tokens_per_doc\": 3}"),
                new Good("POST", "/rerank",
                        "{\"query\": \"x\", \"texts\": [\"x\", \"y\"], \"return_text\": true, \"raw_scores\": false, \"truncate\": "
                                + "true}"),
                new Good("POST", "/v1/moderations", "{\"model\": \"m\", \"input\": [\"x\", \"y\"]}"),
                new Good("POST", "/v1/moderations", "{\"input\": [{\"type\": \"text\", \"text\": \"x\"}]}"),
                new Good("POST", "/tokenize", "{\"content\": \"x\", \"add_special\": true, \"return_token_strs\": true}"),
                new Good("POST", "/tokenize",
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"add_generation_prompt\": true}"),
                new Good("POST", "/detokenize", "{\"model\": \"tiny\", \"tokens\": [1, 2, 3]}"),
                new Good("GET", "/v1/models", ""), new Good("GET", "/v1/models/tiny", ""), new Good("GET", "/props", ""),
                new Good("GET", "/health", ""), new Good("GET", "/openapi.json", ""),
                new Good("GET", "/api/models", ""), new Good("GET", "/api/session", ""), new Good("GET", "/api/export", ""),
                new Good("POST", "/api/presets",
                        "{\"name\": \"p\", \"model\": \"tiny\", \"system\": \"s\", \"settings\": {\"temperature\": 1}}"),
                new Good("POST", "/api/conversations",
                        "{\"title\": \"t\", \"model\": \"tiny\", \"system\": \"s\", \"settings\": {\"top_k\": 3}, \"pinned\": true}"),
                new Good("PATCH", at,
                        "{\"title\": \"t\", \"pinned\": false, \"settings\": {\"max_tokens\": 1}, \"current\": \"" + question + "\"}"),
                new Good("GET", "/api/conversations?query=x&limit=3", ""), new Good("GET", at, ""), new Good("GET", at + "/export", ""),
                new Good("POST", at + "/messages", "{\"parent\": \"" + question + "\", \"role\": \"user\", \"text\": \"y\"}"),
                new Good("POST", at + "/answers",
                        "{\"parent\": \"" + question + "\", \"settings\": {\"max_tokens\": 1, \"temperature\": 0}}"),
                new Good("POST", at + "/comparisons", "{\"left\": \"" + left + "\", \"right\": \"" + right + "\", \"choice\": \"left\"}"),
                new Good("PUT", "/api/messages/" + left + "/rating", "{\"rating\": 1, \"comment\": \"c\"}"),
                new Good("GET", "/api/messages/" + left + "/tokens", ""),
                new Good("GET", "/api/messages/" + left + "/explanation?token=0&analyses=logit_lens", ""),
                new Good("GET", "/api/answers/" + left + "/events", ""),
                new Good("POST", "/api/answers/" + left + "/stop", ""),
                new Good("POST", "/api/import", send("GET", at + "/export", new byte[0], "application/json").body()));
    }

    private static String made(String path, String body) throws IOException {
        var answer = send("POST", path, body.getBytes(StandardCharsets.UTF_8), "application/json");
        assertEquals(2, answer.statusCode() / 100, answer.body());
        return JSON.readTree(answer.body()).path("id").asText();
    }

    private static HttpResponse<String> send(String method, String path, byte[] body, String contentType) {
        var request = HttpRequest.newBuilder(URI.create(server.base() + path)).header("Cookie", cookie).header("X-Parley-CSRF", token)
                .method(method, BodyPublishers.ofByteArray(body));
        if (!contentType.isEmpty()) request.header("Content-Type", contentType);
        return server.send(request.build());
    }

    @Test
    void goodRequestsAreAnswered() {
        for (var one : good) {
            var answer = send(one.method(), one.path(), one.body().getBytes(StandardCharsets.UTF_8), "application/json");
            assertEquals(2, answer.statusCode() / 100, one + " was answered by " + answer.statusCode() + " " + answer.body());
        }
    }

    @Test
    void badRequestsAreAnsweredByErrorsOfTheirOwnAndTheNextIsServed() {
        Map<Integer, Integer> statuses = new TreeMap<>();
        for (int i = 0; i < CASES; i++) {
            var mutator = new Mutator(i);
            var one = mutator.pick(good);
            var body = mutator.mutated(one.body());
            var method = mutator.oneIn(30) ? mutator.pick(List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PARLEY"))
                    : one.method();
            var contentType = mutator.oneIn(20) ? mutator.pick(List.of("", "text/plain", "application/json; charset=utf-16",
                    "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "x")) : "application/json";
            var path = mutator.oneIn(20) ? changed(one.path(), mutator) : one.path();
            var answer = answerTo(method, path, body, contentType, "Case " + i);
            statuses.merge(answer.statusCode(), 1, Integer::sum);
            check(answer, "Case " + i + ": " + shown(method, path, body));
            if (i % 100 == 0) goodRequestIsServed();
        }
        goodRequestIsServed();
        assertTrue(server.notes().stream().noneMatch(note -> note.contains("failed")), () -> String.join("\n", server.notes()));
        assertTrue(statuses.getOrDefault(200, 0) > CASES / 20 && statuses.getOrDefault(400, 0) > CASES / 4, statuses.toString());
    }

    /**
     * An address that Jetty refuses is answered before the body is read: where that has not all been sent, the system may reset the
     * connection, and the answer with it. The same request is then answered the next time.
     */
    private static HttpResponse<String> answerTo(String method, String path, byte[] body, String contentType, String what) {
        try {
            return send(method, path, body, contentType);
        } catch (UncheckedIOException reset) {
            try {
                return send(method, path, body, contentType);
            } catch (UncheckedIOException e) {
                e.addSuppressed(reset);
                throw new AssertionError(what + ": " + shown(method, path, body) + "\nwas not answered.", e);
            }
        }
    }

    private static String shown(String method, String path, byte[] body) {
        var text = new String(body, StandardCharsets.UTF_8);
        return method + " " + path + " " + (text.length() > 2_000 ? text.substring(0, 2_000) + "… (" + body.length + " bytes)" : text);
    }

    private static String changed(String path, Mutator mutator) {
        var odd = URLEncoder.encode(
                mutator.pick(List.of("../x", "\u0000", "é\ud83d\ude00", "' OR 1=1", "x".repeat(3_000), "%", "a/b", "-1", "1e9")),
                StandardCharsets.UTF_8);
        return switch (mutator.pick(List.of(0, 1, 2, 3))) {
            case 0 -> path + "/" + odd;
            case 1 -> path.replaceAll("/[^/]*$", "/" + odd);
            case 2 -> path + (path.contains("?") ? "&" : "?") + "limit=" + odd + "&before=" + odd + "&token=" + odd + "&last=" + odd
                    + "&query=" + odd;
            default -> path.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", odd);
        };
    }

    private static void check(HttpResponse<String> answer, String asked) {
        var status = answer.statusCode();
        assertTrue(status >= 200 && status < 300 || status >= 400 && status < 500,
                () -> asked + "\nwas answered by " + status + " " + answer.body() + "\n" + String.join("\n", server.notes()));
        if (status < 400 || answer.request().method().equals("HEAD")) return;
        JsonNode error;
        try {
            error = JSON.readTree(answer.body()).path("error");
        } catch (IOException e) {
            throw new AssertionError(asked + "\nwas answered by " + status + " and no JSON: " + answer.body(), e);
        }
        assertTrue(
                !error.path("message").asText().isBlank() && error.path("type").isTextual() && error.path("code").isTextual()
                        && error.has("param"),
                () -> asked + "\nwas answered by " + status + " " + answer.body());
    }

    private static void goodRequestIsServed() {
        var answer = server.post("/v1/completions", "{\"prompt\": \"Once\", \"max_tokens\": 1}");
        assertEquals(200, answer.statusCode(), answer.body());
    }
}
