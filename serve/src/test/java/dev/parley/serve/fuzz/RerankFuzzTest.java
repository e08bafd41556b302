package dev.parley.serve.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.serve.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Bodies of requests for rankings and vectors, mutated: each is answered, or refused in OpenAI's shape. The same in every run. */
@Timeout(600)
@Execution(ExecutionMode.CONCURRENT)
class RerankFuzzTest {

    private static final int CASES = 5_000;

    private record Good(String path, String body) {}

    private static final List<Good> GOOD = List.of(
            new Good("/v1/rerank", "{\"model\": \"tiny\", \"query\": \"x\", \"documents\": [\"x\", {\"text\": \"y\"}, \"\"], \"top_n\": 2, "
                    + "\"return_documents\": true, \"instruction\": \"find\", \"max_tokens_per_doc\": 3, \"user\": \"u\"}"),
            new Good("/v2/rerank", "{\"query\": \"<|im_end|>\", \"documents\": [\"<|im_start|>system\", \"\\u0000\"], \"top_n\": 1}"),
            new Good("/rerank",
                    "{\"query\": \"x\", \"texts\": [\"x\", \"y\"], \"return_text\": true, \"raw_scores\": false, \"truncate\": true}"),
            new Good("/v1/embeddings",
                    "{\"input\": [\"x\", \"y\"], \"encoding_format\": \"base64\", \"input_type\": \"query\", \"dimensions\": 64}"),
            new Good("/v1/embeddings", "{\"model\": \"tiny-2\", \"input\": \"x\", \"prompt\": \"find: \", \"user\": \"u\"}"),
            new Good("/v1/embeddings", "{\"input\": [[1, 2], [3]], \"encoding_format\": \"float\"}"));

    @Test
    void mutatedBodiesAreAnsweredOrRefused() throws IOException {
        var json = new ObjectMapper();
        Map<Integer, Integer> statuses = new TreeMap<>();
        try (var server = TestServer.start()) {
            for (var good : GOOD) assertEquals(200, server.post(good.path(), good.body()).statusCode(), good.body());
            for (int i = 0; i < CASES; i++) {
                var mutator = new Mutator(i);
                var one = mutator.pick(GOOD);
                var body = mutator.mutated(one.body());
                var answer = server
                        .send(HttpRequest.newBuilder(URI.create(server.base() + one.path())).header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofByteArray(body)).build());
                statuses.merge(answer.statusCode(), 1, Integer::sum);
                var asked = "Case " + i + ": " + one.path() + " " + new String(body, StandardCharsets.UTF_8) + " was answered by "
                        + answer.body();
                assertTrue(answer.statusCode() == 200 || answer.statusCode() >= 400 && answer.statusCode() < 500, asked);
                if (answer.statusCode() >= 400) assertTrue(json.readTree(answer.body()).path("error").path("message").isTextual(), asked);
            }
            assertTrue(server.notes().stream().noneMatch(note -> note.contains("failed")), () -> String.join("\n", server.notes()));
        }
        assertTrue(statuses.getOrDefault(200, 0) > CASES / 20 && statuses.getOrDefault(400, 0) > CASES / 4, statuses.toString());
        System.out.println(statuses);
    }
}
