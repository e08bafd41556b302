package dev.parley.serve.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.FolderTree;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.RandomModels;
import dev.parley.model.WeightType;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.chat.ChatClient;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Adapters of a served model: chosen by each request, beside each other in one batch, coming and going. */
@Timeout(300)
class ServedAdaptersTest {

    private static final Path MODEL = TestServer.modelFolder("tiny", 7);
    private static final String NAMED = "tiny:named";

    @TempDir
    private static Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        for (int i = 0; i < 3; i++) write("a" + i, i);
        RandomModels.writeAdapter(folder.resolve("elsewhere"), ModelConfig.read(MODEL.resolve("config.json")), 8, 9);
        var shelf = new AdapterShelf(Map.of("named", folder.resolve("elsewhere")), Optional.of(folder.resolve("all")));
        var source = new ModelSource("tiny", List.of("other"), 10L << 20, TestServer.CONTEXT, List.of(), Optional.of(MODEL), shelf,
                () -> new ModelSource.Parts(CausalLM.fromPretrained(MODEL, WeightType.INT8, DType.BFLOAT16, Backend.JAVA),
                        Tokenizer.load(MODEL), GenerationConfig.builder().eosTokenIds(List.of(TestServer.END_OF_TURN)).build()));
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0), List.of(source), new Limits(16, 64, 64L << 20, 64));
    }

    private static void write(String name, long seed) throws IOException {
        RandomModels.writeAdapter(folder.resolve("all").resolve(name), ModelConfig.read(MODEL.resolve("config.json")), 4 << seed % 3, seed);
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static HttpResponse<String> ask(String model) {
        return server.post("/v1/completions",
                "{\"model\":\"" + model + "\",\"prompt\":\"One day a cat\",\"max_tokens\":20,\"temperature\":0}");
    }

    private static String text(String model) {
        var answer = ask(model);
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals(model, ChatClient.json(answer).path("model").asText());
        return ChatClient.json(answer).path("choices").path(0).path("text").asText();
    }

    @Test
    void eightStreamsOverFourAdaptersReadAsEachAlone() throws Exception {
        var models = List.of("tiny", "tiny:a0", "tiny:a1", "tiny:a2", NAMED, "tiny", "tiny:a1", "tiny:a0");
        var alone = new ArrayList<String>();
        for (var model : models) alone.add(text(model));
        assertEquals(5, alone.stream().distinct().count(), "an adapter changes nothing");
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var together = clients.invokeAll(models.stream().<Callable<String>>map(model -> () -> text(model)).toList());
            for (int i = 0; i < models.size(); i++) assertEquals(alone.get(i), together.get(i).get(), models.get(i));
        }
    }

    @Test
    void adaptersAreListedBesideTheirModel() {
        var ids = new ArrayList<String>();
        for (var model : ChatClient.json(server.get("/v1/models")).path("data")) ids.add(model.path("id").asText());
        assertTrue(ids.containsAll(List.of("tiny", "tiny:a0", "tiny:a1", "tiny:a2", NAMED)), ids.toString());
        var one = ChatClient.json(server.get("/v1/models/" + NAMED));
        assertEquals(NAMED, one.path("id").asText());
        assertEquals("tiny", one.path("parent").asText());
    }

    @Test
    void anAliasOfTheModelAndOtherApisKnowTheAdapter() {
        assertEquals(text(NAMED), ChatClient.json(ask("other:named")).path("choices").path(0).path("text").asText());
        var ollama = server.post("/api/generate", "{\"model\":\"" + NAMED
                + "\",\"prompt\":\"One day a cat\",\"raw\":true,\"stream\":false,\"options\":{\"num_predict\":20,\"temperature\":0}}");
        assertEquals(200, ollama.statusCode(), ollama.body());
        assertEquals(text(NAMED), ChatClient.json(ollama).path("response").asText());
    }

    @Test
    void oneThatComesIsServedAndOneThatGoesIsNot() throws IOException {
        assertEquals(404, ask("tiny:late").statusCode());
        write("late", 5);
        var first = text("tiny:late");
        assertNotEquals(text("tiny"), first);
        FolderTree.delete(folder.resolve("all/late"));
        assertEquals(404, ask("tiny:late").statusCode());
        write("late", 8);
        assertNotEquals(first, text("tiny:late"), "what was there before is still used");
        FolderTree.delete(folder.resolve("all/late"));
    }

    @Test
    void oneThatIsDamagedIsToldAndTheModelGoesOn() throws IOException {
        write("broken", 6);
        Files.writeString(folder.resolve("all/broken/adapter_model.safetensors"), "no tensors");
        var answer = ask("tiny:broken");
        assertEquals(503, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("tiny:broken"), answer.body());
        assertFalse(answer.body().contains(folder.toString()), "a client is told where files lie: " + answer.body());
        assertFalse(text("tiny").isEmpty());
        FolderTree.delete(folder.resolve("all/broken"));
    }

    @Test
    void aNameThatIsAPathIsNone() {
        for (var name : List.of("tiny:..", "tiny:../elsewhere", "tiny:", "tiny:a0/", "a0")) assertEquals(404, ask(name).statusCode(), name);
    }
}
