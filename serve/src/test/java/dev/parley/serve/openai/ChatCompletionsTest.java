package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.TestServer;
import dev.parley.serve.http.JsonBody;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatCompletionsTest {

    private static final String PATH = "/v1/chat/completions";
    private static final String WEATHER = """
            {"type": "function", "function": {"name": "weather", "description": "The weather of a city", "parameters": {"type": "object",
             "properties": {"city": {"enum": ["Oslo", "Bern"]}, "days": {"type": "integer", "minimum": 1, "maximum": 9}}, "required": ["city", "days"]}}}""";
    private static final TestServer server = TestServer.shared();

    private static String request(String fields) {
        return "{\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": \"Say something.\"}]"
                + (fields.isEmpty() ? "" : ", " + fields) + "}";
    }

    private static HttpResponse<String> post(String fields) {
        return server.post(PATH, request(fields));
    }

    private static JsonNode answer(String fields) throws Exception {
        var response = post(fields);
        assertEquals(200, response.statusCode(), response.body());
        return JsonBody.JSON.readTree(response.body());
    }

    /** The pieces of a stream put together again, as a client does, in the shape of a whole answer. */
    private static JsonNode streamed(String fields) throws Exception {
        var response = post(fields + (fields.isEmpty() ? "" : ", ") + "\"stream\": true, \"stream_options\": {\"include_usage\": true}");
        assertEquals(200, response.statusCode(), response.body());
        assertEquals("text/event-stream;charset=utf-8", response.headers().firstValue("Content-Type").orElse("").replace(" ", ""));
        return StreamedChat.joined(response.body());
    }

    /** An answer without what is its own: id, time, and ids of calls. */
    private static JsonNode bare(JsonNode answer) {
        var copy = answer.<ObjectNode>deepCopy();
        copy.remove(List.of("id", "created", "object"));
        for (var choice : copy.path("choices")) {
            for (var call : choice.path("message").path("tool_calls")) ((ObjectNode) call).remove("id");
        }
        ((ObjectNode) copy.path("usage")).remove("prompt_tokens_details"); // the second time the prompt is known
        return copy;
    }

    @Test
    void anAnswerHasTheShapeOfOpenAis() throws Exception {
        var answer = answer("\"max_tokens\": 5, \"temperature\": 0");
        assertTrue(answer.path("id").asText().startsWith("chatcmpl-"));
        assertEquals("chat.completion", answer.path("object").asText());
        assertEquals("tiny", answer.path("model").asText());
        assertTrue(answer.path("system_fingerprint").asText().startsWith("fp_"));
        assertTrue(Math.abs(answer.path("created").asLong() - System.currentTimeMillis() / 1000) < 100);
        var choice = answer.path("choices").path(0);
        assertEquals("assistant", choice.path("message").path("role").asText());
        assertFalse(choice.path("message").path("content").asText().isEmpty());
        assertEquals("length", choice.path("finish_reason").asText());
        assertTrue(choice.path("logprobs").isNull());
        assertEquals(5, answer.path("usage").path("completion_tokens").asInt());
        assertEquals(answer.path("usage").path("total_tokens").asInt(), 5 + answer.path("usage").path("prompt_tokens").asInt());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\"max_tokens\": 20, \"temperature\": 0",
        "\"max_completion_tokens\": 20, \"temperature\": 1.5, \"seed\": 3, \"top_p\": 0.9, \"top_k\": 200, \"min_p\": 0.0001",
        "\"max_tokens\": 12, \"temperature\": 1, \"seed\": 5, \"n\": 3, \"presence_penalty\": 0.5, \"frequency_penalty\": 0.5, "
                + "\"repetition_penalty\": 1.2",
        "\"max_tokens\": 12, \"temperature\": 1, \"seed\": 5, \"logprobs\": true, \"top_logprobs\": 4",
        "\"max_tokens\": 40, \"temperature\": 1, \"seed\": 6, \"regex\": \"(Oslo|Bern), [0-9]{3}\", \"stop\": [\", 1\", \", 2\", \", 3\", "
                + "\", 4\", \", 5\", \", 6\"], \"n\": 4",
        "\"max_tokens\": 60, \"temperature\": 1, \"seed\": 7, \"tools\": [WEATHER], \"tool_choice\": \"required\", "
                + "\"parallel_tool_calls\": false, \"logprobs\": true",
        "\"max_tokens\": 200, \"temperature\": 1, \"seed\": 7, \"tools\": [WEATHER], \"tool_choice\": \"required\"",
        "\"max_tokens\": 200, \"temperature\": 1, \"seed\": 7, \"tools\": [WEATHER], \"tool_choice\": \"auto\", \"n\": 2",
        "\"max_tokens\": 9, \"temperature\": 0, \"stop\": \"zzz\", \"choice\": [\"yes\", \"no\", \"中文 🙂\"]"})
    void aStreamedAnswerIsTheWholeOneInPieces(String fields) throws Exception {
        var said = fields.replace("WEATHER", WEATHER);
        assertEquals(bare(answer(said)), bare(streamed(said)));
    }

    @Test
    void aCallThatHasToComeIsWellFormedAndNothingOfItIsText() throws Exception {
        var answer = answer("\"max_tokens\": 60, \"temperature\": 1, \"seed\": 7, \"tools\": [" + WEATHER
                + "], \"tool_choice\": \"required\", \"parallel_tool_calls\": false");
        var choice = answer.path("choices").path(0);
        assertEquals("tool_calls", choice.path("finish_reason").asText());
        assertTrue(choice.path("message").path("content").isNull());
        assertEquals(1, choice.path("message").path("tool_calls").size());
        var call = choice.path("message").path("tool_calls").path(0);
        assertTrue(call.path("id").asText().startsWith("call_"));
        assertEquals("function", call.path("type").asText());
        assertEquals("weather", call.path("function").path("name").asText());
        var arguments = JsonBody.JSON.readTree(call.path("function").path("arguments").asText());
        assertTrue(List.of("Oslo", "Bern").contains(arguments.path("city").asText()));
        assertTrue(arguments.path("days").asInt() >= 1 && arguments.path("days").asInt() <= 9);
    }

    @Test
    void aModelThatWritesACallOfItsOwnAccordCallsTheFunction() throws Exception {
        // The answer is held to what a trained model would say, words before the call included.
        var said = "Let me look.\\n<tool_call>\\n{\\\"name\\\": \\\"weather\\\", \\\"arguments\\\": {\\\"city\\\": \\\"Oslo\\\", "
                + "\\\"days\\\": 2}}\\n</tool_call>";
        var fields = "\"choice\": [\"" + said + "\"], \"tools\": [" + WEATHER + "], \"tool_choice\": \"auto\"";
        for (var answer : List.of(answer(fields), streamed(fields))) {
            var choice = answer.path("choices").path(0);
            assertEquals("tool_calls", choice.path("finish_reason").asText());
            assertEquals("Let me look.", choice.path("message").path("content").asText());
            assertEquals("{\"city\": \"Oslo\", \"days\": 2}",
                    choice.path("message").path("tool_calls").path(0).path("function").path("arguments").asText());
        }
        var without = answer("\"choice\": [\"" + said + "\"]").path("choices").path(0);
        assertTrue(without.path("message").path("content").asText().contains("<tool_call>"), "without tools all is text");
        assertEquals("stop", without.path("finish_reason").asText());
    }

    @Test
    void aNamedFunctionIsTheOneThatIsCalled() throws Exception {
        var other = WEATHER.replace("\"weather\"", "\"news\"");
        for (var name : List.of("weather", "news")) {
            var answer = answer("\"max_tokens\": 60, \"tools\": [" + WEATHER + ", " + other
                    + "], \"tool_choice\": {\"type\": \"function\", \"function\": {\"name\": \"" + name + "\"}}");
            assertEquals(name,
                    answer.path("choices").path(0).path("message").path("tool_calls").path(0).path("function").path("name").asText());
        }
    }

    @Test
    void callsAndTheirResultsGoBackToTheModel() throws Exception {
        var history = """
                {"messages": [{"role": "user", "content": "And in Oslo?"},
                 {"role": "assistant", "content": null, "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": \\"Oslo\\"}"}}]},
                 {"role": "tool", "tool_call_id": "call_1", "content": "RAIN"}], "max_tokens": 3, "tools": [%s]}""".formatted(WEATHER);
        var response = server.post(PATH, history);
        assertEquals(200, response.statusCode(), response.body());
        var shorter = server.post(PATH, history.replace("RAIN", "").replace("Oslo", ""));
        assertTrue(JsonBody.JSON.readTree(response.body()).path("usage").path("prompt_tokens").asInt() > JsonBody.JSON
                .readTree(shorter.body()).path("usage").path("prompt_tokens").asInt());
    }

    @Test
    void structuredAnswersFollowTheirForm() throws Exception {
        var schema = "{\"type\": \"object\", \"properties\": {\"name\": {\"enum\": [\"Ada\", \"Alan\"]}, \"age\": {\"type\": \"integer\", "
                + "\"minimum\": 0, \"maximum\": 99}}, \"required\": [\"name\", \"age\"], \"additionalProperties\": false}";
        var text = answer(
                "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"person\", \"strict\": true, \"schema\": "
                        + schema + "}}")
                .path("choices").path(0);
        assertEquals("stop", text.path("finish_reason").asText());
        var person = JsonBody.JSON.readTree(text.path("message").path("content").asText());
        assertTrue(person.path("age").isInt() && List.of("Ada", "Alan").contains(person.path("name").asText()));
        assertTrue(answer("\"regex\": \"[ab]{4}\"").path("choices").path(0).path("message").path("content").asText().matches("[ab]{4}"));
        assertTrue(answer("\"grammar\": \"root ::= \\\"x\\\" [yz]\"").path("choices").path(0).path("message").path("content").asText()
                .matches("x[yz]"));
    }

    @Test
    void withToolsAndAFormTheAnswerIsOneOrTheOther() throws Exception {
        var form = "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"n\", \"schema\": {\"enum\": [1, 2]}}}, "
                + "\"tools\": ["
                + WEATHER + "], \"parallel_tool_calls\": false, \"temperature\": 2";
        var seen = new ArrayList<String>();
        for (int seed = 0; seed < 12; seed++) {
            var choice = answer(form + ", \"seed\": " + seed).path("choices").path(0);
            if (choice.path("finish_reason").asText().equals("tool_calls"))
                assertEquals("weather", choice.path("message").path("tool_calls").path(0).path("function").path("name").asText());
            else assertTrue(choice.path("message").path("content").asText().matches("[12]"));
            seen.add(choice.path("finish_reason").asText());
        }
        assertTrue(seen.contains("stop") && seen.contains("tool_calls"), seen.toString());
    }

    @Test
    void logprobsAreThoseOfTheTokensOfTheText() throws Exception {
        var answer = answer("\"max_tokens\": 8, \"temperature\": 0, \"logprobs\": true, \"top_logprobs\": 20");
        var tokens = answer.path("choices").path(0).path("logprobs").path("content");
        assertEquals(8, tokens.size());
        var text = new StringBuilder();
        for (var token : tokens) {
            text.append(token.path("token").asText());
            assertEquals(20, token.path("top_logprobs").size());
            assertEquals(token.path("logprob").asDouble(), token.path("top_logprobs").path(0).path("logprob").asDouble(), 0,
                    "greedy takes the likeliest");
        }
        assertEquals(answer.path("choices").path(0).path("message").path("content").asText(), text.toString());
    }

    @Test
    void aBiasMakesATokenCertain() throws Exception {
        var answer = answer("\"max_tokens\": 3, \"temperature\": 0, \"logit_bias\": {\"995\": 100}");
        assertEquals(" world world world", answer.path("choices").path(0).path("message").path("content").asText());
    }

    @Test
    void theSameSeedGivesTheSameTextAndChoicesDiffer() throws Exception {
        var fields = "\"max_tokens\": 10, \"temperature\": 1.5, \"n\": 3, \"seed\": ";
        assertEquals(bare(answer(fields + 1)), bare(answer(fields + 1)));
        var choices = answer(fields + 1).path("choices");
        assertFalse(choices.path(0).path("message").equals(choices.path(1).path("message")));
        assertFalse(bare(answer(fields + 1)).equals(bare(answer(fields + 2))));
    }

    @Test
    void anAnswerIsCutToTheRoomThatTheContextHas() throws Exception {
        var answer = answer("\"max_tokens\": 100000, \"temperature\": 0, \"logit_bias\": {\"50256\": -100, \"50258\": -100}");
        assertEquals("length", answer.path("choices").path(0).path("finish_reason").asText());
        assertEquals(TestServer.CONTEXT, answer.path("usage").path("total_tokens").asInt());
    }

    @Test
    void aPromptBeyondTheContextIsRefusedNamingBothNumbers() throws Exception {
        var response = server.post(PATH, "{\"messages\": [{\"role\": \"user\", \"content\": \"" + "word ".repeat(2000) + "\"}]}");
        assertEquals(400, response.statusCode());
        var error = JsonBody.JSON.readTree(response.body()).path("error");
        assertEquals("context_length_exceeded", error.path("code").asText());
        assertEquals("messages", error.path("param").asText());
        assertTrue(error.path("message").asText().contains("1024") && error.path("message").asText().matches(".*\\b20\\d\\d\\b.*"),
                error.path("message").asText());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "messages | {\"model\": \"tiny\"}",
        "messages | {\"messages\": []}",
        "messages | {\"messages\": {}}",
        "messages[0].role | {\"messages\": [{\"role\": \"king\", \"content\": \"x\"}]}",
        "messages[0].content | {\"messages\": [{\"role\": \"user\"}]}",
        "messages[0].content | {\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\", \"image_url\": {\"url\": "
                + "\"http://x\"}}]}]}",
        "messages[0].tool_call_id | {\"messages\": [{\"role\": \"tool\", \"content\": \"x\"}]}",
        "temperature | {\"messages\": [M], \"temperature\": \"hot\"}",
        "temperature | {\"messages\": [M], \"temperature\": 1e400}",
        "temperature | {\"messages\": [M], \"temperature\": -1}",
        "top_p | {\"messages\": [M], \"top_p\": 1.5}",
        "max_tokens | {\"messages\": [M], \"max_tokens\": 0}",
        "max_tokens | {\"messages\": [M], \"max_tokens\": 99999999999999999999}",
        "max_tokens | {\"messages\": [M], \"max_tokens\": 4, \"max_completion_tokens\": 5}",
        "n | {\"messages\": [M], \"n\": 1000000}",
        "n | {\"messages\": [M], \"n\": 1.5}",
        "seed | {\"messages\": [M], \"seed\": 1e40}",
        "stop | {\"messages\": [M], \"stop\": [\"\"]}",
        "stop | {\"messages\": [M], \"stop\": [1]}",
        "logit_bias | {\"messages\": [M], \"logit_bias\": {\"999999\": 1}}",
        "logit_bias | {\"messages\": [M], \"logit_bias\": [1]}",
        "top_logprobs | {\"messages\": [M], \"logprobs\": true, \"top_logprobs\": 21}",
        "top_logprobs | {\"messages\": [M], \"top_logprobs\": 2}",
        "stream | {\"messages\": [M], \"stream\": \"yes\"}",
        "stream_options | {\"messages\": [M], \"stream_options\": {\"include_usage\": true}}",
        "response_format.type | {\"messages\": [M], \"response_format\": {\"type\": \"xml\"}}",
        "response_format.json_schema | {\"messages\": [M], \"response_format\": {\"type\": \"json_schema\"}}",
        "response_format.json_schema.schema | {\"messages\": [M], \"response_format\": {\"type\": \"json_schema\", \"json_schema\": "
                + "{\"name\": \"x\", \"schema\": {\"not\": {}}}}}",
        "regex | {\"messages\": [M], \"regex\": \"a(?=b)\"}",
        "regex | {\"messages\": [M], \"regex\": \"\"}",
        "grammar | {\"messages\": [M], \"grammar\": \"root ::= missing\"}",
        "regex | {\"messages\": [M], \"regex\": \"a\", \"grammar\": \"root ::= \\\"a\\\"\"}",
        "tools[0].type | {\"messages\": [M], \"tools\": [{\"type\": \"web_search\"}]}",
        "tools[0].function.name | {\"messages\": [M], \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"no spaces\"}}]}",
        "tools[0].function.parameters | {\"messages\": [M], \"tool_choice\": \"required\", \"tools\": [{\"type\": \"function\", "
                + "\"function\": {\"name\": \"f\", \"parameters\": {\"type\": \"object\", \"dependentRequired\": {}}}}]}",
        "tool_choice | {\"messages\": [M], \"tool_choice\": \"required\"}",
        "tool_choice.function.name | {\"messages\": [M], \"tool_choice\": {\"type\": \"function\", \"function\": {\"name\": \"f\"}}}",
        "user | {\"messages\": [M], \"user\": 5}",
        "store | {\"messages\": [M], \"store\": \"yes\"}",
        "metadata | {\"messages\": [M], \"metadata\": []}",
        "modalities | {\"messages\": [M], \"modalities\": [\"audio\"]}"})
    void aFieldThatCannotBeHonouredIsNamed(String param, String body) throws Exception {
        var response = server.post(PATH, body.replace("M]", "{\"role\": \"user\", \"content\": \"x\"}]"));
        assertEquals(400, response.statusCode(), response.body());
        var error = JsonBody.JSON.readTree(response.body()).path("error");
        assertEquals(param, error.path("param").asText(), error.toString());
        assertEquals("invalid_request_error", error.path("type").asText());
        assertFalse(error.path("message").asText().isBlank());
    }

    @Test
    void whatIsNotKnownIsIgnoredAndSaidInAHeader() {
        var response = post(
                "\"max_tokens\": 1, \"sparkle\": true, \"stream_options\": null, \"tools\": [{\"type\": \"function\", \"function\": "
                        + "{\"name\": \"f\", \"glitter\": 1}}]");
        assertEquals(200, response.statusCode());
        var warning = response.headers().firstValue("X-Parley-Warning").orElse("");
        assertTrue(warning.contains("sparkle") && warning.contains("tools[0].function.glitter") && !warning.contains("stream_options"),
                warning);
        assertTrue(post("\"max_tokens\": 1, \"user\": \"ada\", \"store\": false, \"service_tier\": \"auto\"").headers()
                .firstValue("X-Parley-Warning").isEmpty());
    }

    @Test
    void aModelThatThereIsNotIsA404() throws Exception {
        var response = server.post(PATH, "{\"model\": \"gpt-x\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}");
        assertEquals(404, response.statusCode());
        assertEquals("model_not_found", JsonBody.JSON.readTree(response.body()).path("error").path("code").asText());
    }
}
