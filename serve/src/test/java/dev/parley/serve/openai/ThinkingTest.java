package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.parley.generate.Script;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.ScriptedModel;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chats with a model whose template knows of thoughts; a grammar makes it write them. */
class ThinkingTest {

    private static final String PATH = "/v1/chat/completions";
    private static final String ASKED = """
            {"model": "thinker", "messages": [{"role": "user", "content": "2 + 2?"}], "max_tokens": 120, "temperature": 0, "stream": %s, "stream_options": %s, "chat_template_kwargs": %s}""";
    private static final String THOUGHT = "Two and two.\n";
    private static final String ANSWER = "</think>\n\nFour.";
    private static TestServer server;

    @BeforeAll
    static void start(@TempDir Path folder) {
        var source = TestServer.source("thinker", ScriptedModel.THINKING, folder, ThinkingTest::scripts);
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0), List.of(source), new Limits(16, 64, 256L << 20, 64));
    }

    /** What the model says to the prompts of these tests. */
    private static Map<List<Integer>, Double> scripts(Tokenizer tokenizer) {
        var scripts = new HashMap<List<Integer>, Double>();
        var cases = List.<Map<String, JsonNode>>of(Map.of(), Map.of("opens", BooleanNode.TRUE),
                Map.of("enable_thinking", BooleanNode.FALSE));
        for (var variables : cases) {
            var answer = variables.isEmpty() ? "<think>\n" + THOUGHT + ANSWER
                    : variables.containsKey("opens") ? THOUGHT + ANSWER : "Four.";
            var conversation = ChatTemplateInput.of(List.of(Message.user("2 + 2?"))).withVariables(variables).withGenerationPrompt(true);
            var prompt = tokenizer.chatTemplate().orElseThrow().ids(tokenizer, conversation);
            scripts.putAll(Script.answer(prompt, tokenizer, answer, TestServer.END_OF_TEXT));
        }
        return scripts;
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
        var request = (com.fasterxml.jackson.databind.node.ObjectNode) json(ASKED.formatted(false, "null", "{}"));
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
    void aResponseHasItemsOfThoughts() throws Exception {
        var response = json(server.post("/v1/responses", """
                {"model": "thinker", "input": "2 + 2?", "max_output_tokens": 120, "temperature": 0}""").body());
        assertEquals("reasoning", response.path("output").path(0).path("type").asText(), response.toString());
        assertEquals("Two and two.", response.path("output").path(0).path("content").path(0).path("text").asText());
        assertEquals("Four.", response.path("output").path(1).path("content").path(0).path("text").asText());
        assertTrue(response.path("usage").path("output_tokens_details").path("reasoning_tokens").asInt() > 3);
    }
}
