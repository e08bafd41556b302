package dev.parley.serve.anthropic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.Thinker;
import dev.parley.serve.http.JsonBody;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages of a model that thinks. */
class MessageThoughtsTest {

    private static final String PATH = "/v1/messages";
    private static final String ASKED = """
            {"messages": [{"role": "user", "content": "2 + 2?"}], "max_tokens": 120, "temperature": 0, "stream": %s, "thinking": %s}""";
    private static TestServer server;

    @BeforeAll
    static void start(@TempDir Path folder) {
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0), List.of(Thinker.in(folder)),
                new Limits(16, 64, 256L << 20, 64));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode whole(String thinking) throws Exception {
        var answer = server.post(PATH, ASKED.formatted(false, thinking));
        assertEquals(200, answer.statusCode(), answer.body());
        return JsonBody.JSON.readTree(answer.body());
    }

    private static JsonNode streamed(String thinking) throws Exception {
        return StreamedMessage.joined(server.post(PATH, ASKED.formatted(true, thinking)).body());
    }

    @Test
    void thoughtsAreABlockBeforeTheTextStreamedOrNot() throws Exception {
        var thinking = "{\"type\": \"enabled\", \"budget_tokens\": 1024}";
        for (var message : List.of(whole(thinking), streamed(thinking), whole("null"))) {
            var thought = message.path("content").path(0);
            assertEquals("thinking", thought.path("type").asText(), message.toString());
            assertEquals("Two and two.", thought.path("thinking").asText());
            assertFalse(thought.path("signature").asText().isEmpty());
            assertEquals("Four.", message.path("content").path(1).path("text").asText());
            assertEquals("end_turn", message.path("stop_reason").asText());
            var used = message.path("usage");
            var thoughts = used.path("output_tokens_details").path("thinking_tokens").asInt();
            assertTrue(thoughts > 3 && thoughts < used.path("output_tokens").asInt(), used.toString());
        }
    }

    @Test
    void thoughtsThatAreNotToBeShownAreAnEmptyBlock() throws Exception {
        var thinking = "{\"type\": \"adaptive\", \"display\": \"omitted\"}";
        for (var message : List.of(whole(thinking), streamed(thinking))) {
            assertEquals("", message.path("content").path(0).path("thinking").asText("none"), message.toString());
            assertFalse(message.path("content").path(0).path("signature").asText().isEmpty());
            assertEquals("Four.", message.path("content").path(1).path("text").asText());
        }
    }

    @Test
    void aModelThatIsNotToThinkIsToldSo() throws Exception {
        var off = whole("{\"type\": \"disabled\"}");
        var on = whole("{\"type\": \"adaptive\"}");
        assertTrue(prompt(off) > prompt(on), "the closed thoughts are in the prompt");
        assertEquals(1, off.path("content").size());
    }

    private static int prompt(JsonNode message) {
        return message.path("usage").path("input_tokens").asInt() + message.path("usage").path("cache_read_input_tokens").asInt();
    }

    @Test
    void aBudgetEndsThoughts() throws Exception {
        var message = whole("{\"type\": \"enabled\", \"budget_tokens\": 3}");
        assertTrue(message.path("content").path(0).path("thinking").asText().endsWith("with what I know."), message.toString());
        assertEquals("text", message.path("content").path(1).path("type").asText(), message.toString());
    }

    @Test
    void thoughtsOfEarlierTurnsGoToTheTemplate() throws Exception {
        var body = """
                {"messages": [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": [%s{"type": "text", "text": "Four."}]},
                 {"role": "user", "content": "And 3?"}]}""";
        var with = count(body.formatted("{\"type\": \"thinking\", \"thinking\": \"Two and two.\", \"signature\": \"x\"}, "));
        assertTrue(with > count(body.formatted("")));
    }

    private static int count(String body) throws Exception {
        return JsonBody.JSON.readTree(server.post(PATH + "/count_tokens", body).body()).path("input_tokens").asInt();
    }

    @Test
    void whatIsNoWayToThinkIsRefused() {
        for (var wrong : List.of("{\"type\": \"enabled\"}", "{\"type\": \"between_tools\"}",
                "{\"type\": \"enabled\", \"budget_tokens\": 0}", "{}")) {
            var answer = server.post(PATH, ASKED.formatted(false, wrong));
            assertEquals(400, answer.statusCode(), wrong);
            assertTrue(answer.body().contains("\"thinking."), answer.body());
        }
    }
}
