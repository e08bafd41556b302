package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.WeightType;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.models.ModelSource;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TokenBatch;
import dev.parley.torch.TrainableLM;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What lm-evaluation-harness asks of a server with its {@code local-completions}, and what it makes of the answer: the sum of the
 * continuation's ln p, and whether each of its tokens was the likeliest.
 */
class LmEvaluationHarnessTest {

    // Both are float32, but sum in another order: the tiny model's scores differ by some 1e-6.
    private static final double TOLERANCE = 1e-3;
    private static TestServer server;
    private static TrainableLM model;
    private static Tokenizer tokenizer;

    @BeforeAll
    static void start() {
        Path folder = TestServer.modelFolder("tiny", 7);
        tokenizer = Tokenizer.load(folder);
        model = TrainableLM.fromPretrained(folder, DType.FLOAT32);
        var source = new ModelSource("exact", List.of(), 10L << 20, TestServer.CONTEXT, () -> new ModelSource.Parts(
                CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA), Tokenizer.load(folder),
                GenerationConfig.DEFAULT));
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0), List.of(source), new Limits(16, 64, 256L << 20, 64));
    }

    @AfterAll
    static void stop() {
        server.close();
        model.close();
    }

    /** As the harness reads a choice. @param contextLength tokens before the continuation */
    private record Scored(double sum, boolean isGreedy) {

        static Scored of(JsonNode choice, int contextLength) {
            var logprobs = choice.path("logprobs");
            var tokens = logprobs.path("token_logprobs");
            var end = tokens.size() - 1; // the token that was made is left out
            var sum = IntStream.range(contextLength, end).mapToDouble(i -> tokens.path(i).asDouble()).sum();
            var greedy = IntStream.range(contextLength, end)
                    .allMatch(i -> tokens.path(i).asDouble() == StreamSupport
                            .stream(logprobs.path("top_logprobs").path(i).spliterator(), false).mapToDouble(JsonNode::asDouble).max()
                            .orElseThrow());
            return new Scored(sum, greedy);
        }
    }

    private static JsonNode choices(Object prompts, int maxTokens) throws Exception {
        var body = JsonBody.JSON.createObjectNode().put("model", "exact").put("temperature", 0).put("max_tokens", maxTokens)
                .put("logprobs", 1).put("seed", 1234).put("echo", true);
        body.set("prompt", JsonBody.JSON.valueToTree(prompts));
        var response = server.post("/v1/completions", body.toString());
        assertEquals(200, response.statusCode(), () -> response.body() + server.notes());
        return JsonBody.JSON.readTree(response.body()).path("choices");
    }

    private static int[] join(int[] a, int... b) {
        return IntStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
    }

    @Test
    void sumsOfContinuationsAreThoseOfTheModel() throws Exception {
        var context = tokenizer.encode("The capital of France is");
        var rows = List.of(join(context, tokenizer.encode(" Paris, of course")), join(context, tokenizer.encode(" 中文")),
                join(context, tokenizer.encode(" a")));
        var choices = choices(rows, 1);
        var expected = model.tokenLogprobs(rows.toArray(int[][]::new).length == 1 ? new int[0][] : new int[][] {rows.get(0)})[0];
        for (int i = 0; i < rows.size(); i++) {
            if (i > 0) expected = model.tokenLogprobs(new int[][] {rows.get(i)})[0];
            var sum = Arrays.stream(expected, context.length - 1, rows.get(i).length - 1).sum();
            assertEquals(sum, Scored.of(choices.path(i), context.length).sum(), TOLERANCE);
            assertTrue(choices.path(i).path("logprobs").path("token_logprobs").path(0).isNull(), "nothing is known of the first token");
            assertEquals(rows.get(i).length + 1, choices.path(i).path("logprobs").path("tokens").size());
        }
    }

    @Test
    void aContinuationIsGreedyWhereEachTokenIsTheLikeliest() throws Exception {
        var context = tokenizer.encode("Once upon a time");
        var greedy = context;
        for (int i = 0; i < 4; i++) {
            var next = model.nextLogits(TokenBatch.of(greedy))[0];
            greedy = join(greedy, IntStream.range(0, next.length).reduce(0, (a, b) -> next[b] > next[a] ? b : a));
        }
        var other = greedy.clone();
        other[other.length - 1] = other[other.length - 1] == 11 ? 12 : 11;
        var choices = choices(List.of(greedy, other), 1);
        assertTrue(Scored.of(choices.path(0), context.length).isGreedy());
        assertEquals(false, Scored.of(choices.path(1), context.length).isGreedy());
    }

    @Test
    void withoutATokenMoreAllBelongsToThePrompt() throws Exception {
        var ids = tokenizer.encode("Once upon a time there was");
        var choice = choices(List.of(ids), 0).path(0);
        assertEquals("Once upon a time there was", choice.path("text").asText());
        var tokens = choice.path("logprobs").path("token_logprobs");
        assertEquals(ids.length, tokens.size());
        var expected = model.tokenLogprobs(new int[][] {ids})[0];
        for (int i = 1; i < ids.length; i++) assertEquals(expected[i - 1], tokens.path(i).asDouble(), TOLERANCE);
    }

    @Test
    void aWindowAsLongAsTheContextAllowsIsScored() throws Exception {
        var ids = IntStream.range(0, TestServer.CONTEXT - 1).map(i -> 1000 + i * 7 % 40_000).toArray();
        var expected = model.tokenLogprobs(new int[][] {ids})[0];
        assertEquals(Arrays.stream(expected, 99, ids.length - 1).sum(), Scored.of(choices(List.of(ids), 1).path(0), 100).sum(),
                TOLERANCE * 10);
    }

    @Test
    void textsAreScoredAsTheirIdsAre() throws Exception {
        var ids = tokenizer.encode("Once upon a time");
        assertEquals(choices(List.of(ids), 1).path(0).path("logprobs"), choices("Once upon a time", 1).path(0).path("logprobs"));
    }
}
