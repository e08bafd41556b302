package dev.parley.serve.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.RequestOptions;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonObject;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionNamedToolChoice;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.CompletionCreateParams;
import dev.parley.serve.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** OpenAI's own client for Java against chats and completions. Answers are validated: what is missing or misshapen throws. */
@Timeout(300)
class OpenAiJavaChatTest {

    private static final TestServer server = TestServer.shared();
    private static OpenAIClient client;

    /** What a weather service would say. */
    enum City {
        OSLO, BERN
    }

    /** The shape of an answer, from which the client makes a schema. */
    static class Forecast {
        @JsonPropertyDescription("Where")
        public City city;
        public boolean rain;
    }

    @BeforeAll
    static void start() {
        client = OpenAIOkHttpClient.builder().baseUrl(server.base() + "/v1").apiKey("none").responseValidation(true).maxRetries(0).build();
    }

    @AfterAll
    static void stop() {
        client.close();
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder().model("tiny").addSystemMessage("Be brief.").addUserMessage("How is the weather?")
                .temperature(1.0).putAdditionalBodyProperty("seed", JsonValue.from(3));
    }

    private static ChatCompletionFunctionTool weather(String name) {
        return ChatCompletionFunctionTool.builder().function(FunctionDefinition.builder().name(name).description("The weather of a city")
                .parameters(FunctionParameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty("properties", JsonValue.from(Map.of("city", Map.of("enum", List.of("Oslo", "Bern")))))
                        .putAdditionalProperty("required", JsonValue.from(List.of("city"))).build())
                .build()).build();
    }

    /** The whole answer, put together by the client from a stream. */
    private static ChatCompletion streamed(ChatCompletionCreateParams params) {
        var whole = ChatCompletionAccumulator.create();
        try (var stream = client.chat().completions().createStreaming(params)) {
            stream.stream().forEach(whole::accumulate);
        }
        return whole.chatCompletion();
    }

    @Test
    void aChatIsTheSameStreamedOrNot() {
        var params = chat().maxCompletionTokens(20).n(2).logprobs(true).topLogprobs(2).presencePenalty(0.1).frequencyPenalty(0.1)
                .logitBias(ChatCompletionCreateParams.LogitBias.builder().putAdditionalProperty("50256", JsonValue.from(-100)).build())
                .build();
        var whole = client.chat().completions().create(params);
        var streamed = streamed(params.toBuilder().streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()).build());
        assertEquals(2, whole.choices().size());
        for (int i = 0; i < 2; i++) {
            assertFalse(whole.choices().get(i).message().content().orElseThrow().isEmpty());
            assertEquals(whole.choices().get(i).message().content(), streamed.choices().get(i).message().content());
            assertEquals(whole.choices().get(i).finishReason(), streamed.choices().get(i).finishReason());
            assertEquals(whole.choices().get(i).logprobs().orElseThrow().content(),
                    streamed.choices().get(i).logprobs().orElseThrow().content());
        }
        assertEquals(whole.usage().orElseThrow().totalTokens(), streamed.usage().orElseThrow().totalTokens());
    }

    @Test
    void aFunctionIsCalledStreamedOrNotAndItsResultGoesBack() {
        var params = chat().addTool(weather("weather")).toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED).parallelToolCalls(false)
                .build();
        for (var answer : List.of(client.chat().completions().create(params), streamed(params))) {
            var choice = answer.choices().getFirst();
            assertEquals(ChatCompletion.Choice.FinishReason.TOOL_CALLS, choice.finishReason());
            var call = choice.message().toolCalls().orElseThrow().getFirst().asFunction();
            assertEquals("weather", call.function().name());
            assertTrue(call.function().arguments().contains("city"));
            var next = chat().addTool(weather("weather")).addMessage(choice.message())
                    .addMessage(ChatCompletionToolMessageParam.builder().toolCallId(call.id()).content("It rains.").build())
                    .maxCompletionTokens(5).build();
            assertTrue(client.chat().completions().create(next).usage().orElseThrow().promptTokens() > answer.usage()
                    .map(u -> u.promptTokens()).orElse(0L));
        }
    }

    @Test
    void aNamedFunctionIsCalled() {
        var named = ChatCompletionNamedToolChoice.builder()
                .function(ChatCompletionNamedToolChoice.Function.builder().name("second").build()).build();
        var answer = client.chat().completions()
                .create(chat().addTool(weather("first")).addTool(weather("second")).toolChoice(named).build());
        assertEquals("second", answer.choices().getFirst().message().toolCalls().orElseThrow().getFirst().asFunction().function().name());
    }

    @Test
    void anAnswerIsReadIntoAClass() {
        var answer = client.chat().completions().create(chat().responseFormat(Forecast.class).build());
        var forecast = answer.choices().getFirst().message().content().orElseThrow();
        assertTrue(List.of(City.values()).contains(forecast.city));
    }

    @Test
    void anyObjectOfJsonIsOne() {
        var params = chat().responseFormat(ResponseFormatJsonObject.builder().build()).maxCompletionTokens(30).build();
        assertTrue(client.chat().completions().create(params).choices().getFirst().message().content().orElseThrow().startsWith("{"));
    }

    @Test
    void fieldsOfOtherServersAreTakenToo() {
        var params = chat().putAdditionalBodyProperty("regex", JsonValue.from("[xyz]{5}"))
                .putAdditionalBodyProperty("top_k", JsonValue.from(5)).putAdditionalBodyProperty("min_p", JsonValue.from(0.1)).build();
        assertTrue(client.chat().completions().create(params).choices().getFirst().message().content().orElseThrow().matches("[xyz]{5}"));
    }

    @Test
    void errorsAreThoseThatTheClientKnows() {
        var refused = assertThrows(BadRequestException.class, () -> client.chat().completions().create(chat().temperature(7.0).build()));
        assertEquals("temperature", refused.param().orElse(""));
        assertEquals("invalid_request_error", refused.type().orElse(""));
        var tooLong = assertThrows(BadRequestException.class,
                () -> client.chat().completions().create(chat().addUserMessage("word ".repeat(2000)).build()));
        assertEquals("context_length_exceeded", tooLong.code().orElse(""));
        assertThrows(NotFoundException.class, () -> client.chat().completions().create(chat().model("gpt-9").build()));
        assertThrows(BadRequestException.class, () -> client.chat().completions().createStreaming(chat().temperature(7.0).build()));
    }

    @Test
    void aTextGoesOnStreamedOrNot() {
        var params = CompletionCreateParams.builder().model("tiny").prompt("Once upon a time").maxTokens(8).temperature(0.0).build();
        var whole = client.completions().create(params.toBuilder().logprobs(2).build()).choices().getFirst();
        assertEquals(8, whole.logprobs().orElseThrow().tokens().orElseThrow().size());
        var text = new StringBuilder();
        // The client's validation wants a reason of finishing in each piece, which OpenAI's own server does not give either.
        var lenient = RequestOptions.builder().responseValidation(false).build();
        try (var stream = client.completions().createStreaming(params.toBuilder().echo(true).build(), lenient)) {
            stream.stream().forEach(piece -> piece.choices().forEach(choice -> text.append(choice.text())));
        }
        assertEquals("Once upon a time" + whole.text(), text.toString());
    }
}
