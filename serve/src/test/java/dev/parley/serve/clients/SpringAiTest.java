package dev.parley.serve.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import dev.parley.serve.TestServer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;

/**
 * Spring AI's client against chats: streams, tools, answers of a schema, errors. It talks by openai-java. Schemas are written out
 * here, since what makes them of classes is there in a release that openai-java has and Spring AI has not.
 */
@Timeout(300)
class SpringAiTest {

    private static final TestServer server = TestServer.shared();

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

    private static OpenAiChatOptions.Builder options() {
        var options = OpenAiChatOptions.builder();
        options.baseUrl(server.base() + "/v1").apiKey("none").maxRetries(0).seed(3);
        options.model("tiny").temperature(1.0);
        return options;
    }

    private static OpenAiChatModel model(OpenAiChatOptions options) {
        return OpenAiChatModel.builder().options(options).build();
    }

    @Test
    void aChatIsTheSameStreamedOrNot() {
        var options = options();
        options.maxCompletionTokens(12);
        var model = model(options.build());
        var whole = model.call("How is the weather?");
        assertFalse(whole.isEmpty());
        assertEquals(whole, model.stream("How is the weather?").toStream().collect(Collectors.joining()));
    }

    @Test
    void aToolIsCalledAndItsResultGoesBack() {
        var tool = weather();
        var options = options();
        options.toolCallbacks(List.of(tool));
        options.toolChoice("required").parallelToolCalls(false);
        var model = model(options.build());
        var answer = model.call(new Prompt(new UserMessage("How is the weather?"))).getResult().getOutput();
        assertEquals(1, answer.getToolCalls().size());
        var call = answer.getToolCalls().getFirst();
        assertEquals("weather", call.name());
        var result = tool.call(call.arguments());
        assertTrue(result.contains("Rain in "), result);
        var last = options();
        last.maxCompletionTokens(4);
        List<Message> history = List.of(new UserMessage("How is the weather?"), answer, ToolResponseMessage.builder()
                .responses(List.of(new ToolResponseMessage.ToolResponse(call.id(), call.name(), result))).build());
        AssistantMessage said = model(last.build()).call(new Prompt(history)).getResult().getOutput();
        assertFalse(String.valueOf(said.getText()).isEmpty());
    }

    @Test
    void anAnswerFollowsASchema() throws Exception {
        var options = options();
        options.outputSchema(FORECAST);
        var forecast = new ObjectMapper().readValue(model(options.build()).call("How is the weather?"), Forecast.class);
        assertTrue(List.of(City.values()).contains(forecast.city()));
    }

    @Test
    void fieldsOfOtherServersAreTakenToo() {
        var options = options();
        options.extraBody(Map.of("regex", "[xyz]{5}"));
        assertTrue(model(options.build()).call("Hi").matches("[xyz]{5}"));
    }

    @Test
    void errorsAreThoseThatTheClientKnows() {
        var wrong = options();
        wrong.temperature(7.0);
        assertThrows(BadRequestException.class, () -> model(wrong.build()).call("Hi"));
        var missing = options();
        missing.model("gpt-9");
        assertThrows(NotFoundException.class, () -> model(missing.build()).call("Hi"));
    }
}
