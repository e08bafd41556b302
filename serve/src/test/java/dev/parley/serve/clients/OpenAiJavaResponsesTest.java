package dev.parley.serve.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseIncludable;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ToolChoiceFunction;
import com.openai.models.responses.ToolChoiceOptions;
import dev.parley.serve.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** OpenAI's own client for Java against {@code /v1/responses}. Responses are validated: what is missing or misshapen throws. */
@Timeout(60)
class OpenAiJavaResponsesTest {

    private static final TestServer server = TestServer.shared();
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        client = OpenAIOkHttpClient.builder().baseUrl(server.base() + "/v1").apiKey("none").responseValidation(true).maxRetries(0).build();
    }

    @AfterAll
    static void stop() {
        client.close();
    }

    private static ResponseCreateParams.Builder params(String input) {
        return ResponseCreateParams.builder().model("tiny").input(input).temperature(0).maxOutputTokens(12);
    }

    private static FunctionTool weather() {
        var schema = FunctionTool.Parameters.builder().putAdditionalProperty("type", JsonValue.from("object"))
                .putAdditionalProperty("properties", JsonValue.from(Map.of("city", Map.of("enum", List.of("Oslo", "Bern")))))
                .putAdditionalProperty("required", JsonValue.from(List.of("city"))).build();
        return FunctionTool.builder().name("weather").description("The weather of a city").parameters(schema).strict(true).build();
    }

    private static String text(Response response) {
        var text = new StringBuilder();
        response.output().forEach(item -> item.message()
                .ifPresent(message -> message.content().forEach(part -> part.outputText().ifPresent(t -> text.append(t.text())))));
        return text.toString();
    }

    private static Response streamed(ResponseCreateParams params) {
        var accumulator = ResponseAccumulator.create();
        try (var stream = client.responses().createStreaming(params)) {
            stream.stream().forEach(accumulator::accumulate);
        }
        return accumulator.response();
    }

    @Test
    void aResponseIsTheSameWholeAndInPieces() {
        var params = params("Say something.").instructions("Be brief.").build();
        var whole = client.responses().create(params);
        assertEquals(ResponseStatus.INCOMPLETE, whole.status().orElseThrow());
        assertEquals(12, whole.usage().orElseThrow().outputTokens());
        var pieces = streamed(params);
        assertEquals(text(whole), text(pieces));
        assertEquals(whole.status(), pieces.status());
        assertEquals(whole.usage().orElseThrow().totalTokens(), pieces.usage().orElseThrow().totalTokens());
    }

    @Test
    void theDeltasAreTheText() {
        var text = new StringBuilder();
        var params = params("Say something.").addInclude(ResponseIncludable.MESSAGE_OUTPUT_TEXT_LOGPROBS).topLogprobs(2).build();
        try (var stream = client.responses().createStreaming(params)) {
            stream.stream().forEach(event -> event.outputTextDelta().ifPresent(delta -> text.append(delta.delta())));
        }
        var whole = client.responses().create(params);
        assertEquals(text(whole), text.toString());
        var tokens = whole.output().getFirst().message().orElseThrow().content().getFirst().asOutputText().logprobs().orElseThrow();
        assertEquals(12, tokens.size());
        assertEquals(2, tokens.getFirst().topLogprobs().size());
    }

    @Test
    void whatTheEventsSayIsWhatTheLastOneSays() {
        for (var params : List.of(params("Say something.").build(),
                params("The weather?").addTool(weather()).toolChoice(ToolChoiceOptions.REQUIRED).maxOutputTokens(100).build())) {
            var accumulator = ResponseAccumulator.createWithSnapshots();
            try (var stream = client.responses().createStreaming(params)) {
                stream.stream().forEach(accumulator::accumulate);
            }
            assertEquals(accumulator.response().output(), accumulator.reconstructedResponse().output());
        }
    }

    @Test
    void aFunctionIsCalledAndItsResultRead() throws Exception {
        var params = params("The weather?").addTool(weather()).toolChoice(ToolChoiceFunction.builder().name("weather").build())
                .maxOutputTokens(100).build();
        for (var response : List.of(client.responses().create(params), streamed(params))) {
            var call = response.output().getFirst().functionCall().orElseThrow();
            assertEquals("weather", call.name());
            assertTrue(List.of("Oslo", "Bern").contains(new ObjectMapper().readTree(call.arguments()).path("city").asText()),
                    call.arguments());
            var result = ResponseInputItem
                    .ofFunctionCallOutput(ResponseInputItem.FunctionCallOutput.builder().callId(call.callId()).output("rain").build());
            var byHistory = client.responses()
                    .create(ResponseCreateParams.builder().model("tiny").temperature(0).maxOutputTokens(12).addTool(weather())
                            .previousResponseId(response.id()).inputOfResponse(List.of(result)).build());
            assertTrue(byHistory.usage().orElseThrow().inputTokens() > response.usage().orElseThrow().inputTokens());
        }
    }

    /** What an answer is to be, as the client derives a schema of it. */
    static final class Mood {
        public boolean good;
    }

    @Test
    void anAnswerIsAnObjectOfAClass() {
        var params = ResponseCreateParams.builder().model("tiny").input("How are you?").text(Mood.class).build();
        var content = client.responses().create(params).output().getFirst().message().orElseThrow().content().getFirst();
        assertEquals(Mood.class, content.outputText().orElseThrow().getClass());
    }

    @Test
    void aResponseIsKeptAndForgotten() {
        var response = client.responses().create(params("Say something.")
                .metadata(ResponseCreateParams.Metadata.builder().putAdditionalProperty("topic", JsonValue.from("none")).build()).build());
        assertEquals(text(response), text(client.responses().retrieve(response.id())));
        client.responses().delete(response.id());
        assertThrows(NotFoundException.class, () -> client.responses().retrieve(response.id()));
    }

    @Test
    void whatIsRefusedIsAnExceptionOfTheClients() {
        var refused = assertThrows(BadRequestException.class,
                () -> client.responses().create(params("x").previousResponseId("resp_none").build()));
        assertEquals("previous_response_id", refused.param().orElse(""));
        assertThrows(NotFoundException.class, () -> client.responses().create(params("x").model("gpt-9").build()));
        var inStream = assertThrows(BadRequestException.class, () -> streamed(params("sea ".repeat(1_500)).build()));
        assertEquals("context_length_exceeded", inStream.code().orElse(""));
    }
}
