package dev.parley.serve.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.serve.TestServer;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Why an answer is as it is, asked of a real server as the page asks it. */
@Timeout(120)
class ExplanationRoutesTest {

    private static final int WORDS = 6;

    private static TestServer server;
    private static ChatClient client;
    private static String answer;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        client = ChatClient.of(server.base());
        answer = client.answer(client.ask("Is a dog an animal?"), "{\"temperature\":0,\"max_tokens\":" + WORDS + "}");
        client.await(answer);
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static JsonNode explanation(String query) {
        var last = client.events("/api/messages/" + answer + "/explanation" + query).getLast();
        assertEquals("explanation", last.name(), last.data().toString());
        return last.data();
    }

    private static int refused(String query) {
        return client.send("GET", "/api/messages/" + answer + "/explanation" + query, "").statusCode();
    }

    private static Optional<JsonNode> attribution(JsonNode json, String method) {
        for (var one : json.path("attributions")) if (one.path("method").asText().equals(method)) return Optional.of(one);
        return Optional.empty();
    }

    @Test
    void oneReadingTellsOfAllTokensWhatItCan() {
        var json = explanation("");
        assertEquals(WORDS, json.path("explained").size());
        var from = json.path("prompt_tokens").asInt();
        assertEquals("<|im_start|>", json.path("tokens").path(0).path("text").asText());
        var told = client.get("/api/messages/" + answer + "/tokens").path("tokens");
        for (int i = 0; i < WORDS; i++) {
            assertEquals(told.path(i).path("id"), json.path("tokens").path(from + i).path("id"), "what the model wrote");
            assertEquals(told.path(i).path("logprob").asDouble(), json.path("explained").path(i).path("logprob").asDouble(), 0.02,
                    "in bfloat16, read alone and not beside others");
        }
        for (var method : new String[] {"attention", "rollout"}) {
            var scores = attribution(json, method).orElseThrow().path("scores");
            for (int n = 0; n < WORDS; n++) {
                assertEquals(from + n, scores.path(n).size());
                var sum = 0.0;
                for (var score : scores.path(n)) sum += score.asDouble();
                assertEquals(1, sum, 1e-3, method + " shares out what it looks at");
            }
        }
        assertEquals(3, json.path("logit_lens").path(0).size(), "the embedding and two layers");
        assertEquals(WORDS, json.path("logit_attribution").size());
        assertTrue(attribution(json, "occlusion").isEmpty(), "what takes long is asked for");
        assertEquals("training_unknown", json.path("impossible").path("training_passages").asText());
        assertTrue(json.path("impossible").path("integrated_gradients").isMissingNode(), "libtorch is there");
    }

    @Test
    void aTokenIsExplainedByEveryMethodWithItsCheck() {
        var json = explanation("?token=2&check=true&analyses=occlusion,gradient_x_input,integrated-gradients,attention");
        assertEquals(1, json.path("explained").size());
        var position = json.path("explained").path(0).path("position").asInt();
        assertEquals(json.path("prompt_tokens").asInt() + 2, position);
        assertEquals(4, json.path("attributions").size());
        for (var attribution : json.path("attributions")) {
            assertEquals(position, attribution.path("scores").path(0).size());
            assertTrue(attribution.path("faithfulness").has("area"), attribution.path("method").asText());
        }
        // the served weights are int8, along which gradients are exact: of the weights as they are
        var gap = attribution(json, "integrated_gradients").orElseThrow().path("completeness").path("worst_gap").asDouble();
        assertTrue(gap <= 0.01, "gap " + gap);
        assertEquals(2, json.path("attention").path(0).size(), "layers");
    }

    @Test
    void whyThisRatherThanThatIsTheDifferenceOfBoth() {
        var top = client.get("/api/messages/" + answer + "/tokens").path("tokens").path(1).path("top");
        var other = top.path(1);
        var json = explanation("?token=1&analyses=occlusion&contrast=" + other.path("id").asInt());
        var explained = json.path("explained").path(0);
        assertEquals(other.path("id"), explained.path("rather_than").path("id"));
        // logits differ as log-probabilities do
        assertEquals(top.path(0).path("logprob").asDouble() - other.path("logprob").asDouble(), explained.path("value").asDouble(), 0.03);
    }

    @Test
    void whatThereIsNotIsRefusedBeforeAnythingIsComputed() {
        assertEquals(400, refused("?token=" + WORDS));
        assertEquals(400, refused("?token=x"));
        assertEquals(400, refused("?analyses=astrology"));
        assertEquals(400, refused("?contrast=5"), "of which token?");
        assertEquals(400, refused("?token=0&contrast=999999"));
        assertEquals(400, refused("?analyses=training_passages"), "none are named");
        assertEquals(404, client.send("GET", "/api/messages/none/explanation", "").statusCode());
        var imported = client.ask("Hi");
        var text = client.ok("POST", "/api/conversations/" + imported.conversation() + "/messages",
                "{\"parent\":\"" + imported.question() + "\",\"role\":\"assistant\",\"text\":\"By hand.\"}").path("id").asText();
        assertEquals(400, client.send("GET", "/api/messages/" + text + "/explanation", "").statusCode());
    }
}
