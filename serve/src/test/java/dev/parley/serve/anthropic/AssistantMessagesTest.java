package dev.parley.serve.anthropic;

import static dev.parley.serve.assistants.Shop.KNOWN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.serve.TestServer;
import dev.parley.serve.assistants.Shop;
import dev.parley.serve.http.JsonBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An assistant asked by its name at {@code /v1/messages}. */
@Timeout(60)
class AssistantMessagesTest {

    private static final String PATH = "/v1/messages";
    private static final TestServer server = Shop.shared().server();

    private static String request(String question, String more) {
        return "{\"model\": \"shop\", \"max_tokens\": 500, \"messages\": [{\"role\": \"user\", \"content\": \"" + question + "\"}]" + more
                + "}";
    }

    private static JsonNode ask(String question, String more) throws Exception {
        var answer = server.post(PATH, request(question, more));
        assertEquals(200, answer.statusCode(), answer.body());
        return JsonBody.JSON.readTree(answer.body());
    }

    @Test
    void aMessageIsTheAnswerOfTheChatWithTheTurnBeside() throws Exception {
        var chat = JsonBody.JSON.readTree(server.post("/v1/chat/completions", request(KNOWN, "")).body());
        var message = ask(KNOWN, "");
        assertEquals("shop", message.path("model").asText());
        assertEquals("max_tokens", message.path("stop_reason").asText(), "the assistant's own limit");
        assertEquals(chat.at("/choices/0/message/content").asText(), message.at("/content/0/text").asText().strip());
        assertEquals(chat.path("parley"), message.path("parley"));
        assertEquals(chat.at("/usage/completion_tokens"), message.at("/usage/output_tokens"));
    }

    @Test
    void aStreamTellsTheSame() throws Exception {
        for (var question : new String[] {KNOWN, "I have crushing chest pain and cannot breathe"}) {
            var whole = ask(question, "");
            var streamed = StreamedMessage.joined(server.post(PATH, request(question, ", \"stream\": true")).body());
            assertEquals(whole.path("content"), streamed.path("content"));
            assertEquals(whole.path("stop_reason"), streamed.path("stop_reason"));
        }
    }

    @Test
    void aFormIsKeptAndWhatCannotBeAnsweredIsRefused() throws Exception {
        assertTrue(ask(KNOWN, ", \"parley\": {\"form\": \"yes-or-no\"}").at("/content/0/text").asText().matches("yes|no"));
        var counted = server.post(PATH + "/count_tokens", request(KNOWN, ""));
        assertEquals(400, counted.statusCode());
        assertTrue(counted.body().contains("assistant"), counted.body());
        var begun = server.post(PATH, request(KNOWN, "").replace("}]", "}, {\"role\": \"assistant\", \"content\": \"Thirty\"}]"));
        assertEquals(400, begun.statusCode());
        assertTrue(begun.body().contains("The last message must be one of the user's"), begun.body());
    }
}
