package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.embedding.EmbeddingRules;
import dev.parley.generate.embedding.TinyQwen3;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.reranking.RerankRules;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.WeightType;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.models.ModelSource;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Embeddings and rankings by small models whose vectors and scores transformers has computed in float64. */
@Timeout(120)
class RerankRoutesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double TOLERANCE = 2e-5; // of float32 through two layers

    @TempDir
    static Path folder;

    private static TestServer server;
    private static JsonNode texts;
    private static JsonNode pairs;

    @BeforeAll
    static void start() throws IOException {
        var embedding = TinyQwen3.copy("qwen3-embedding", folder);
        var reranker = TinyQwen3.copy("qwen3-reranker", folder);
        texts = JSON.readTree(embedding.resolve("expected.json").toFile()).path("rows");
        pairs = JSON.readTree(reranker.resolve("expected.json").toFile()).path("pairs");
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0),
                List.of(source(embedding), source(reranker), source(TinyQwen3.copy("qwen3-head", folder))),
                new Limits(8, 64, 64L << 20, 64));
    }

    private static ModelSource source(Path model) {
        return new ModelSource(model.getFileName().toString(), List.of(), 1 << 20, 512, () -> {
            var tokenizer = Tokenizer.load(model);
            return new ModelSource.Parts(CausalLM.fromPretrained(model, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA), tokenizer,
                    GenerationConfig.builder().build(), EmbeddingRules.of(model), RerankRules.of(model, tokenizer), Optional.empty());
        });
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ObjectNode body(String model, Map<String, ?> fields) {
        return JSON.valueToTree(fields).<ObjectNode>deepCopy().put("model", model);
    }

    private static JsonNode ok(String path, ObjectNode body) throws IOException {
        var answer = server.post(path, body.toString());
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals("", answer.headers().firstValue("X-Parley-Warning").orElse(""));
        return JSON.readTree(answer.body());
    }

    private static void refused(String param, String words, String path, ObjectNode body) throws IOException {
        var answer = server.post(path, body.toString());
        assertEquals(400, answer.statusCode(), answer.body());
        var error = JSON.readTree(answer.body()).path("error");
        assertEquals(param, error.path("param").asText(), answer.body());
        assertTrue(error.path("message").asText().contains(words), answer.body());
    }

    // ---- embeddings ----

    private static void agree(JsonNode expected, JsonNode answer) {
        var vector = answer.path("data").path(0).path("embedding");
        assertEquals(expected.size(), vector.size());
        for (int i = 0; i < vector.size(); i++) assertEquals(expected.get(i).doubleValue(), vector.get(i).doubleValue(), TOLERANCE);
    }

    private static JsonNode embedded(Map<String, ?> fields) throws IOException {
        return ok("/v1/embeddings", body("qwen3-embedding", fields));
    }

    @Test
    void vectorsAreThoseOfTheModelsFiles() throws IOException {
        for (var row : texts) {
            agree(row.path("unit"), embedded(Map.of("input", row.path("text").asText())));
            agree(row.path("of_8"), embedded(Map.of("input", row.path("text").asText(), "dimensions", 8)));
        }
        agree(texts.get(0).path("unit"), embedded(Map.of("input", List.of(texts.get(0).path("ids")))));
    }

    @Test
    void aQuestionsPromptIsWrittenByNameByPurposeOrByInstruction() throws IOException {
        var asked = texts.get(2).path("unit");
        var question = "how long may I return it?";
        agree(asked, embedded(Map.of("input", question, "prompt_name", "query")));
        for (var type : List.of("query", "search_query")) agree(asked, embedded(Map.of("input", List.of(question), "input_type", type)));
        agree(asked, embedded(Map.of("input", question, "instruction", "Given a question, find what answers it")));
        agree(asked, embedded(Map.of("input", question, "prompt", "Instruct: Given a question, find what answers it\nQuery:")));
        agree(texts.get(3).path("unit"), embedded(Map.of("input", "sea", "prompt_name", "title")));
        agree(texts.get(0).path("unit"), embedded(Map.of("input", "the sea is blue", "input_type", "document")));
    }

    @Test
    void promptsAndDimensionsThatCannotBeAreRefusedByName() throws IOException {
        refused("dimensions", "32 numbers", "/v1/embeddings", body("qwen3-embedding", Map.of("input", "x", "dimensions", 33)));
        refused("dimensions", "mean nothing when cut", "/v1/embeddings", body("qwen3-reranker", Map.of("input", "x", "dimensions", 8)));
        refused("prompt_name", "document, query, title", "/v1/embeddings",
                body("qwen3-embedding", Map.of("input", "x", "prompt_name", "q")));
        refused("prompt_name", "no prompts", "/v1/embeddings", body("qwen3-head", Map.of("input", "x", "prompt_name", "q")));
        refused("input_type", "query or document", "/v1/embeddings", body("qwen3-embedding", Map.of("input", "x", "input_type", "image")));
        refused("instruction", "use prompt", "/v1/embeddings", body("qwen3-head", Map.of("input", "x", "instruction", "q")));
        refused("prompt", "token ids", "/v1/embeddings", body("qwen3-embedding", Map.of("input", List.of(1, 2), "prompt", "q")));
        var answer = server.post("/v1/embeddings", "{\"input\": \"x\", \"prompt\": \"a\", \"input_type\": \"query\"}");
        assertTrue(answer.statusCode() == 400 && answer.body().contains("give one"), answer.body());
    }

    // ---- rankings ----

    private static double score(JsonNode answer, int index) {
        return StreamSupport.stream(answer.path("results").spliterator(), false).filter(r -> r.path("index").intValue() == index)
                .findFirst()
                .orElseThrow().path("relevance_score").doubleValue();
    }

    @Test
    void scoresAreThoseOfTheFormulaByWordsAndByAHead() throws IOException {
        for (var pair : pairs) {
            var fields = new HashMap<String, Object>(
                    Map.of("query", pair.path("query").asText(), "documents", List.of(pair.path("document").asText())));
            if (!pair.path("instruction").asText().isEmpty()) fields.put("instruction", pair.path("instruction").asText());
            assertEquals(pair.path("score").doubleValue(), score(ok("/v1/rerank", body("qwen3-reranker", fields)), 0), TOLERANCE);
            var byHead = ok("/v1/rerank", body("qwen3-head", fields));
            assertEquals(pair.path("head_score").doubleValue(), score(byHead, 0), TOLERANCE);
            assertEquals(pair.path("ids").size(), byHead.path("usage").path("total_tokens").intValue());
        }
    }

    @Test
    void theBestComesFirstAndOnlySoManyAsAreAskedFor() throws IOException {
        var documents = List.of("the sea is blue", Map.of("text", "the hill is green"), "yes", "blue", "no");
        var all = ok("/v1/rerank", body("qwen3-head", Map.of("query", "what is blue?", "documents", documents, "return_documents", true)));
        var indexes = new ArrayList<Integer>();
        var last = 1.0;
        for (var result : all.path("results")) {
            assertTrue(result.path("relevance_score").doubleValue() <= last, all.toString());
            last = result.path("relevance_score").doubleValue();
            indexes.add(result.path("index").intValue());
            if (result.path("index").intValue() == 1) assertEquals("the hill is green", result.path("document").path("text").asText());
        }
        assertEquals(List.of(0, 1, 2, 3, 4), indexes.stream().sorted().toList());
        assertEquals(0.3363, score(all, 0), 1e-3, "as alone: the documents before it change nothing");
        for (var path : List.of("/v1/rerank", "/v2/rerank", "/rerank")) {
            var best = ok(path, body("qwen3-head", Map.of("query", "what is blue?", "documents", documents, "top_n", 2)));
            assertEquals(2, best.path("results").size());
            assertEquals(indexes.getFirst(), best.path("results").get(0).path("index").intValue());
            assertFalse(best.path("results").get(0).has("document"));
        }
        var plain = ok("/rerank",
                body("qwen3-head", Map.of("query", "what is blue?", "texts", List.of("the sea is blue", "yes"), "return_text", true)));
        assertTrue(plain.isArray() && plain.get(0).path("score").isDouble() && plain.get(0).path("text").isTextual(), plain.toString());
    }

    @Test
    void ofALongDocumentTheBeginningIsReadWhereThatIsAskedFor() throws IOException {
        var tooLong = "the sea is blue ".repeat(300);
        refused("documents", "documents[1], with the question cannot be read", "/v1/rerank",
                body("qwen3-reranker", Map.of("query", "q", "documents", List.of("x", tooLong))));
        var cut = ok("/v1/rerank", body("qwen3-reranker", Map.of("query", "q", "documents", List.of(tooLong), "max_tokens_per_doc", 4)));
        assertEquals(1, cut.path("results").size());
    }

    @Test
    void whatCannotBeJudgedIsRefusedByName() throws IOException {
        refused("model", "is no reranker", "/v1/rerank", body("qwen3-embedding", Map.of("query", "q", "documents", List.of("x"))));
        refused("documents", "documents is missing", "/v1/rerank", body("qwen3-head", Map.of("query", "q")));
        refused("documents", "at least one", "/v1/rerank", body("qwen3-head", Map.of("query", "q", "documents", List.of())));
        refused("documents", "documents[1] must be", "/v1/rerank",
                body("qwen3-head", Map.of("query", "q", "documents", List.of("x", Map.of("title", "y")))));
        refused("query", "query is missing", "/v1/rerank", body("qwen3-head", Map.of("documents", List.of("x"))));
        refused("raw_scores", "not supported", "/rerank",
                body("qwen3-head", Map.of("query", "q", "texts", List.of("x"), "raw_scores", true)));
    }
}
