package dev.parley.serve.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.ErrorType;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.ThinkingConfigAdaptive;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolChoiceAny;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.Usage;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.Thinker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Anthropic's own client for Java. Answers are validated: what is missing or misshapen throws. */
@Timeout(300)
class AnthropicJavaTest {

    private static TestServer server;
    private static AnthropicClient client;

    /** What a weather service would say. */
    enum City {
        OSLO, BERN
    }

    /** The shape of an answer, from which the client makes a schema. */
    static class Forecast {
        public City city;
        public boolean rain;
    }

    @BeforeAll
    static void start(@TempDir Path folder) {
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0),
                List.of(TestServer.source("tiny", List.of(), 7), Thinker.in(folder)),
                new Limits(16, 64, 256L << 20, 64));
        client = AnthropicOkHttpClient.builder().baseUrl(server.base()).apiKey("none").responseValidation(true).maxRetries(0).build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static MessageCreateParams.Builder asked() {
        return MessageCreateParams.builder().model("tiny").maxTokens(20).system("Be brief.").addUserMessage("How is the weather?")
                .putAdditionalBodyProperty("temperature", JsonValue.from(1)).putAdditionalBodyProperty("seed", JsonValue.from(3));
    }

    private static Tool weather(String name) {
        return Tool.builder().name(name).description("The weather of a city").inputSchema(Tool.InputSchema.builder()
                .properties(Tool.InputSchema.Properties.builder()
                        .putAdditionalProperty("city", JsonValue.from(Map.of("enum", List.of("Oslo", "Bern")))).build())
                .required(List.of("city")).build()).build();
    }

    /** The whole message, put together by the client from a stream. */
    private static Message streamed(MessageCreateParams params) {
        var whole = MessageAccumulator.create();
        try (var stream = client.messages().createStreaming(params)) {
            stream.stream().forEach(whole::accumulate);
        }
        return whole.message();
    }

    private static String text(Message message) {
        return message.content().getLast().asText().text();
    }

    private static long prompt(Usage usage) {
        return usage.inputTokens() + usage.cacheReadInputTokens().orElseThrow() + usage.cacheCreationInputTokens().orElseThrow();
    }

    @Test
    void aMessageIsTheSameStreamedOrNot() {
        var params = asked().build();
        var whole = client.messages().create(params);
        var streamed = streamed(params);
        assertFalse(text(whole).isEmpty());
        assertEquals(text(whole), text(streamed));
        assertEquals(StopReason.MAX_TOKENS, whole.stopReason().orElseThrow());
        assertEquals(whole.stopReason(), streamed.stopReason());
        assertEquals(20, whole.usage().outputTokens());
        assertEquals(20, streamed.usage().outputTokens());
        assertEquals(prompt(whole.usage()), prompt(streamed.usage()));
    }

    @Test
    void countedTokensAreThoseOfTheMessage() {
        var counted = client.messages().countTokens(MessageCountTokensParams.builder().model("tiny").system("Be brief.")
                .addUserMessage("How is the weather?").addTool(weather("weather")).build()).inputTokens();
        assertEquals(counted, prompt(client.messages().create(asked().addTool(weather("weather")).build()).usage()));
    }

    @Test
    void aToolIsCalledStreamedOrNotAndItsResultGoesBack() {
        var params = asked().maxTokens(100).addTool(weather("weather"))
                .toolChoice(ToolChoiceAny.builder().disableParallelToolUse(true).build()).build();
        for (var message : List.of(client.messages().create(params), streamed(params))) {
            assertEquals(StopReason.TOOL_USE, message.stopReason().orElseThrow());
            var call = message.content().getFirst().asToolUse();
            assertEquals("weather", call.name());
            var city = call._input().convert(Map.class).get("city");
            assertTrue(List.of("Oslo", "Bern").contains(city), call.toString());
            var result = ToolResultBlockParam.builder().toolUseId(call.id()).content("It rains in " + city + ".").isError(false).build();
            var next = asked().addTool(weather("weather")).addMessage(message)
                    .addUserMessageOfContentBlockParams(List.of(ContentBlockParam.ofToolResult(result))).maxTokens(5).build();
            assertTrue(prompt(client.messages().create(next).usage()) > prompt(message.usage()) + 10);
        }
    }

    @Test
    void aNamedToolIsCalled() {
        var message = client.messages().create(
                asked().maxTokens(100).addTool(weather("first")).addTool(weather("second")).toolToolChoice("second").build());
        assertEquals("second", message.content().getFirst().asToolUse().name());
    }

    @Test
    void thoughtsAreTheirOwnBlockStreamedOrNotAndGoBack() {
        var params = MessageCreateParams.builder().model("thinker").maxTokens(100).addUserMessage(Thinker.QUESTION)
                .thinking(ThinkingConfigAdaptive.builder().build()).putAdditionalBodyProperty("temperature", JsonValue.from(0)).build();
        for (var message : List.of(client.messages().create(params), streamed(params))) {
            assertEquals("Two and two.", message.content().getFirst().asThinking().thinking());
            assertFalse(message.content().getFirst().asThinking().signature().isEmpty());
            assertEquals("Four.", text(message));
            assertTrue(message.usage().outputTokensDetails().orElseThrow().thinkingTokens() > 2);
            var next = params.toBuilder().addMessage(message).addUserMessage("And 3?").maxTokens(5).build();
            assertTrue(prompt(client.messages().create(next).usage()) > prompt(message.usage()) + 10);
        }
    }

    @Test
    void anAnswerIsReadIntoAClass() {
        var message = client.messages().create(asked().maxTokens(100).outputConfig(Forecast.class).build());
        var forecast = message.content().getFirst().asText().text();
        assertTrue(List.of(City.values()).contains(forecast.city));
    }

    @Test
    void theAnswerGoesOnWithTheLastMessage() {
        var begun = asked().addAssistantMessage("The weather in Oslo is").build();
        assertFalse(text(client.messages().create(begun)).startsWith("The weather in Oslo is"));
        assertEquals(text(client.messages().create(begun)), text(streamed(begun)));
    }

    @Test
    void aStopSequenceIsNamed() {
        var whole = text(client.messages().create(asked().build()));
        var stop = whole.substring(whole.length() / 2, whole.length() / 2 + 3);
        for (var message : List.of(client.messages().create(asked().addStopSequence(stop).build()),
                streamed(asked().addStopSequence(stop).build()))) {
            assertEquals(StopReason.STOP_SEQUENCE, message.stopReason().orElseThrow());
            assertEquals(stop, message.stopSequence().orElseThrow());
            assertEquals(whole.substring(0, whole.indexOf(stop)), text(message));
        }
    }

    @Test
    void modelsAreListed() {
        var page = client.models().list();
        assertEquals(List.of("tiny", "thinker"), page.data().stream().map(model -> model.id()).toList());
        assertFalse(page.hasNextPage());
        assertEquals(TestServer.CONTEXT, client.models().retrieve("tiny").maxInputTokens().orElseThrow());
    }

    @Test
    void errorsAreThoseThatTheClientKnows() {
        var refused = assertThrows(BadRequestException.class, () -> client.messages().create(asked().maxTokens(-1).build()));
        assertEquals(ErrorType.INVALID_REQUEST_ERROR, refused.type().orElseThrow());
        assertTrue(refused.getMessage().contains("max_tokens"), refused.getMessage());
        assertThrows(NotFoundException.class, () -> client.messages().create(asked().model("claude-9").build()));
        assertThrows(NotFoundException.class, () -> client.models().retrieve("claude-9"));
        assertThrows(BadRequestException.class,
                () -> client.messages().createStreaming(asked().addUserMessage("word ".repeat(2000)).build()));
    }

    @Test
    void whoHasNoKeyIsToldSo() {
        try (var closed = TestServer.start(ServerSettings.DEFAULT.withPort(0).withAuth(true))) {
            var stranger = AnthropicOkHttpClient.builder().baseUrl(closed.base()).apiKey("sk-ant-unknown").maxRetries(0).build();
            var refused = assertThrows(UnauthorizedException.class, () -> stranger.messages().create(asked().build()));
            assertEquals(ErrorType.AUTHENTICATION_ERROR, refused.type().orElseThrow());
            stranger.close();
        }
    }
}
