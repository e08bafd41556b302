package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.engine.EngineStats;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ModelSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told where a request cannot be answered for reasons that lie not in its fields. */
@Timeout(300)
class RefusalsTest {

    // A text can be in twice as many places of this grammar after each letter a, which is found out while it is made.
    private static final String TOO_AMBIGUOUS = "root ::= \\\"a\\\" root \\\"b\\\" | \\\"a\\\" root \\\"c\\\" | \\\"d\\\"";
    private static final String ONLY_A = "\"logit_bias\": {\"64\": 100}, \"temperature\": 0, \"max_tokens\": 100";

    private static JsonNode error(String body) throws Exception {
        return JsonBody.JSON.readTree(body).path("error");
    }

    private static EngineStats await(TestServer server, Predicate<EngineStats> state) throws InterruptedException {
        while (true) {
            var model = server.models().all().getFirst().model();
            if (model.isPresent() && state.test(model.get().engine().stats())) return model.get().engine().stats();
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static HttpResponse<java.io.InputStream> begin(TestServer server, HttpClient client) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(server.base() + "/v1/completions")).POST(HttpRequest.BodyPublishers.ofString(
                "{\"prompt\": \"x\", \"max_tokens\": 1000, \"logit_bias\": {\"50256\": -100, \"50258\": -100}, \"stream\": true}")).build(),
                HttpResponse.BodyHandlers.ofInputStream());
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "true"})
    void whereTooManyWaitTheNextIsToldToComeBack(String stream) throws Exception {
        try (var server = TestServer.start(ServerSettings.DEFAULT.withPort(0), List.of(TestServer.source("tiny", List.of(), 7)),
                new Limits(1, 1, 256L << 20, 64));
                var client = HttpClient.newHttpClient(); var running = begin(server, client).body()) {
            var waiting = new ArrayList<Thread>();
            waiting.add(Thread.ofVirtual().start(() -> server.post("/v1/completions", "{\"prompt\": \"x\", \"max_tokens\": 1}")));
            await(server, s -> s.running() == 1 && s.waiting() == 1);
            for (var path : List.of("/v1/completions", "/v1/chat/completions")) {
                var refused = server.post(path,
                        "{\"prompt\": \"x\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": 1, \"stream\": "
                                + stream + "}");
                assertEquals(429, refused.statusCode(), refused.body());
                assertTrue(refused.headers().firstValue("Retry-After").isPresent());
                assertEquals("rate_limit_error", error(refused.body()).path("type").asText());
            }
            running.close();
            for (var thread : waiting) thread.join();
            assertEquals(200, server.post("/v1/completions", "{\"prompt\": \"x\", \"max_tokens\": 1}").statusCode());
        }
    }

    @Test
    void whileTheModelIsLoadedAClientIsToldToComeBack() throws Exception {
        var files = new CountDownLatch(1);
        var ready = TestServer.source("tiny", List.of(), 7);
        var slow = new ModelSource("slow", List.of(), 1L << 20, 0, () -> {
            try {
                files.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return ready.loader().load();
        });
        var pool = new ModelPool(List.of(slow), 4L << 30, new Limits(4, 4, 256L << 20, 64), Duration.ofMillis(100));
        try (var server = TestServer.start(ServerSettings.DEFAULT.withPort(0), pool)) {
            var refused = server.post("/v1/chat/completions",
                    "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": 1, \"stream\": true}");
            assertEquals(503, refused.statusCode());
            assertTrue(refused.headers().firstValue("Retry-After").isPresent());
            assertEquals("model_loading", error(refused.body()).path("code").asText());
            files.countDown();
            Optional<HttpResponse<String>> answered = Optional.empty();
            while (answered.isEmpty() || answered.get().statusCode() == 503)
                answered = Optional.of(server.post("/v1/completions", "{\"prompt\": \"x\", \"max_tokens\": 1}"));
            assertEquals(200, answered.get().statusCode());
        }
    }

    @Test
    void aFaultThatIsFoundOutLateIsTheLastEventOfAStream() throws Exception {
        try (var server = TestServer.start()) {
            var fields = "\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"grammar\": \"" + TOO_AMBIGUOUS + "\", " + ONLY_A;
            var whole = server.post("/v1/chat/completions", "{" + fields + "}");
            assertEquals(400, whole.statusCode(), whole.body());
            assertTrue(error(whole.body()).path("message").asText().contains("ambiguous"));
            var stream = server.post("/v1/chat/completions", "{" + fields + ", \"stream\": true}");
            assertEquals(200, stream.statusCode(), "it had begun");
            var events = stream.body().strip().split("\n\n");
            assertTrue(events.length > 3 && events[1].contains("\"content\":\"a"), stream.body());
            var last = events[events.length - 1];
            assertTrue(last.startsWith("event: error\ndata: "), last);
            assertEquals("invalid_request_error", error(last.substring("event: error\ndata: ".length())).path("type").asText());
            assertFalse(stream.body().contains("[DONE]"));
            assertEquals(200, server.post("/v1/completions", "{\"prompt\": \"x\", \"max_tokens\": 1}").statusCode());
        }
    }
}
