package dev.parley.serve.ollama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.serve.TestServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code /api/embed} and {@code /api/embeddings}. */
@Timeout(300)
class OllamaEmbedTest {

    private static final TestServer server = TestServer.shared();

    private static JsonNode answered(int status, String path, String body) {
        var answer = server.post(path, body);
        assertEquals(status, answer.statusCode(), answer.body());
        try {
            return new ObjectMapper().readTree(answer.body());
        } catch (IOException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    private static JsonNode embed(String rest) {
        return answered(200, "/api/embed", "{\"model\": \"tiny\", " + rest + "}");
    }

    @Test
    void vectorsAreThoseOfOpenAisApi() {
        var openai = answered(200, "/v1/embeddings", "{\"model\": \"tiny\", \"input\": [\"The sea\", \"A mountain\"]}");
        var both = embed("\"input\": [\"The sea\", \"A mountain\"]");
        for (int i = 0; i < 2; i++) assertEquals(openai.path("data").path(i).path("embedding"), both.path("embeddings").path(i));
        assertEquals(openai.path("usage").path("prompt_tokens"), both.path("prompt_eval_count"));
        assertTrue(both.path("total_duration").asLong() > 0);
        assertEquals(both.path("embeddings").path(0), embed("\"input\": \"The sea\"").path("embeddings").path(0));
        assertEquals(both.path("embeddings").path(0),
                answered(200, "/api/embeddings", "{\"model\": \"tiny\", \"prompt\": \"The sea\"}").path("embedding"));
    }

    @Test
    void aTextThatIsTooLongIsCutUnlessThatIsForbidden() {
        var cut = embed("\"input\": \"" + "word ".repeat(2_000) + "\"");
        assertEquals(TestServer.CONTEXT - 1, cut.path("prompt_eval_count").asInt());
        assertEquals(64, cut.path("embeddings").path(0).size());
        assertEquals(5,
                embed("\"input\": \"" + "word ".repeat(20) + "\", \"options\": {\"num_ctx\": 5}").path("prompt_eval_count").asInt());
        var refused = answered(400, "/api/embed",
                "{\"model\": \"tiny\", \"truncate\": false, \"input\": \"" + "word ".repeat(2_000) + "\"}");
        assertTrue(refused.path("error").asText().contains("exceeds the context length"), refused.toString());
    }

    @Test
    void nothingToReadLoadsTheModel() {
        assertEquals(0, embed("\"input\": []").path("embeddings").size());
        assertEquals(0, embed("\"keep_alive\": \"1h\"").path("embeddings").size());
        assertEquals(0, answered(200, "/api/embeddings", "{\"model\": \"tiny\"}").path("embedding").size());
    }

    @Test
    void dimensionsAreThoseThatTheModelCanHave() {
        assertEquals(64, embed("\"input\": \"x\", \"dimensions\": 64").path("embeddings").path(0).size());
        assertTrue(answered(400, "/api/embed", "{\"model\": \"tiny\", \"input\": \"x\", \"dimensions\": 65}").path("error").asText()
                .contains("dimensions is 65"));
        assertTrue(answered(400, "/api/embed", "{\"model\": \"tiny\", \"input\": [1, 2]}").path("error").asText().contains("input"));
        assertEquals(404, server.post("/api/embed", "{\"model\": \"gpt-9\", \"input\": \"x\"}").statusCode());
    }
}
