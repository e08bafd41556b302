package dev.parley.serve.clients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.hub.FakeHub;
import dev.parley.hub.Hub;
import dev.parley.hub.HubModel;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.models.ModelFetcher;
import dev.parley.serve.models.ModelPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.ollama.OllamaChatModel;
import org.springframework.ai.ollama.OllamaEmbeddingModel;
import org.springframework.ai.ollama.api.OllamaApi;
import org.springframework.ai.ollama.api.OllamaChatOptions;
import org.springframework.ai.ollama.api.OllamaEmbeddingOptions;
import org.springframework.ai.ollama.management.ModelManagementOptions;
import org.springframework.ai.ollama.management.OllamaModelManager;
import org.springframework.ai.ollama.management.PullModelStrategy;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;

/** Spring AI's module for Ollama: streams, thoughts, tools, answers of a schema, vectors, and a model that it pulls before it asks it. */
@Timeout(300)
class OllamaSpringAiTest {

    private static FakeHub hub;
    private static TestServer server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        var model = Files.createDirectories(folder.resolve("served/org/small"));
        try (var files = Files.list(TestServer.modelFolder("tiny", 7))) {
            for (var file : files.toList()) Files.copy(file, model.resolve(file.getFileName()));
        }
        hub = FakeHub.start(folder.resolve("served"));
        var environment = Map.of("HF_HOME", folder.resolve("home").toString(), "HF_ENDPOINT", hub.endpoint().toString(), "NO_PROXY", "*");
        ModelFetcher fetcher = (name, listener) -> TestServer.source(name, Hub.of(environment).pull(HubModel.parse(name), listener).path());
        var sources = List.of(TestServer.source("tiny", List.of(), 7),
                TestServer.source("caller", TestServer.CHATML, folder, TestServer.saying("?",
                        "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"OSLO\"}}\n</tool_call>")),
                TestServer.source("thinker", TestServer.THINKING, folder,
                        TestServer.saying("2 + 2?", "<think>\nTwo and two.\n</think>\n\nFour.")));
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0),
                new ModelPool(sources, 4L << 30, new Limits(16, 64, 256L << 20, 64), Duration.ofSeconds(20), Optional.of(fetcher)));
    }

    @AfterAll
    static void stop() {
        server.close();
        hub.close();
    }

    enum City {
        OSLO, BERN
    }

    record Forecast(City city, boolean rain) {}

    record Place(City city) {}

    private static final String PLACE = """
            {"type": "object", "properties": {"city": {"enum": ["OSLO", "BERN"]}}, "required": ["city"], "additionalProperties": false}""";
    private static final String FORECAST = """
            {"type": "object", "properties": {"city": {"enum": ["OSLO", "BERN"]}, "rain": {"type": "boolean"}}, "required": ["city", "rain"], "additionalProperties": false}""";

    private static ToolCallback weather() {
        return FunctionToolCallback.builder("weather", (Place place) -> "Rain in " + place.city()).description("The weather of a city")
                .inputType(Place.class).inputSchema(PLACE).build();
    }

    private static OllamaApi api() {
        return OllamaApi.builder().baseUrl(server.base()).build();
    }

    private static OllamaChatOptions.Builder options(String model) {
        var options = OllamaChatOptions.builder();
        options.model(model).temperature(1.0).seed(3);
        return options;
    }

    private static OllamaChatModel model(OllamaChatOptions options) {
        return OllamaChatModel.builder().ollamaApi(api()).options(options).build();
    }

    @Test
    void aChatIsTheSameStreamedOrNot() {
        var options = options("tiny");
        options.numPredict(12);
        var model = model(options.build());
        var whole = model.call("How is the weather?");
        assertFalse(whole.isEmpty());
        assertEquals(whole, model.stream("How is the weather?").toStream().collect(Collectors.joining()));
        var metadata = model.call(new Prompt("How is the weather?")).getMetadata();
        assertEquals(12, metadata.getUsage().getCompletionTokens());
    }

    @Test
    void thoughtsAreToldApart() {
        var options = options("thinker");
        options.enableThinking();
        var answer = model(options.build()).call(new Prompt("2 + 2?")).getResult();
        assertEquals("Four.", answer.getOutput().getText());
        assertEquals("Two and two.", answer.getMetadata().get("thinking"));
    }

    @Test
    void aToolIsCalledAndItsResultGoesBack() {
        var tool = weather();
        var options = options("caller");
        options.toolCallbacks(List.of(tool));
        var answer = model(options.build()).call(new Prompt(new UserMessage("How is the weather?"))).getResult().getOutput();
        assertEquals(1, answer.getToolCalls().size());
        var call = answer.getToolCalls().getFirst();
        assertEquals("weather", call.name());
        var result = tool.call(call.arguments());
        assertTrue(result.contains("Rain in OSLO"), result);
        var last = options("tiny");
        last.numPredict(4);
        List<Message> history = List.of(new UserMessage("How is the weather?"), answer, ToolResponseMessage.builder()
                .responses(List.of(new ToolResponseMessage.ToolResponse(call.id(), call.name(), result))).build());
        assertFalse(String.valueOf(model(last.build()).call(new Prompt(history)).getResult().getOutput().getText()).isEmpty());
    }

    @Test
    void anAnswerFollowsASchema() throws Exception {
        var options = options("tiny");
        options.outputSchema(FORECAST);
        var forecast = new ObjectMapper().readValue(model(options.build()).call("How is the weather?"), Forecast.class);
        assertTrue(List.of(City.values()).contains(forecast.city()));
    }

    @Test
    void textsBecomeVectors() {
        var model = OllamaEmbeddingModel.builder().ollamaApi(api()).options(OllamaEmbeddingOptions.builder().model("tiny").build()).build();
        var vectors = model.embed(List.of("The sea", "A mountain"));
        assertArrayEquals(model.embed("The sea"), vectors.getFirst());
        var length = 0.0;
        for (var value : vectors.getLast()) length += value * value;
        assertEquals(1, length, 1e-5);
    }

    /** The client looks whether a model is there, pulls it, and reads the lines of progress until one says that it is. */
    @Test
    void aModelThatIsNotThereIsPulledAndAnswers() {
        var management = new ModelManagementOptions(PullModelStrategy.WHEN_MISSING, List.of(), Duration.ofMinutes(2), 0);
        var manager = new OllamaModelManager(api(), management);
        assertTrue(manager.isModelAvailable("tiny"));
        assertFalse(manager.isModelAvailable("org/small"));
        var options = options("org/small");
        options.numPredict(4);
        var model = OllamaChatModel.builder().ollamaApi(api()).options(options.build()).modelManagementOptions(management).build();
        assertTrue(manager.isModelAvailable("org/small"));
        var tiny = options("tiny");
        tiny.numPredict(4);
        assertEquals(model(tiny.build()).call("How is the weather?"), model.call("How is the weather?"));
        assertThrows(RuntimeException.class, () -> manager.pullModel("org/absent", PullModelStrategy.ALWAYS));
        assertThrows(RuntimeException.class, () -> manager.deleteModel("tiny"));
    }
}
