package dev.parley.serve.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.Program;
import dev.parley.serve.TestServer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What documentation shows with curl, as it is shown. */
class CurlTest {

    private static final String JSON = "Content-Type: application/json";
    private static final TestServer server = TestServer.shared();

    @BeforeAll
    static void start() {
        Program.assumeHere("PARLEY_REQUIRE_NODE", "curl");
    }

    private static Program curl(String... arguments) throws Exception {
        return Program.run(Path.of("."),
                Stream.concat(Stream.of("curl", "-sS", "--max-time", "200"), Stream.of(arguments)).toArray(String[]::new));
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }

    @Test
    void aChatIsAnswered() throws Exception {
        var answer = curl("--fail-with-body", server.base() + "/v1/chat/completions", "-H", JSON, "-d", """
                {"model": "tiny", "messages": [{"role": "user", "content": "Hello!"}], "max_tokens": 5}""");
        assertEquals(0, answer.exitCode(), answer.output());
        assertEquals("assistant", json(answer.output()).path("choices").path(0).path("message").path("role").asText());
    }

    @Test
    void aStreamComesAsEvents() throws Exception {
        var answer = curl("-N", "--fail-with-body", "-i", server.base() + "/v1/chat/completions", "-H", JSON, "-d", """
                {"model": "tiny", "messages": [{"role": "user", "content": "Hello!"}], "max_tokens": 5, "stream": true}""");
        assertEquals(0, answer.exitCode(), answer.output());
        var parts = answer.output().split("\r\n\r\n", 2);
        assertTrue(parts[0].toLowerCase(Locale.ROOT).contains("content-type: text/event-stream"), parts[0]);
        assertTrue(parts[0].toLowerCase(Locale.ROOT).contains("cache-control: no-cache"), parts[0]);
        var events = parts[1].strip().split("\n\n");
        assertEquals("data: [DONE]", events[events.length - 1]);
        for (int i = 0; i < events.length - 1; i++)
            assertEquals("chat.completion.chunk", json(events[i].substring("data: ".length())).path("object").asText());
    }

    @Test
    void aRefusalFailsWithItsReason() throws Exception {
        var answer = curl("--fail-with-body", server.base() + "/v1/chat/completions", "-H", JSON, "-d", """
                {"model": "tiny", "messages": [{"role": "user", "content": "Hello!"}], "temperature": "hot", "stream": true}""");
        assertEquals(22, answer.exitCode(), "what curl says of a status of 400 and above");
        assertTrue(answer.output().contains("\"param\":\"temperature\""), answer.output());
    }

    @Test
    void bodiesInChunksAreTaken() throws Exception {
        var answer = curl("--fail-with-body", server.base() + "/v1/completions", "-H", JSON, "-H", "Transfer-Encoding: chunked", "-d", """
                {"model": "tiny", "prompt": "Once upon a time", "max_tokens": 3}""");
        assertEquals(0, answer.exitCode(), answer.output());
        assertEquals(3, json(answer.output()).path("usage").path("completion_tokens").asInt());
    }
}
