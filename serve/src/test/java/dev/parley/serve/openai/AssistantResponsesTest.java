package dev.parley.serve.openai;

import static dev.parley.serve.assistants.Shop.KNOWN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.serve.TestServer;
import dev.parley.serve.assistants.Shop;
import dev.parley.serve.http.JsonBody;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An assistant asked by its name at {@code /v1/responses}, over a real index and a model of random weights. */
@Timeout(60)
class AssistantResponsesTest {

    private static final String PATH = "/v1/responses";
    private static final TestServer server = Shop.shared().server();

    private static JsonNode ok(String path, String body) throws IOException {
        var response = server.post(path, body);
        assertEquals(200, response.statusCode(), response.body());
        return JsonBody.JSON.readTree(response.body());
    }

    private static JsonNode respond(String input, String fields) throws IOException {
        return ok(PATH, "{\"model\": \"shop\", \"input\": \"" + input + "\"" + fields + "}");
    }

    private static String text(JsonNode response) {
        return response.at("/output/0/content/0/text").asText();
    }

    private static List<JsonNode> events(String input) throws IOException {
        var answer = server.post(PATH, "{\"model\": \"shop\", \"stream\": true, \"input\": \"" + input + "\"}");
        assertEquals(200, answer.statusCode(), answer.body());
        var events = new ArrayList<JsonNode>();
        for (var event : answer.body().split("\n\n")) {
            events.add(JsonBody.JSON.readTree(event.substring(event.indexOf("\ndata: ") + 7)));
            assertEquals(events.size() - 1, events.getLast().path("sequence_number").asInt());
        }
        return events;
    }

    @Test
    void aResponseIsTheAnswerOfTheChatWithTheTurnBeside() throws IOException {
        var chat = ok("/v1/chat/completions",
                "{\"model\": \"shop\", \"messages\": [{\"role\": \"user\", \"content\": \"" + KNOWN + "\"}]}");
        var response = respond(KNOWN, ", \"temperature\": 2");
        assertEquals("shop", response.path("model").asText());
        assertEquals("incomplete", response.path("status").asText());
        assertEquals("max_output_tokens", response.at("/incomplete_details/reason").asText());
        assertEquals(chat.at("/choices/0/message/content").asText(), text(response));
        assertEquals(chat.path("parley"), response.path("parley"));
        assertEquals(chat.at("/usage/total_tokens"), response.at("/usage/total_tokens"));
        assertEquals(0, response.path("temperature").asDouble(-1), "the assistant's own");
    }

    @Test
    void aStreamTellsTheSameAndHasTheTurnAtItsEnd() throws IOException {
        var whole = respond(KNOWN, "");
        var events = events(KNOWN);
        assertEquals("response.created", events.getFirst().path("type").asText());
        assertEquals("response.incomplete", events.getLast().path("type").asText());
        var response = events.getLast().path("response");
        assertEquals(whole.path("parley"), response.path("parley"));
        var deltas = new StringBuilder();
        events.stream().filter(e -> e.path("type").asText().equals("response.output_text.delta"))
                .forEach(e -> deltas.append(e.path("delta").asText()));
        assertEquals(text(response), deltas.toString());
        assertEquals(text(whole), text(response).strip());
    }

    @Test
    void fixedAnswersAreWholeResponsesWithoutTokens() throws IOException {
        var unknown = respond("Who painted the Mona Lisa?", "");
        assertEquals("I do not know that.", text(unknown));
        assertEquals("completed", unknown.path("status").asText());
        assertEquals("unknown", unknown.at("/parley/ending").asText());
        assertEquals(0, unknown.at("/usage/total_tokens").asInt(-1));
        var streamed = events("I have crushing chest pain and cannot breathe").getLast();
        assertEquals("response.completed", streamed.path("type").asText());
        assertEquals("guarded", streamed.at("/response/parley/ending").asText());
        assertTrue(text(streamed.path("response")).contains("emergency number"));
    }

    @Test
    void aResponseIsGoneOnFromAndKeptAndForgotten() throws IOException {
        var first = respond(KNOWN, "");
        var id = first.path("id").asText();
        assertEquals(first, JsonBody.JSON.readTree(server.get(PATH + "/" + id).body()));
        var second = respond("And an item that I return late?", ", \"previous_response_id\": \"" + id + "\"");
        var turns = "[{\"role\": \"user\", \"content\": \"" + KNOWN + "\"}, {\"role\": \"assistant\", \"content\": "
                + JsonBody.JSON.writeValueAsString(text(first))
                + "}, {\"role\": \"user\", \"content\": \"And an item that I return late?\"}]";
        var chat = ok("/v1/chat/completions", "{\"model\": \"shop\", \"messages\": " + turns + "}");
        assertEquals(chat.at("/usage/prompt_tokens"), second.at("/usage/input_tokens"));
        assertEquals(chat.at("/choices/0/message/content").asText(), text(second));
    }

    @Test
    void aFormIsKeptAndWhatCannotBeAnsweredIsRefused() throws IOException {
        assertTrue(List.of("yes", "no").contains(text(respond(KNOWN, ", \"parley\": {\"form\": \"yes-or-no\"}"))));
        var refused = server.post(PATH,
                "{\"model\": \"shop\", \"input\": [{\"type\": \"function_call\", \"call_id\": \"1\", \"name\": \"f\", "
                        + "\"arguments\": \"{}\"}, {\"type\": \"function_call_output\", \"call_id\": \"1\", \"output\": \"2\"}]}");
        assertEquals(400, refused.statusCode());
        var error = JsonBody.JSON.readTree(refused.body()).path("error");
        assertEquals("An assistant calls its own tools; leave out calls of tools and their results.", error.path("message").asText());
        assertEquals("input", error.path("param").asText());
    }
}
