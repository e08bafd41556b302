package dev.parley.serve.clients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.ReturnBehavior;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolSpecifications;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.ollama.OllamaLanguageModel;
import dev.langchain4j.model.ollama.OllamaModels;
import dev.langchain4j.model.ollama.OllamaStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** LangChain4j's module for Ollama: streams, thoughts, tools by its services, answers read into classes, lists of models, errors. */
@Timeout(300)
class OllamaLangChain4jTest {

    private static TestServer server;

    @BeforeAll
    static void start(@TempDir Path folder) {
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0),
                List.of(TestServer.source("tiny", List.of(), 7),
                        TestServer.source("caller", TestServer.CHATML, folder, TestServer.saying("?",
                                "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"arg0\": \"OSLO\"}}\n</tool_call>")),
                        TestServer.source("thinker", TestServer.THINKING, folder,
                                TestServer.saying("2 + 2?", "<think>\nTwo and two.\n</think>\n\nFour."))),
                new Limits(16, 64, 256L << 20, 64));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    enum City {
        OSLO, BERN
    }

    record Forecast(@JsonProperty(required = true) City city, @JsonProperty(required = true) boolean rain) {}

    interface Forecaster {
        Forecast forecast(String question);
    }

    interface Assistant {
        Result<String> chat(String question);
    }

    static class Weather {

        private final List<City> asked = new ArrayList<>();

        @Tool(value = "The weather of a city", returnBehavior = ReturnBehavior.IMMEDIATE)
        String weather(@P("The city") City city) {
            asked.add(city);
            return "Rain in " + city;
        }
    }

    private static OllamaChatModel.OllamaChatModelBuilder model(String name) {
        return OllamaChatModel.builder().baseUrl(server.base()).modelName(name).temperature(1.0).seed(3).timeout(Duration.ofMinutes(4))
                .maxRetries(0);
    }

    /** What a stream says at its end. @param pieces of text, and of thoughts, as they come */
    private static ChatResponse streamed(String name, ChatRequest request, List<String> pieces, List<String> thoughts) throws Exception {
        var model = OllamaStreamingChatModel.builder().baseUrl(server.base()).modelName(name).temperature(1.0).seed(3).numPredict(60)
                .returnThinking(true).timeout(Duration.ofMinutes(4)).build();
        var end = new CompletableFuture<ChatResponse>();
        model.chat(request, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String piece) {
                pieces.add(piece);
            }

            @Override
            public void onPartialThinking(PartialThinking piece) {
                thoughts.add(piece.text());
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                end.complete(response);
            }

            @Override
            public void onError(Throwable error) {
                end.completeExceptionally(error);
            }
        });
        return end.get(4, TimeUnit.MINUTES);
    }

    private static ChatRequest.Builder ask(String question) {
        return ChatRequest.builder().messages(UserMessage.from(question));
    }

    @Test
    void aChatIsTheSameStreamedOrNot() throws Exception {
        var pieces = new ArrayList<String>();
        var whole = model("tiny").numPredict(60).build().chat(ask("How is the weather?").build());
        var streamed = streamed("tiny", ask("How is the weather?").build(), pieces, new ArrayList<>());
        assertFalse(whole.aiMessage().text().isEmpty());
        assertEquals(whole.aiMessage().text(), streamed.aiMessage().text());
        assertEquals(whole.aiMessage().text(), String.join("", pieces));
        assertEquals(FinishReason.LENGTH, whole.finishReason());
        assertEquals(whole.finishReason(), streamed.finishReason());
        assertEquals(whole.tokenUsage().totalTokenCount(), streamed.tokenUsage().totalTokenCount());
    }

    @Test
    void thoughtsAreToldApart() throws Exception {
        var whole = model("thinker").think(true).returnThinking(true).build().chat(ask("2 + 2?").build()).aiMessage();
        assertEquals("Two and two.", whole.thinking());
        assertEquals("Four.", whole.text());
        var thoughts = new ArrayList<String>();
        assertEquals("Four.", streamed("thinker", ask("2 + 2?").build(), new ArrayList<>(), thoughts).aiMessage().text());
        assertEquals("Two and two.", String.join("", thoughts));
    }

    @Test
    void aToolIsCalledStreamedOrNotAndItsResultGoesBack() throws Exception {
        var tools = ToolSpecifications.toolSpecificationsFrom(new Weather());
        var request = ask("How is the weather?").toolSpecifications(tools).build();
        var whole = model("caller").build().chat(request);
        var call = whole.aiMessage().toolExecutionRequests().getFirst();
        assertEquals("weather", call.name());
        var streamed = streamed("caller", request, new ArrayList<>(), new ArrayList<>());
        assertEquals(call.arguments(), streamed.aiMessage().toolExecutionRequests().getFirst().arguments());
        List<ChatMessage> history = List.of(UserMessage.from("How is the weather?"), whole.aiMessage(),
                ToolExecutionResultMessage.from(call, "Rain"));
        var next = model("tiny").numPredict(4).build().chat(ChatRequest.builder().messages(history).toolSpecifications(tools).build());
        assertTrue(next.tokenUsage().inputTokenCount() > whole.tokenUsage().inputTokenCount());
    }

    @Test
    void aServiceRunsTheToolThatTheModelCalls() {
        var weather = new Weather();
        var answer = AiServices.builder(Assistant.class).chatModel(model("caller").build()).tools(weather).build()
                .chat("How is the weather?");
        assertEquals(1, answer.toolExecutions().size());
        assertEquals("Rain in " + weather.asked.getFirst(), answer.toolExecutions().getFirst().result());
    }

    @Test
    void aServiceReadsTheAnswerIntoAClass() {
        var model = model("tiny").supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA).build();
        var forecast = AiServices.create(Forecaster.class, model).forecast("How is the weather?");
        assertTrue(List.of(City.values()).contains(forecast.city()));
    }

    @Test
    void aTextIsGenerated() {
        var model = OllamaLanguageModel.builder().baseUrl(server.base()).modelName("tiny").temperature(0.0).numPredict(8).build();
        var answer = model.generate("How is the weather?");
        assertEquals(model("tiny").temperature(0.0).numPredict(8).build().chat("How is the weather?"), answer.content());
    }

    @Test
    void modelsAreListedAndShown() {
        var models = OllamaModels.builder().baseUrl(server.base()).build();
        assertArrayEquals(new String[] {"tiny:latest", "caller:latest", "thinker:latest"},
                models.availableModels().content().stream().map(model -> model.getName()).toArray());
        var card = models.modelCard("tiny").content();
        assertEquals("gpt2", card.getDetails().getFamily());
        assertEquals(TestServer.CHATML, card.getTemplate());
        model("tiny").numPredict(1).build().chat("Hi");
        assertTrue(models.runningModels().content().stream().anyMatch(model -> model.getName().equals("tiny:latest")));
    }

    @Test
    void errorsAreThoseThatTheClientKnows() {
        assertThrows(ModelNotFoundException.class, () -> model("gpt-9").build().chat("Hi"));
        assertThrows(InvalidRequestException.class, () -> model("tiny").think(true).build().chat("Hi"));
    }
}
