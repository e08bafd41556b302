package dev.parley.generate.embedding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.kernels.DType;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against sentence-transformers' formulas over the states that transformers computes in float64: {@code make.py} beside the model. */
class EmbeddingGoldenTest {

    private static final double TOLERANCE = 2e-5; // of float32 through two layers; numbers are of about 1

    private static Path folder;
    private static JsonNode rows;
    private static Tokenizer tokenizer;
    private static CausalLM model;
    private static InferenceEngine engine;

    @BeforeAll
    static void load() throws IOException, URISyntaxException {
        folder = Path.of(EmbeddingGoldenTest.class.getResource("qwen3-embedding").toURI());
        rows = new ObjectMapper().readTree(folder.resolve("expected.json").toFile()).path("rows");
        tokenizer = Tokenizer.load(folder);
        model = CausalLM.fromPretrained(folder, DType.FLOAT32);
        engine = new InferenceEngine(model, tokenizer, InferenceEngine.Limits.DEFAULT);
    }

    @AfterAll
    static void close() {
        engine.close();
        model.close();
    }

    private static double[] numbers(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).mapToDouble(JsonNode::doubleValue).toArray();
    }

    private static void agree(JsonNode expected, float[] vector, String what) {
        var numbers = numbers(expected);
        assertEquals(numbers.length, vector.length, what);
        for (int i = 0; i < numbers.length; i++) assertEquals(numbers[i], vector[i], TOLERANCE * (1 + Math.abs(numbers[i])), what);
    }

    private static float[] pooled(JsonNode row, List<Pooling> poolings) throws Exception {
        var ids = tokenizer.encodeForModel(row.path("text").asText());
        assertArrayEquals(StreamSupport.stream(row.path("ids").spliterator(), false).mapToInt(JsonNode::intValue).toArray(), ids);
        return engine.embedding("", ids, poolings).get(60, TimeUnit.SECONDS);
    }

    @Test
    void eachPoolingIsSentenceTransformers() throws Exception {
        for (var row : rows) {
            for (var pooling : Pooling.values())
                agree(row.path("pooled").path(pooling.mode()), pooled(row, List.of(pooling)), pooling + " of " + row.path("text"));
        }
    }

    @Test
    void theVectorOfTheModelsFilesIsOfLengthOneAndCanBeCut() throws Exception {
        var rules = EmbeddingRules.of(folder);
        for (var row : rows) {
            var pooled = pooled(row, rules.poolings());
            agree(row.path("unit"), rules.vector(pooled, OptionalInt.empty()), row.path("text").asText());
            agree(row.path("of_8"), rules.vector(pooled, OptionalInt.of(8)), row.path("text").asText());
            agree(row.path("mean_and_last"), rules.vector(pooled(row, List.of(Pooling.MEAN, Pooling.LAST_TOKEN)), OptionalInt.empty()),
                    "both");
        }
        assertEquals(rows.get(2).path("text").asText(), rules.queryPrompt() + "how long may I return it?");
    }

    /** Only the last token is read of a text whose beginning is known, and it comes out the same. */
    @Test
    void aKnownBeginningChangesNothing() throws Exception {
        var long1 = "the sea is blue and the hill is green. ".repeat(12);
        var first = tokenizer.encodeForModel(long1 + "first");
        var second = tokenizer.encodeForModel(long1 + "second");
        engine.embedding("a", first, List.of(Pooling.LAST_TOKEN)).get(60, TimeUnit.SECONDS);
        var known = engine.embedding("a", second, List.of(Pooling.LAST_TOKEN)).get(60, TimeUnit.SECONDS);
        var alone = engine.embedding("b", second, List.of(Pooling.LAST_TOKEN)).get(60, TimeUnit.SECONDS);
        assertArrayEquals(alone, known);
    }
}
