package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.TestServer;
import dev.parley.serve.http.JsonBody;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ResponseRoutesTest {

    private static final String PATH = "/v1/responses";
    private static final String WEATHER = """
            {"type": "function", "name": "weather", "description": "The weather of a city", "strict": true, "parameters": {"type": "object",
             "properties": {"city": {"enum": ["Oslo", "Bern"]}}, "required": ["city"]}}""";
    private static final TestServer server = TestServer.shared();

    private static JsonNode ok(String path, String body) throws Exception {
        var answer = server.post(path, body);
        assertEquals(200, answer.statusCode(), answer.body());
        return JsonBody.JSON.readTree(answer.body());
    }

    private static JsonNode respond(String fields) throws Exception {
        return ok(PATH, "{\"model\": \"tiny\", " + fields + "}");
    }

    private static List<JsonNode> events(String fields) throws Exception {
        var answer = server.post(PATH, "{\"model\": \"tiny\", \"stream\": true, " + fields + "}");
        assertEquals(200, answer.statusCode(), answer.body());
        var events = new ArrayList<JsonNode>();
        for (var event : answer.body().split("\n\n")) {
            var lines = event.split("\n");
            var data = JsonBody.JSON.readTree(lines[1].substring("data: ".length()));
            assertEquals("event: " + data.path("type").asText(), lines[0]);
            assertEquals(events.size(), data.path("sequence_number").asInt());
            events.add(data);
        }
        return events;
    }

    private static List<String> types(List<JsonNode> events) {
        var types = new ArrayList<String>();
        for (var event : events) {
            var type = event.path("type").asText();
            if (!type.endsWith(".delta") || !types.getLast().equals(type)) types.add(type);
        }
        return types;
    }

    private static String text(JsonNode response) {
        return response.path("output").path(0).path("content").path(0).path("text").textValue();
    }

    private static String chat(String messages) throws Exception {
        var answer = ok("/v1/chat/completions",
                "{\"model\": \"tiny\", \"temperature\": 0, \"max_tokens\": 12, \"messages\": " + messages + "}");
        return answer.path("choices").path(0).path("message").path("content").textValue();
    }

    private static final String SHORT = "\"temperature\": 0, \"max_output_tokens\": 12";

    @Test
    void aTextIsAnsweredAsAChatWithOneMessageIs() throws Exception {
        var response = respond("\"input\": \"Say something.\", " + SHORT);
        assertEquals("response", response.path("object").asText());
        assertEquals(chat("[{\"role\": \"user\", \"content\": \"Say something.\"}]"), text(response));
        assertEquals(12, response.path("usage").path("output_tokens").asInt());
    }

    @Test
    void instructionsAndItemsAreTheMessagesOfAChat() throws Exception {
        var response = respond(
                "\"instructions\": \"Be brief.\", \"input\": [{\"role\": \"user\", \"content\": [{\"type\": \"input_text\", \"text\": "
                        + "\"Hi\"}]}, "
                        + "{\"type\": \"message\", \"id\": \"msg_1\", \"status\": \"completed\", \"role\": \"assistant\", \"content\": "
                        + "[{\"type\": \"output_text\", \"text\": \"Hello.\", \"annotations\": []}]}, "
                        + "{\"role\": \"user\", \"content\": \"More\"}], " + SHORT);
        assertEquals(chat(
                "[{\"role\": \"system\", \"content\": \"Be brief.\"}, {\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": "
                        + "\"assistant\", \"content\": \"Hello.\"}, "
                        + "{\"role\": \"user\", \"content\": \"More\"}]"),
                text(response));
    }

    @Test
    void eventsComeInTheOrderOfOpenAis() throws Exception {
        var events = events("\"input\": \"Say something.\", " + SHORT);
        assertEquals(
                List.of("response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.incomplete"),
                types(events));
        var whole = events.getLast().path("response");
        var joined = new StringBuilder();
        events.stream().filter(e -> e.has("delta")).forEach(e -> joined.append(e.path("delta").asText()));
        assertEquals(text(whole), joined.toString());
        var item = whole.path("output").path(0).path("id").asText();
        for (var event : events) {
            if (event.has("item_id")) assertEquals(item, event.path("item_id").asText());
            if (event.has("response")) assertEquals(whole.path("id"), event.path("response").path("id"));
        }
    }

    @Test
    void theWholeIsWhatTheEventsSay() throws Exception {
        for (var fields : List.of(
                "\"input\": \"Say something.\", \"seed\": 5, \"temperature\": 1, \"max_output_tokens\": 20, \"include\": "
                        + "[\"message.output_text.logprobs\"], \"top_logprobs\": 2",
                "\"input\": \"The weather?\", \"temperature\": 0, \"tool_choice\": \"required\", \"tools\": [" + WEATHER + "]")) {
            var whole = bare(respond(fields));
            assertEquals(whole, bare(events(fields).getLast().path("response")));
        }
    }

    /** Without what is its own: ids, time, and what was cached. */
    private static JsonNode bare(JsonNode response) {
        var copy = response.<ObjectNode>deepCopy();
        copy.remove(List.of("id", "created_at"));
        for (var item : copy.path("output")) ((ObjectNode) item).remove(List.of("id", "call_id"));
        ((ObjectNode) copy.path("usage")).remove("input_tokens_details");
        return copy;
    }

    @Test
    void anAnswerThatIsCutOffIsIncomplete() throws Exception {
        var response = respond("\"input\": \"Say something.\", \"max_output_tokens\": 2, \"ignore_eos\": true");
        assertEquals("incomplete", response.path("status").asText());
        assertEquals("max_output_tokens", response.path("incomplete_details").path("reason").asText());
        assertEquals("incomplete", response.path("output").path(0).path("status").asText());
        assertEquals("completed", respond("\"input\": \"Say something.\", \"choice\": [\"yes\", \"no\"]").path("status").asText());
    }

    @Test
    void aCallIsAnItemWithItsArguments() throws Exception {
        var events = events("\"input\": \"The weather?\", \"tool_choice\": {\"type\": \"function\", \"name\": \"weather\"}, \"tools\": ["
                + WEATHER + "]");
        assertEquals(
                List.of("response.created", "response.in_progress", "response.output_item.added", "response.function_call_arguments.delta",
                        "response.function_call_arguments.done", "response.output_item.done", "response.completed"),
                types(events));
        var call = events.getLast().path("response").path("output").path(0);
        assertEquals("function_call", call.path("type").asText());
        assertEquals("weather", call.path("name").asText());
        assertTrue(List.of("Oslo", "Bern").contains(JsonBody.JSON.readTree(call.path("arguments").asText()).path("city").asText()),
                call.toString());
        var joined = new StringBuilder();
        events.stream().filter(e -> e.has("delta")).forEach(e -> joined.append(e.path("delta").asText()));
        assertEquals(call.path("arguments").asText(), joined.toString());
    }

    @Test
    void callsAndTheirResultsAreReadAsAChatReadsThem() throws Exception {
        var response = respond(
                "\"input\": [{\"role\": \"user\", \"content\": \"The weather?\"}, {\"type\": \"reasoning\", \"id\": \"rs_1\", "
                        + "\"summary\": []}, "
                        + "{\"type\": \"function_call\", \"call_id\": \"call_1\", \"name\": \"weather\", \"arguments\": \"{\\\"city\\\": "
                        + "\\\"Oslo\\\"}\"}, "
                        + "{\"type\": \"function_call_output\", \"call_id\": \"call_1\", \"output\": \"rain\"}], " + SHORT);
        assertEquals(chat(
                "[{\"role\": \"user\", \"content\": \"The weather?\"}, {\"role\": \"assistant\", \"content\": null, \"tool_calls\": "
                        + "[{\"id\": \"call_1\", \"type\": \"function\", "
                        + "\"function\": {\"name\": \"weather\", \"arguments\": \"{\\\"city\\\": \\\"Oslo\\\"}\"}}]}, {\"role\": "
                        + "\"tool\", \"tool_call_id\": \"call_1\", \"content\": \"rain\"}]"),
                text(response));
    }

    @Test
    void theFormOfTheTextIsKept() throws Exception {
        var response = respond(
                "\"input\": \"Say something.\", \"text\": {\"format\": {\"type\": \"json_schema\", \"name\": \"answer\", \"strict\": "
                        + "true, \"schema\": {\"type\": \"object\", "
                        + "\"properties\": {\"mood\": {\"enum\": [\"good\", \"bad\"]}}, \"required\": [\"mood\"], "
                        + "\"additionalProperties\": false}}}");
        assertTrue(List.of("good", "bad").contains(JsonBody.JSON.readTree(text(response)).path("mood").asText()), response.toString());
        assertEquals("json_schema", response.path("text").path("format").path("type").asText());
    }

    // ---- going on ----

    @Test
    void aResponseGoesOnFromAnother() throws Exception {
        var first = respond("\"input\": \"Say something.\", \"instructions\": \"Be brief.\", " + SHORT);
        var second = respond("\"input\": \"More\", \"previous_response_id\": \"" + first.path("id").asText() + "\", " + SHORT);
        var messages = JsonBody.JSON.createArrayNode(); // the instructions were for the first alone
        messages.addObject().put("role", "user").put("content", "Say something.");
        messages.addObject().put("role", "assistant").put("content", text(first));
        messages.addObject().put("role", "user").put("content", "More");
        assertEquals(chat(messages.toString()), text(second));
        assertEquals(first.path("id"), second.path("previous_response_id"));
        messages.addObject().put("role", "assistant").put("content", text(second));
        messages.addObject().put("role", "user").put("content", "And?");
        assertEquals(chat(messages.toString()),
                text(respond("\"input\": \"And?\", \"previous_response_id\": \"" + second.path("id").asText() + "\", " + SHORT)));
    }

    @Test
    void aCallOfTheResponseBeforeIsAnswered() throws Exception {
        var tools = "\"tools\": [" + WEATHER + "]";
        var first = respond("\"input\": \"The weather?\", \"tool_choice\": \"required\", " + tools);
        var call = first.path("output").path(0).path("call_id").asText();
        var second = respond("\"previous_response_id\": \"" + first.path("id").asText()
                + "\", \"input\": [{\"type\": \"function_call_output\", \"call_id\": \"" + call
                + "\", \"output\": [{\"type\": \"input_text\", \"text\": \"rain\"}]}], " + tools + ", " + SHORT);
        assertTrue(second.path("usage").path("input_tokens").asInt() > first.path("usage").path("input_tokens").asInt());
    }

    @Test
    void aStoredResponseIsReadAndForgotten() throws Exception {
        var response = respond("\"input\": \"Say something.\", \"max_output_tokens\": 1, \"metadata\": {\"topic\": \"none\"}");
        var path = PATH + "/" + response.path("id").asText();
        assertEquals(response, JsonBody.JSON.readTree(server.get(path).body()));
        var delete = HttpRequest.newBuilder(URI.create(server.base() + path)).DELETE().build();
        assertTrue(JsonBody.JSON.readTree(server.send(delete).body()).path("deleted").booleanValue());
        assertEquals(404, server.get(path).statusCode());
        assertEquals(404, server.send(delete).statusCode());
    }

    @Test
    void whatIsNotToBeStoredIsNot() throws Exception {
        var response = respond("\"input\": \"Say something.\", \"max_output_tokens\": 1, \"store\": false");
        assertFalse(response.path("store").booleanValue());
        assertEquals(404, server.get(PATH + "/" + response.path("id").asText()).statusCode());
        var refused = server.post(PATH, "{\"input\": \"x\", \"previous_response_id\": \"" + response.path("id").asText() + "\"}");
        assertEquals(400, refused.statusCode());
        assertEquals("previous_response_not_found", JsonBody.JSON.readTree(refused.body()).path("error").path("code").asText());
    }

    // ---- what is refused ----

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "input | {}",
        "input | {\"input\": []}",
        "input | {\"input\": 3}",
        "input[0] | {\"input\": [3]}",
        "input[0].role | {\"input\": [{\"content\": \"x\"}]}",
        "input[0].role | {\"input\": [{\"role\": \"tool\", \"content\": \"x\"}]}",
        "input[1].content | {\"input\": [{\"role\": \"user\", \"content\": \"x\"}, {\"role\": \"user\", \"content\": [{\"type\": "
                + "\"input_image\"}]}]}",
        "input[0].type | {\"input\": [{\"type\": \"item_reference\", \"id\": \"x\"}]}",
        "input[0].call_id | {\"input\": [{\"type\": \"function_call_output\", \"call_id\": \"x\", \"output\": \"y\"}]}",
        "instructions | {\"input\": \"x\", \"instructions\": 3}",
        "max_output_tokens | {\"input\": \"x\", \"max_output_tokens\": 0}",
        "temperature | {\"input\": \"x\", \"temperature\": \"warm\"}",
        "n | {\"input\": \"x\", \"n\": 2}",
        "tools[0].type | {\"input\": \"x\", \"tools\": [{\"type\": \"web_search\"}]}",
        "tools[0].name | {\"input\": \"x\", \"tools\": [{\"type\": \"function\", \"name\": \"a b\"}]}",
        "tools[0].parameters | {\"input\": \"x\", \"tool_choice\": \"required\", \"tools\": [{\"type\": \"function\", \"name\": \"f\", "
                + "\"parameters\": {\"type\": \"whatever\"}}]}",
        "tool_choice.name | {\"input\": \"x\", \"tool_choice\": {\"type\": \"function\", \"name\": \"f\"}}",
        "text.format.type | {\"input\": \"x\", \"text\": {\"format\": {\"type\": \"xml\"}}}",
        "text.format.schema | {\"input\": \"x\", \"text\": {\"format\": {\"type\": \"json_schema\", \"name\": \"n\", \"schema\": "
                + "{\"type\": \"whatever\"}}}}",
        "background | {\"input\": \"x\", \"background\": true}",
        "truncation | {\"input\": \"x\", \"truncation\": \"auto\"}",
        "conversation | {\"input\": \"x\", \"conversation\": \"conv_1\"}",
        "metadata | {\"input\": \"x\", \"metadata\": {\"a\": 1}}",
        "include | {\"input\": \"x\", \"include\": [1]}",
        "previous_response_id | {\"input\": \"x\", \"previous_response_id\": \"resp_1\"}",
    })
    void whatCannotBeDoneIsRefusedWithTheFieldsName(String param, String body) throws Exception {
        for (var sent : Stream
                .of(body, body.equals("{}") ? "{\"stream\": true}" : body.substring(0, body.length() - 1) + ", \"stream\": true}")
                .toList()) {
            var answer = server.post(PATH, sent);
            assertEquals(400, answer.statusCode(), answer.body());
            assertEquals(param, JsonBody.JSON.readTree(answer.body()).path("error").path("param").asText(), answer.body());
        }
    }

    @Test
    void aPromptBeyondTheContextIsRefusedWithBothNumbers() throws Exception {
        var answer = server.post(PATH, "{\"input\": \"" + "sea ".repeat(1_500) + "\", \"stream\": true}");
        assertEquals(400, answer.statusCode());
        var error = JsonBody.JSON.readTree(answer.body()).path("error");
        assertEquals("context_length_exceeded", error.path("code").asText());
        assertEquals("input", error.path("param").asText());
        assertTrue(error.path("message").asText().contains("1024") && error.path("message").asText().matches(".*\\b15\\d\\d\\b.*"),
                error.toString());
        assertNotEquals(0, respond("\"input\": \"x\", \"max_output_tokens\": 1").path("usage").path("output_tokens").asInt());
    }
}
