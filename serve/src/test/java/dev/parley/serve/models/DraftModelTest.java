package dev.parley.serve.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.embedding.EmbeddingRules;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.chat.ChatClient;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One model served alone, with its own int4 weights as a draft model, which is mostly right, and with another model, which is mostly
 * wrong.
 */
@Timeout(120)
class DraftModelTest {

    private static final Path MODEL = TestServer.modelFolder("tiny", 7);
    private static final Path STRANGER = TestServer.modelFolder("tiny-2", 8);
    private static final List<String> DRAFTED = List.of("rough", "stranger");
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0), List.of(source("alone", Optional.empty(), WeightType.INT8),
                source("rough", Optional.of(MODEL), WeightType.INT4), source("stranger", Optional.of(STRANGER), WeightType.INT8)),
                new Limits(16, 64, 64L << 20, 64));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static ModelSource source(String id, Optional<Path> draft, WeightType draftWeights) {
        return new ModelSource(id, List.of(), 10L << 20, TestServer.CONTEXT,
                () -> new ModelSource.Parts(load(MODEL, WeightType.INT8), Tokenizer.load(MODEL),
                        GenerationConfig.builder().eosTokenIds(List.of(TestServer.END_OF_TURN)).build(), EmbeddingRules.MEAN,
                        Optional.empty(),
                        draft.map(folder -> load(folder, draftWeights))));
    }

    private static CausalLM load(Path folder, WeightType weights) {
        return CausalLM.fromPretrained(folder, weights, DType.BFLOAT16, Backend.JAVA);
    }

    private static JsonNode completion(String model, String fields) {
        var answer = server.post("/v1/completions",
                "{\"model\":\"" + model + "\",\"prompt\":\"One day a cat\",\"max_tokens\":40,\"seed\":5," + fields + "}");
        assertEquals(200, answer.statusCode(), answer.body());
        return ChatClient.json(answer).path("choices");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"temperature\":0", "\"temperature\":0,\"logprobs\":3", "\"temperature\":1,\"n\":3",
        "\"temperature\":0.7,\"top_p\":0.9,\"stop\":\"a\"", "\"temperature\":0,\"presence_penalty\":1", "\"num_beams\":3",
        "\"temperature\":0,\"penalty_alpha\":0.5,\"top_k\":4", "\"temperature\":0,\"regex\":\"( [a-z]+){3}\""})
    void anAnswerIsTheSameWithADraftModel(String fields) {
        var alone = completion("alone", fields);
        for (var model : DRAFTED) assertEquals(alone, completion(model, fields), model);
    }

    @Test
    void anAnswerOfTheChatIsTheSameWithADraftModel() {
        try (var client = ChatClient.of(server.base())) {
            var asked = client.ask("What is a cat?");
            var alone = answer(client, asked, "alone");
            for (var model : DRAFTED) assertEquals(alone, answer(client, asked, model), model);
        }
    }

    private static List<JsonNode> answer(ChatClient client, ChatClient.Asked asked, String model) {
        var id = client.ok("POST", "/api/conversations/" + asked.conversation() + "/answers", "{\"parent\":\"" + asked.question()
                + "\",\"model\":\"" + model + "\",\"settings\":{\"max_tokens\":60,\"temperature\":0.8,\"seed\":3}}").path("id").asText();
        var text = client.await(id).path("text");
        return List.of(text, client.ok("GET", "/api/messages/" + id + "/tokens", ""));
    }

    @Test
    void manyAtOnceAreAnsweredAsEachAlone() throws Exception {
        var fields = IntStream.range(0, 8).mapToObj(i -> "\"temperature\":" + i / 8.0 + ",\"logprobs\":0").toList();
        var alone = fields.stream().map(f -> completion("alone", f)).toList();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var together = fields.stream().map(f -> clients.submit(() -> completion("rough", f))).toList();
            for (int i = 0; i < alone.size(); i++) assertEquals(alone.get(i), together.get(i).get());
        }
    }

    @Test
    void aDraftModelOfAnotherVocabularyIsRefused(@TempDir Path folder) throws IOException {
        try (var small = TrainableLM.create(ModelConfig.gpt2(100, 64, 16, 1, 1), 1)) {
            small.savePretrained(folder);
        }
        var source = source("unlike", Optional.of(folder), WeightType.FLOAT32);
        try (var other = TestServer.start(ServerSettings.DEFAULT.withPort(0), List.of(source), new Limits(4, 8, 1 << 20, 64))) {
            var answer = other.post("/v1/completions", "{\"prompt\":\"One\"}");
            assertEquals(503, answer.statusCode());
            assertTrue(answer.body().contains("The draft model has 100 tokens"), answer.body());
        }
    }
}
