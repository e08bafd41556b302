package dev.parley.serve.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.accounts.KeyLimits;
import dev.parley.serve.accounts.Keys;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers of the chat by beam search, which tells no probabilities. */
@Timeout(60)
class ChatBeamsTest {

    private static final String BEAMS = "\"temperature\":0,\"max_tokens\":20,\"num_beams\":3";

    private final ChatClient client = ChatClient.of(TestServer.shared().base());

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void theChatAnswersAsTheApiDoes() {
        var chat = client.await(client.answer(client.ask("What is a cat?"), "{" + BEAMS + "}"));
        var api = client.ok("POST", "/v1/chat/completions",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"What is a cat?\"}]," + BEAMS + "}");
        assertEquals(api.path("choices").path(0).path("message").path("content").asText(), chat.path("text").asText());
        assertEquals(20, chat.path("usage").path("completion_tokens").asInt());
    }

    @Test
    void itsTokensAreKeptWithoutProbabilities() {
        var id = client.answer(client.ask("Hello"), "{" + BEAMS + "}");
        client.await(id);
        var tokens = client.get("/api/messages/" + id + "/tokens").path("tokens");
        assertEquals(20, tokens.size());
        for (var token : tokens) assertTrue(token.path("logprob").isNull() && token.path("top").isEmpty(), token.toString());
    }

    @Test
    void anAnswerThatWasCutOffGoesOn() {
        var asked = client.ask("Hello");
        var id = client.answer(asked, "{" + BEAMS + "}");
        var before = client.await(id).path("text").asText();
        client.ok("POST", "/api/conversations/" + asked.conversation() + "/answers",
                "{\"continue\":\"" + id + "\",\"settings\":{" + BEAMS + "}}");
        var after = client.await(id);
        assertTrue(after.path("text").asText().startsWith(before), after.toString());
        assertEquals(40, client.get("/api/messages/" + id + "/tokens").path("tokens").size());
    }

    @Test
    void eachBeamCountsForTheLimitOfAKey() {
        try (var server = TestServer.start(ServerSettings.DEFAULT.withPort(0).withAuth(true))) {
            var key = new Keys(server.database()).create("thrifty", Optional.empty(), Optional.empty(), new KeyLimits(0, 50, 0)).secret();
            try (var thrifty = new ChatClient(server.base(), Map.of("Authorization", "Bearer " + key))) {
                var asked = thrifty.ask("Hello");
                var refused = thrifty.send("POST", "/api/conversations/" + asked.conversation() + "/answers",
                        "{\"parent\":\"" + asked.question() + "\",\"settings\":{" + BEAMS + "}}");
                assertEquals(400, refused.statusCode());
                assertTrue(refused.body().contains("may generate 60"), refused.body());
            }
        }
    }
}
