package dev.parley.serve.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.ReturnBehavior;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.agent.tool.ToolSpecifications;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.parley.serve.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** LangChain4j's module for OpenAI against chats: streams, tools by its services, answers read into classes, errors. */
@Timeout(300)
class LangChain4jTest {

    private static final TestServer server = TestServer.shared();

    enum City {
        OSLO, BERN
    }

    record Forecast(City city, boolean rain) {}

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

    private static OpenAiChatModel.OpenAiChatModelBuilder model() {
        return OpenAiChatModel.builder().baseUrl(server.base() + "/v1").apiKey("none").modelName("tiny").temperature(1.0).seed(3)
                .maxRetries(0).timeout(java.time.Duration.ofMinutes(4));
    }

    private static OpenAiStreamingChatModel streamingModel() {
        return OpenAiStreamingChatModel.builder().baseUrl(server.base() + "/v1").apiKey("none").modelName("tiny").temperature(1.0).seed(3)
                .timeout(java.time.Duration.ofMinutes(4)).build();
    }

    /** What a stream says at its end. @param pieces of text, as they come */
    private static ChatResponse streamed(ChatRequest request, List<String> pieces) throws Exception {
        var end = new CompletableFuture<ChatResponse>();
        streamingModel().chat(request, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String piece) {
                pieces.add(piece);
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
        var request = ask("How is the weather?").maxOutputTokens(15).build();
        var pieces = new ArrayList<String>();
        ChatResponse whole = model().build().chat(request), streamed = streamed(request, pieces);
        assertFalse(whole.aiMessage().text().isEmpty());
        assertEquals(whole.aiMessage().text(), streamed.aiMessage().text());
        assertEquals(whole.aiMessage().text(), String.join("", pieces));
        assertEquals(FinishReason.LENGTH, whole.finishReason());
        assertEquals(whole.finishReason(), streamed.finishReason());
        assertEquals(whole.tokenUsage().totalTokenCount(), streamed.tokenUsage().totalTokenCount());
    }

    @Test
    void aToolIsCalledStreamedOrNotAndItsResultGoesBack() throws Exception {
        List<ToolSpecification> tools = ToolSpecifications.toolSpecificationsFrom(new Weather());
        var request = ask("How is the weather?").toolSpecifications(tools).toolChoice(ToolChoice.REQUIRED).build();
        var model = model().parallelToolCalls(false).build();
        var whole = model.chat(request);
        assertEquals(FinishReason.TOOL_EXECUTION, whole.finishReason());
        var call = whole.aiMessage().toolExecutionRequests().getFirst();
        assertEquals("weather", call.name());
        var streamed = streamed(
                ask("How is the weather?").toolSpecifications(tools).toolChoice(ToolChoice.REQUIRED).maxOutputTokens(80).build(),
                new ArrayList<>());
        assertEquals(call.arguments(), streamed.aiMessage().toolExecutionRequests().getFirst().arguments());
        List<ChatMessage> history = List.of(UserMessage.from("How is the weather?"), whole.aiMessage(),
                ToolExecutionResultMessage.from(call, "Rain"));
        assertTrue(model.chat(ChatRequest.builder().messages(history).toolSpecifications(tools).maxOutputTokens(4).build()).tokenUsage()
                .inputTokenCount() > whole.tokenUsage().inputTokenCount());
    }

    @Test
    void aServiceRunsTheToolThatTheModelCalls() {
        var weather = new Weather();
        // The answer is held to a call, as a trained model would make one.
        var said = List.of("<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"arg0\": \"OSLO\"}}\n</tool_call>",
                "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"arg0\": \"BERN\"}}\n</tool_call>");
        var model = model().parallelToolCalls(false).customParameters(Map.of("choice", said)).build();
        var answer = AiServices.builder(Assistant.class).chatModel(model).tools(weather).build().chat("How is the weather?");
        assertEquals(1, answer.toolExecutions().size());
        assertEquals(1, weather.asked.size());
        assertEquals("Rain in " + weather.asked.getFirst(), answer.toolExecutions().getFirst().result());
    }

    @Test
    void aServiceReadsTheAnswerIntoAClass() {
        var model = model().supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA).strictJsonSchema(true).build();
        var forecast = AiServices.create(Forecaster.class, model).forecast("How is the weather?");
        assertTrue(List.of(City.values()).contains(forecast.city()));
    }

    @Test
    void errorsAreThoseThatTheClientKnows() {
        assertThrows(ModelNotFoundException.class, () -> model().modelName("gpt-9").build().chat("Hi"));
        assertThrows(InvalidRequestException.class, () -> model().temperature(7.0).build().chat("Hi"));
        var failed = assertThrows(java.util.concurrent.ExecutionException.class,
                () -> streamed(ask("word ".repeat(2000)).build(), new ArrayList<>()));
        assertTrue(failed.getCause() instanceof InvalidRequestException, String.valueOf(failed.getCause()));
    }
}
