package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.Thinker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chats with a model that thinks. */
class ThinkingTest {

    private static final String PATH = "/v1/chat/completions";
    private static final String ASKED = """
            {"model": "thinker", "messages": [{"role": "user", "content": "2 + 2?"}], "max_tokens": 120, "temperature": 0, "stream": %s, "stream_options": %s, "chat_template_kwargs": %s}""";
    private static TestServer server;

    @BeforeAll
    static void start(@TempDir Path folder) {
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0), List.of(Thinker.in(folder)), new Limits(16, 64, 256L << 20, 64));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode json(String body) throws IOException {
        return new ObjectMapper().readTree(body);
    }

    private static JsonNode asked(String variables) throws Exception {
        return json(server.post(PATH, ASKED.formatted(false, "null", variables)).body());
    }

    @Test
    void thoughtsComeBesideTheAnswerAndAreCounted() throws Exception {
        var answer = asked("{}");
        var message = answer.path("choices").path(0).path("message");
        assertEquals("Two and two.", message.path("reasoning_content").asText(), answer.toString());
        assertEquals("Four.", message.path("content").asText());
        var usage = answer.path("usage");
        var thought = usage.path("completion_tokens_details").path("reasoning_tokens").asInt();
        assertTrue(thought > 3 && thought < usage.path("completion_tokens").asInt(), usage.toString());
    }

    @Test
    void aStreamTellsThoughtsAsSuchAndNoPartOfATag() throws Exception {
        var body = server.post(PATH,
                ASKED.formatted(true, "{\"include_usage\": true}", "{}")).body();
        assertFalse(body.contains("think>"), body);
        StringBuilder thoughts = new StringBuilder(), text = new StringBuilder();
        for (var event : body.split("\n\n")) {
            if (event.equals("data: [DONE]")) continue;
            var delta = json(event.substring("data: ".length())).path("choices").path(0).path("delta");
            thoughts.append(delta.path("reasoning_content").asText(""));
            if (!delta.path("reasoning_content").asText("").isEmpty()) assertTrue(text.isEmpty(), "thoughts come first");
            text.append(delta.path("content").asText(""));
        }
        assertEquals("Two and two.", thoughts.toString());
        assertEquals("Four.", text.toString());
    }

    @Test
    void thoughtsThatThePromptHasOpenedAreThoughtsToo() throws Exception {
        var message = asked("{\"opens\": true}").path("choices").path(0).path("message");
        assertEquals("Two and two.", message.path("reasoning_content").asText());
        assertEquals("Four.", message.path("content").asText());
    }

    @Test
    void noEffortMeansThatTheTemplateClosesThoughts() throws Exception {
        var request = (ObjectNode) json(ASKED.formatted(false, "null", "{}"));
        var with = json(server.post(PATH, request.toString()).body()).path("usage").path("prompt_tokens").asInt();
        var answer = json(server.post(PATH, request.put("reasoning_effort", "none").toString()).body());
        assertTrue(answer.path("usage").path("prompt_tokens").asInt() > with, "the closed thoughts are in the prompt");
        assertEquals("Four.", answer.path("choices").path(0).path("message").path("content").asText());
        assertTrue(answer.path("choices").path(0).path("message").path("reasoning_content").isMissingNode());
        var refused = server.post(PATH, request.put("reasoning_effort", "lots").toString());
        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().contains("reasoning_effort"), refused.body());
    }

    @Test
    void aBudgetEndsThoughtsAndNoneMeansNoThoughts() throws Exception {
        var request = (ObjectNode) json(ASKED.formatted(false, "null", "{}"));
        var cut = json(server.post(PATH, request.put("thinking_budget", 3).toString()).body());
        var message = cut.path("choices").path(0).path("message");
        assertTrue(message.path("reasoning_content").asText().startsWith("Two"), cut.toString());
        assertTrue(message.path("reasoning_content").asText().endsWith("with what I know."), cut.toString());
        assertFalse(message.path("content").asText().contains("think>"), cut.toString());
        var none = json(server.post(PATH, request.put("thinking_budget", 0).toString()).body()).path("choices").path(0).path("message");
        assertEquals("Four.", none.path("content").asText(), none.toString());
        assertTrue(none.path("reasoning_content").isMissingNode(), none.toString());
        assertEquals(400, server.post(PATH, request.put("thinking_budget", -2).toString()).statusCode());
    }

    @Test
    void structuredOutputHoldsTheAnswerAndLeavesThoughtsFree() throws Exception {
        var request = (ObjectNode) json(ASKED.formatted(false, "null", "{}"));
        request.putArray("choice").add("four").add("Four.");
        var message = json(server.post(PATH, request.toString()).body()).path("choices").path(0).path("message");
        assertEquals("Two and two.", message.path("reasoning_content").asText(), message.toString());
        assertEquals("Four.", message.path("content").asText());
    }

    @Test
    void thoughtsOfEarlierAnswersReachTheTemplate() throws Exception {
        var request = (ObjectNode) json(ASKED.formatted(false, "null", "{}"));
        var messages = request.withArray("messages");
        messages.addObject().put("role", "assistant").put("content", "Four.");
        messages.addObject().put("role", "user").put("content", "Sure?");
        var without = json(server.post(PATH, request.toString()).body()).path("usage").path("prompt_tokens").asInt();
        ((ObjectNode) messages.get(1)).put("reasoning_content", "Two and two.");
        var with = json(server.post(PATH, request.toString()).body()).path("usage").path("prompt_tokens").asInt();
        assertTrue(with > without, with + " and " + without);
    }

    @Test
    void aResponseHasItemsOfThoughts() throws Exception {
        var response = json(server.post("/v1/responses", """
                {"model": "thinker", "input": "2 + 2?", "max_output_tokens": 120, "temperature": 0}""").body());
        assertEquals("reasoning", response.path("output").path(0).path("type").asText(), response.toString());
        assertEquals("Two and two.", response.path("output").path(0).path("content").path(0).path("text").asText());
        assertEquals("Four.", response.path("output").path(1).path("content").path(0).path("text").asText());
        assertTrue(response.path("usage").path("output_tokens_details").path("reasoning_tokens").asInt() > 3);
    }
}
