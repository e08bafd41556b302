package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.tools.CallingTemplates;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.WeightType;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.models.ModelSource;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole chats with models whose templates write calls each in its own way. */
class ToolFamiliesTest {

    private static final String PATH = "/v1/chat/completions";
    private static final int CALLS = TestServer.START_OF_TURN; // this token is called [TOOL_CALLS] here
    private static final String ASKED = """
            {"model": "%s", "messages": [{"role": "user", "content": "Weather?"}], "max_tokens": 120, "temperature": 1, "seed": 5, "tool_choice": "required", "parallel_tool_calls": %s,
             "tools": [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"enum": ["Oslo", "Bern"]}}, "required": ["city"]}}}], "stream": %s}""";
    private static TestServer server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        var sources = List.of(source(folder, "hermes", CallingTemplates.HERMES), source(folder, "llama", CallingTemplates.LLAMA),
                source(folder, "mistral", CallingTemplates.MISTRAL));
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0), sources, new Limits(16, 64, 256L << 20, 64));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ModelSource source(Path folder, String id, String template) throws IOException {
        var model = TestServer.modelFolder("tiny", 7);
        var tokenizer = Files.createDirectories(folder.resolve(id));
        for (var file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.writeString(tokenizer.resolve(file), Files.readString(model.resolve(file)).replace("<|im_start|>", "[TOOL_CALLS]"));
        }
        Files.writeString(tokenizer.resolve("chat_template.jinja"), template);
        var read = Tokenizer.load(tokenizer);
        return new ModelSource(id, List.of(), 10L << 20, TestServer.CONTEXT,
                () -> new ModelSource.Parts(CausalLM.fromPretrained(model, WeightType.INT8, DType.BFLOAT16, Backend.JAVA),
                        read, GenerationConfig.builder().eosTokenIds(List.of(TestServer.END_OF_TEXT)).build()));
    }

    private static JsonNode choice(String body) throws IOException {
        return new ObjectMapper().readTree(body).path("choices").path(0);
    }

    @ParameterizedTest
    @CsvSource({"hermes", "llama", "mistral"})
    void aCallThatHasToComeComesInTheModelsOwnFormat(String model) throws Exception {
        var choice = choice(server.post(PATH, ASKED.formatted(model, false, false)).body());
        assertEquals("tool_calls", choice.path("finish_reason").asText(), choice.toString());
        assertTrue(choice.path("message").path("content").isNull(), choice.toString());
        assertEquals(1, choice.path("message").path("tool_calls").size());
        var call = choice.path("message").path("tool_calls").path(0);
        var arguments = new ObjectMapper().readTree(call.path("function").path("arguments").asText());
        assertTrue(List.of("Oslo", "Bern").contains(arguments.path("city").asText()), call.toString());
        assertTrue(call.path("id").asText().matches(model.equals("mistral") ? "[a-zA-Z0-9]{9}" : "call_.+"), call.toString());
    }

    @ParameterizedTest
    @CsvSource({"hermes, true", "llama, true", "mistral, true", "mistral, false"})
    void callsAreTheSameInPieces(String model, boolean several) throws Exception {
        var whole = choice(server.post(PATH, ASKED.formatted(model, several, false)).body()).path("message").path("tool_calls");
        var streamed = new String[whole.size()];
        for (var event : server.post(PATH, ASKED.formatted(model, several, true)).body().split("\n\n")) {
            if (event.equals("data: [DONE]")) continue;
            for (var call : choice(event.substring("data: ".length())).path("delta").path("tool_calls")) {
                var index = call.path("index").asInt();
                streamed[index] = (streamed[index] == null ? "" : streamed[index]) + call.path("function").path("name").asText()
                        + call.path("function").path("arguments").asText();
            }
        }
        for (int i = 0; i < streamed.length; i++)
            assertEquals("weather" + whole.path(i).path("function").path("arguments").asText(), streamed[i]);
        assertTrue(streamed.length > 0);
    }

    @Test
    void theTokenThatOpensCallsIsNoText() throws Exception {
        var body = ASKED.formatted("mistral", true, false).replace("\"required\", \"par", "\"auto\", \"par").replace(
                "\"max_tokens\": 120, \"temperature\": 1",
                "\"max_tokens\": 3, \"temperature\": 0, \"logit_bias\": {\"" + CALLS + "\": 100}");
        var choice = choice(server.post(PATH, body).body());
        assertEquals("", choice.path("message").path("content").asText(), choice.toString());
        assertEquals("length", choice.path("finish_reason").asText());
    }

    @Test
    void aHistoryOfCallsIsTakenByEach() {
        var history = """
                {"model": "%s", "max_tokens": 2, "messages": [{"role": "user", "content": "Weather?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "call_abcdefghijkl",
                 "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": \\"Oslo\\"}"}}]}, {"role": "tool", "tool_call_id": "call_abcdefghijkl", "content": "Rain"}]}""";
        for (var model : List.of("hermes", "llama", "mistral")) {
            var answer = server.post(PATH, history.formatted(model));
            assertEquals(200, answer.statusCode(), answer.body());
        }
    }
}
