package dev.parley.serve.openai;

import static dev.parley.serve.assistants.Shop.KNOWN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.serve.TestServer;
import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.assistants.Shop;
import dev.parley.serve.http.JsonBody;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An assistant over a real index, asked as a model of a real server, whose model has random weights and so says anything. */
class AssistantChatTest {

    private static final String PATH = "/v1/chat/completions";
    private static final String STREAM = ", \"stream\": true, \"stream_options\": {\"include_usage\": true}";
    private static final Shop shop = Shop.shared();
    private static final TestServer server = shop.server();

    private static String request(String question, String fields) {
        return "{\"model\": \"shop\", \"messages\": [{\"role\": \"user\", \"content\": \"" + question + "\"}]" + fields + "}";
    }

    private static JsonNode ask(String question, String fields) throws IOException {
        var response = server.post(PATH, request(question, fields));
        assertEquals(200, response.statusCode(), response.body());
        return JsonBody.JSON.readTree(response.body());
    }

    private static String said(JsonNode answer) {
        return answer.at("/choices/0/message/content").asText();
    }

    private static String refused(String body) throws IOException {
        var response = server.post(PATH, body);
        assertEquals(400, response.statusCode(), response.body());
        return JsonBody.JSON.readTree(response.body()).at("/error/message").asText();
    }

    @Test
    void anAssistantIsListedAfterTheModels() throws IOException {
        var list = JsonBody.JSON.readTree(server.get("/v1/models").body()).path("data");
        assertEquals(List.of("tiny", "tiny-2", "shop", "talker"), list.valueStream().map(m -> m.path("id").asText()).toList());
        var shop = JsonBody.JSON.readTree(server.get("/v1/models/shop").body());
        assertEquals("小店", shop.at("/assistant/title/zh").asText());
        assertEquals("tiny-2", shop.at("/assistant/model").asText());
        assertEquals("How long may I return an item?", shop.at("/assistant/opening_questions/en/0").asText());
        assertEquals("yes-or-no", shop.at("/assistant/forms/0").asText());
    }

    @Test
    void theModelAnswersFromThePassagesWhichComeWithTheAnswer() throws IOException {
        var answer = ask(KNOWN, "");
        assertEquals("shop", answer.path("model").asText());
        assertEquals("answered", answer.at("/parley/ending").asText());
        assertEquals("tiny-2", answer.at("/parley/model").asText());
        assertEquals("faq/returns.md", answer.at("/parley/passages/0/source").asText());
        assertEquals("Returns", answer.at("/parley/passages/0/title").asText());
        assertTrue(answer.at("/parley/passages/0/text").asText().contains("within 30 days"));
        assertEquals(said(answer), answer.at("/parley/answer").asText());
        assertEquals("length", answer.at("/choices/0/finish_reason").asText());
        assertEquals(12, answer.at("/usage/completion_tokens").asInt());
        var alone = server.post(PATH, request(KNOWN, ", \"max_tokens\": 1").replace("shop", "tiny-2"));
        var without = JsonBody.JSON.readTree(alone.body()).at("/usage/prompt_tokens").asInt();
        assertTrue(answer.at("/usage/prompt_tokens").asInt() > without + 30, "the passage is read with the question");
    }

    @Test
    void aStreamHasTheSameAnswerAndTheTurnAtItsEnd() throws Exception {
        var whole = ask(KNOWN, "");
        var body = server.post(PATH, request(KNOWN, STREAM)).body();
        var joined = StreamedChat.joined(body);
        assertEquals(said(whole), said(joined).strip());
        assertEquals(whole.at("/choices/0/finish_reason"), joined.at("/choices/0/finish_reason"));
        assertEquals(whole.at("/usage/total_tokens"), joined.at("/usage/total_tokens"));
        var events = body.split("\n\n");
        var end = JsonBody.JSON.readTree(events[events.length - 3].substring(6)); // before usage and [DONE]
        assertEquals(whole.at("/parley/passages/0/id"), end.at("/parley/passages/0/id"));
        assertEquals("length", end.at("/choices/0/finish_reason").asText());
    }

    @Test
    void whatTheFilesDoNotSayIsNotAskedOfTheModel() throws IOException {
        var english = ask("Who painted the Mona Lisa?", "");
        assertEquals("I do not know that.", said(english));
        assertEquals("unknown", english.at("/parley/ending").asText());
        assertEquals("stop", english.at("/choices/0/finish_reason").asText());
        assertEquals(0, english.at("/usage/total_tokens").asInt());
        assertEquals("我不清楚。", said(ask("蒙娜丽莎是谁画的？", "")));
    }

    @Test
    void anEmergencyHasItsFixedAnswerWithTheDecision() throws Exception {
        var question = "I have crushing chest pain and cannot breathe";
        var answer = ask(question, "");
        assertEquals("guarded", answer.at("/parley/ending").asText());
        assertEquals("emergencies", answer.at("/parley/decisions/0/guardrail").asText());
        assertTrue(answer.at("/parley/decisions/0/ended").asBoolean());
        assertFalse(answer.at("/parley/decisions/0/rule").asText().isEmpty());
        assertFalse(answer.at("/parley/decisions/0/reason").asText().isEmpty());
        assertTrue(said(answer).contains("emergency number"), said(answer));
        assertEquals(0, answer.at("/usage/total_tokens").asInt());
        var streamed = StreamedChat.joined(server.post(PATH, request(question, STREAM)).body());
        assertEquals(said(answer), said(streamed));
    }

    @Test
    void instructionsInAPassageAreTakenOutAndTold() throws IOException {
        var answer = ask("What does express delivery cost?", "");
        assertEquals("injection", answer.at("/parley/decisions/0/guardrail").asText());
        var passage = answer.at("/parley/passages/0");
        assertEquals("faq/express.md", passage.path("source").asText());
        assertFalse(passage.path("text").asText().contains("Ignore all previous"), passage.toString());
    }

    @Test
    void aFormThatIsAskedForIsKept() throws IOException {
        var answer = said(ask(KNOWN, ", \"parley\": {\"form\": \"yes-or-no\"}"));
        assertTrue(List.of("yes", "no").contains(answer), answer);
        assertEquals("The assistant shop has no form essay; it has yes-or-no, pick.",
                refused(request(KNOWN, ", \"parley\": {\"form\": \"essay\"}")));
    }

    @Test
    void aConversationGoesOnAndItsSystemMessageIsLeftOut() throws IOException {
        var turns = "{\"role\": \"user\", \"content\": \"" + KNOWN + "\"}, {\"role\": \"assistant\", \"content\": \"Thirty.\"}, ";
        var asked = "{\"role\": \"user\", \"content\": \"And an item that I return late?\"}]}";
        var first = JsonBody.JSON.readTree(server.post(PATH, "{\"model\": \"shop\", \"messages\": [" + turns + asked).body());
        var second = JsonBody.JSON.readTree(server.post(PATH, "{\"model\": \"shop\", \"messages\": [{\"role\": \"system\", \"content\": "
                + "\"You are a pirate who likes long tales of the sea.\"}, " + turns + asked).body());
        assertEquals(first.at("/usage/prompt_tokens"), second.at("/usage/prompt_tokens"));
        assertEquals(said(first), said(second));
        var alone = ask("And an item that I return late?", "");
        assertTrue(first.at("/usage/prompt_tokens").asInt() > alone.at("/usage/prompt_tokens").asInt());
    }

    @Test
    void whatAnAssistantCannotAnswerIsToldInOneSentence() throws IOException {
        assertEquals("The last message must be one of the user's that is not empty.",
                refused("{\"model\": \"shop\", \"messages\": [{\"role\": \"assistant\", \"content\": \"Hi\"}]}"));
        assertEquals("An assistant calls its own tools; leave out calls of tools and their results.", refused(
                "{\"model\": \"shop\", \"messages\": [{\"role\": \"tool\", \"tool_call_id\": \"1\", \"content\": \"Hi\"}]}"));
        var long1 = refused(request("item ".repeat(1_500), ""));
        assertTrue(long1.startsWith("The context of tiny-2 is too small"), long1);
    }

    @Test
    void namesAreOnlyOnce() throws IOException {
        try (var asModel = shop.copy("tiny"); var twice = shop.copy("shop")) {
            var fault = assertThrows(IllegalArgumentException.class, () -> ServedAssistants.of(List.of(asModel), server.models()));
            assertEquals("The assistant tiny has the name of a model; give the model another: NAME=MODEL.", fault.getMessage());
            fault = assertThrows(IllegalArgumentException.class, () -> ServedAssistants.of(List.of(twice, twice), server.models()));
            assertEquals("Two assistants have the name shop; change it in one of the files.", fault.getMessage());
        }
    }
}
