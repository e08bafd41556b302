package dev.parley.serve.ollama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.assist.Assistant;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.accounts.KeyLimits;
import dev.parley.serve.accounts.Keys;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may call Ollama's routes, what stands at the page's address, and who answers there beside models. */
@Timeout(300)
class OllamaRoutesTest {

    private static final String ASKED = "{\"model\": \"tiny\", \"prompt\": \"Hi\", \"stream\": false, \"options\": {\"num_predict\": 4}}";
    private static final String SHOP = """
            name: shop
            title: {en: Our shop}
            model: models/tiny-2
            languages: [en]
            system_prompt: {en: You help customers.}
            sampling: {temperature: 0, max_new_tokens: 6}
            """;
    private static TestServer open;
    private static TestServer closed;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("shop.yaml"), SHOP);
        var shop = OpenAssistant.open(Assistant.read(folder.resolve("shop.yaml")), OpenAssistant.Setup.plain(folder.resolve("index")));
        open = TestServer.start(List.of(shop), Files.createDirectories(folder.resolve("data")));
        closed = TestServer.start(ServerSettings.DEFAULT.withPort(0).withAuth(true));
    }

    @AfterAll
    static void stop() {
        open.close();
        closed.close();
    }

    private static JsonNode json(HttpResponse<String> answer) {
        try {
            return new ObjectMapper().readTree(answer.body());
        } catch (IOException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    private static HttpResponse<String> send(TestServer server, String method, String path, String body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(server.base() + path)).method(method, BodyPublishers.ofString(body));
        return server.send((headers.length == 0 ? request : request.headers(headers)).build());
    }

    // ---- the gate ----

    @Test
    void aServerWithAccountsAsksForAKeyAndCountsItsTokens() {
        var refused = send(closed, "POST", "/api/generate", ASKED);
        assertEquals(401, refused.statusCode());
        assertTrue(json(refused).path("error").isTextual(), refused.body());
        assertEquals(401, send(closed, "GET", "/api/tags", "").statusCode());
        var created = new Keys(closed.database()).create("ollama", Optional.empty(), Optional.empty(), new KeyLimits(0, 30, 0));
        var key = new String[] {"Authorization", "Bearer " + created.secret()};
        assertEquals(200, send(closed, "GET", "/api/tags", "", key).statusCode());
        var answer = send(closed, "POST", "/api/generate", ASKED, key);
        assertEquals(200, answer.statusCode(), answer.body());
        var limited = answer;
        for (int i = 0; i < 5 && limited.statusCode() == 200; i++) limited = send(closed, "POST", "/api/generate", ASKED, key);
        assertEquals(429, limited.statusCode(), limited.body());
        assertTrue(json(limited).path("error").isTextual());
    }

    @Test
    void aPageOfAnotherSiteMayNotCall() {
        assertEquals(403, send(open, "POST", "/api/generate", ASKED, "Origin", "https://example.org").statusCode());
        assertEquals(403, send(open, "GET", "/api/tags", "", "Origin", "https://example.org").statusCode());
        assertEquals(403, send(open, "POST", "/api/conversations", "{}").statusCode(), "the page's own routes want its token");
    }

    @Test
    void noClientMayFetchModelsWhereTheOperatorDoesNotAllowIt() {
        assertEquals(403, send(open, "POST", "/api/pull", "{\"model\": \"org/name\"}").statusCode());
        assertEquals(200, send(open, "POST", "/api/pull", "{\"model\": \"tiny\"}").statusCode());
    }

    // ---- the page's address ----

    @ParameterizedTest
    @CsvSource({"ollama-js/0.6.4, */*, true", "ollama/0.13.0 (amd64 linux) Go/go1.24, '', true", "okhttp/4.12.0, application/json, true",
        "curl/8.5.0, */*, false", "Mozilla/5.0, 'text/html,application/xhtml+xml,*/*;q=0.8', false", "Java-http-client/25, '', false"})
    void clientsOfOllamaFindThatItRunsAndAllOthersThePage(String agent, String accept, boolean ollama) {
        var headers = accept.isEmpty() ? new String[] {"User-Agent", agent} : new String[] {"User-Agent", agent, "Accept", accept};
        var answer = send(open, "GET", "/", "", headers);
        assertEquals(200, answer.statusCode());
        assertEquals(ollama, answer.body().equals("Ollama is running"), answer.body().substring(0, 15));
        assertEquals(!ollama, answer.body().contains("<html"));
        assertEquals(200, send(open, "HEAD", "/", "", headers).statusCode());
    }

    @Test
    void listsAreThereForHeadToo() {
        assertEquals(200, send(open, "HEAD", "/api/version", "").statusCode());
        assertEquals(200, send(open, "HEAD", "/api/tags", "").statusCode());
        assertEquals(400, send(open, "HEAD", "/api/blobs/sha256:0", "").statusCode());
        assertEquals(400, send(open, "DELETE", "/api/delete", "{\"model\": \"tiny\"}").statusCode());
    }

    // ---- assistants ----

    @Test
    void anAssistantIsAModelToo() {
        assertEquals("shop:latest", json(send(open, "GET", "/api/tags", "")).path("models").path(2).path("name").asText());
        var asked = "{\"model\": \"shop:latest\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello?\"}], \"stream\": ";
        var openai = json(send(open, "POST", "/v1/chat/completions", asked.replace("shop:latest", "shop") + "false}"));
        var expected = openai.path("choices").path(0).path("message").path("content").asText();
        assertFalse(expected.isEmpty());
        var whole = json(send(open, "POST", "/api/chat", asked + "false}"));
        assertEquals(expected, whole.path("message").path("content").asText());
        assertEquals(6, whole.path("eval_count").asInt());
        var lines = send(open, "POST", "/api/chat", asked + "true}").body().lines().map(OllamaRoutesTest::line).toList();
        assertEquals(expected,
                lines.stream().map(line -> line.path("message").path("content").asText()).collect(Collectors.joining()).strip());
        assertTrue(lines.getLast().path("done").asBoolean());
        var generated = json(send(open, "POST", "/api/generate", "{\"model\": \"shop\", \"prompt\": \"Hello?\", \"stream\": false}"));
        assertEquals(expected, generated.path("response").asText());
        assertEquals("tiny-2",
                json(send(open, "POST", "/api/show", "{\"model\": \"shop\"}")).path("details").path("parent_model").asText());
    }

    private static JsonNode line(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    // ---- thoughts ----

    @Test
    void thoughtsComeBesideTheAnswerAndCanBeTurnedOff(@TempDir Path folder) {
        var source = TestServer.source("thinker", TestServer.THINKING, folder,
                TestServer.saying("2 + 2?", "<think>\nTwo and two.\n</think>\n\nFour."));
        try (var server = TestServer.start(ServerSettings.DEFAULT.withPort(0), List.of(source), new Limits(16, 64, 256L << 20, 64))) {
            var asked = "{\"model\": \"thinker\", \"messages\": [{\"role\": \"user\", \"content\": \"2 + 2?\"}], \"stream\": false, "
                    + "\"options\": {\"num_predict\": 60}, \"think\": ";
            var thinking = json(send(server, "POST", "/api/chat", asked + "true}"));
            assertEquals("Two and two.", thinking.path("message").path("thinking").asText(), thinking.toString());
            assertEquals("Four.", thinking.path("message").path("content").asText());
            var generated = json(send(server, "POST", "/api/generate",
                    "{\"model\": \"thinker\", \"prompt\": \"2 + 2?\", \"think\": \"high\", \"stream\": false, \"options\": {\"num_predict\": 60}}"));
            assertEquals("Two and two.", generated.path("thinking").asText());
            assertEquals("Four.", generated.path("response").asText());
            var closedThoughts = json(send(server, "POST", "/api/chat", asked + "false}")).path("prompt_eval_count").asInt();
            assertTrue(closedThoughts > thinking.path("prompt_eval_count").asInt(), "the closed thoughts are in the prompt");
            assertTrue(json(send(server, "POST", "/api/show", "{\"model\": \"thinker\"}")).path("capabilities").toString()
                    .contains("thinking"));
            var earlier = asked.replace("[{",
                    "[{\"role\": \"user\", \"content\": \"1 + 1?\"}, {\"role\": \"assistant\", \"content\": \"Two.\", "
                            + "\"thinking\": \"One and one.\"}, {");
            assertTrue(json(send(server, "POST", "/api/chat", earlier + "true}")).path("prompt_eval_count").asInt() > closedThoughts);
        }
    }
}
