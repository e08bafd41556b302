package dev.parley.serve.chat;

import static dev.parley.serve.chat.ChatClient.text;
import static dev.parley.serve.chat.ChatClient.tokens;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.serve.TestServer;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers of a real server with a model of random weights, as the page asks for them. */
@Timeout(120)
class ChatServerTest {

    private static final String GREEDY = "{\"temperature\":0,\"max_tokens\":40}";
    private static final String LONG = "{\"temperature\":1,\"seed\":1,\"max_tokens\":400,\"ignore_eos\":true}";

    private static TestServer server;
    private static ChatClient client;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        client = ChatClient.of(server.base());
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static JsonNode message(String conversation, String id) {
        return StreamSupport.stream(client.get("/api/conversations/" + conversation).path("messages").spliterator(), false)
                .filter(m -> m.path("id").asText().equals(id)).findFirst().orElseThrow();
    }

    @Test
    void anAnswerIsToldAndKeptAlike() {
        var asked = client.ask("Is a dog an animal?");
        var id = client.answer(asked, GREEDY);
        var events = client.events(id, "");
        assertEquals("start", events.getFirst().name());
        assertEquals("", events.getFirst().data().path("message").path("text").asText("?"));
        assertEquals("end", events.getLast().name());
        var told = events.getLast().data().path("message");
        assertEquals("done", told.path("status").asText());
        assertEquals("length", told.path("finish_reason").asText());
        assertEquals(text(events), told.path("text").asText());
        assertEquals(told, message(asked.conversation(), id));
        assertEquals(40, tokens(events).size());
        assertEquals(40, told.path("usage").path("completion_tokens").asInt());
        assertEquals(tokens(events), List
                .copyOf(StreamSupport.stream(client.get("/api/messages/" + id + "/tokens").path("tokens").spliterator(), false).toList()));
        var conversation = client.get("/api/conversations/" + asked.conversation());
        assertEquals("Is a dog an animal?", conversation.path("title").asText());
        assertEquals(id, conversation.path("current").asText());
    }

    @Test
    void theChatAnswersAsTheApiDoes() {
        var asked = client.ask("What is a cat?");
        var chat = client.await(client.answer(asked, GREEDY));
        var api = client.ok("POST", "/v1/chat/completions",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"What is a cat?\"}],\"temperature\":0,\"max_tokens\":40}");
        assertEquals(api.path("choices").path(0).path("message").path("content").asText(), chat.path("text").asText());
        assertEquals(api.path("usage").path("prompt_tokens").asInt(), chat.path("usage").path("prompt_tokens").asInt());
    }

    @Test
    void aConversationThatHasOutgrownTheContextLosesItsOldestTurnsAndSaysSo() {
        var conversation = client.ok("POST", "/api/conversations", "{\"system\":\"Be kind.\"}").path("id").asText();
        var parent = "null";
        for (int turn = 0; turn < 9; turn++) { // 160 words each: five fit
            var text = ("turn " + turn + " ").repeat(80);
            parent = "\"" + client.ok("POST", "/api/conversations/" + conversation + "/messages",
                    "{\"parent\":" + parent + ",\"role\":\"" + (turn % 2 == 0 ? "user" : "assistant") + "\",\"text\":\"" + text + "\"}")
                    .path("id").asText() + "\"";
        }
        var id = client
                .ok("POST", "/api/conversations/" + conversation + "/answers", "{\"parent\":" + parent + ",\"settings\":" + GREEDY + "}")
                .path("id").asText();
        var usage = client.await(id).path("usage");
        assertEquals(4, usage.path("forgotten_turns").asInt(), usage.toString());
        assertTrue(usage.path("prompt_tokens").asInt() <= TestServer.CONTEXT - 40, usage.toString());
        var read = client.events("/api/messages/" + id + "/explanation?token=3&analyses=rollout").getLast().data();
        assertEquals(usage.path("prompt_tokens").asInt(), read.path("prompt_tokens").asInt(), "what is explained is what it was given");
        assertTrue(read.path("tokens").toString().contains("kind"), "the instruction stays");
    }

    @Test
    void aTurnThatIsLongerThanTheContextIsRefusedWithBothNumbers() {
        var asked = client.ask("word ".repeat(1_100));
        var refused = client.send("POST", "/api/conversations/" + asked.conversation() + "/answers",
                "{\"parent\":\"" + asked.question() + "\"}");
        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().contains(String.valueOf(TestServer.CONTEXT)) && refused.body().matches("(?s).*1[01]\\d\\d tokens.*"),
                refused.body());
    }

    @Test
    void eachTokenComesWithTheLikeliestAtItsPlace() {
        var events = client.events(client.answer(client.ask("Hello"), GREEDY), "");
        for (var token : tokens(events)) {
            assertEquals(5, token.path("top").size());
            assertEquals(token.path("id").asInt(), token.path("top").path(0).path("id").asInt(), "greedy takes the likeliest");
            assertTrue(token.path("logprob").asDouble() < 0
                    && token.path("logprob").asDouble() == token.path("top").path(0).path("logprob").asDouble());
        }
    }

    @Test
    void aReaderThatComesBackGetsExactlyWhatItMissed() {
        var id = client.answer(client.ask("Hello"), LONG);
        var first = client.events(id, "", event -> event.name().equals("tokens") && tokens(List.of(event)).size() > 0);
        var rest = client.events(id, first.getLast().id());
        var whole = client.events(id, "");
        assertEquals("tokens", rest.getFirst().name(), "the start is known already");
        assertEquals(text(whole), text(first) + text(rest));
        var both = new java.util.ArrayList<>(tokens(first));
        both.addAll(tokens(rest));
        assertEquals(tokens(whole), both);
        assertEquals(400, both.size());
        assertTrue(client.events(id, rest.getLast().id()).isEmpty(), "who has all of it gets nothing");
    }

    @Test
    void anAnswerGoesOnWhenNobodyReads() throws InterruptedException {
        var asked = client.ask("Hello");
        var id = client.answer(asked, LONG);
        while (message(asked.conversation(), id).path("status").asText().equals("running")) Thread.sleep(20);
        assertEquals(400, message(asked.conversation(), id).path("usage").path("completion_tokens").asInt());
    }

    @Test
    void aStoppedAnswerIsKeptAsFarAsItCameAndGoesOnInItsPlace() {
        var asked = client.ask("Hello");
        var id = client.answer(asked, LONG);
        client.events(id, "", event -> event.name().equals("tokens"));
        assertEquals(204, client.send("POST", "/api/answers/" + id + "/stop", "").statusCode());
        var stopped = client.await(id);
        assertEquals("cancelled", stopped.path("status").asText());
        assertEquals("cancelled", stopped.path("finish_reason").asText());
        var count = stopped.path("usage").path("completion_tokens").asInt();
        assertTrue(count > 0 && count < 400, stopped.toString());
        assertEquals(204, client.send("POST", "/api/answers/" + id + "/stop", "").statusCode(), "stopping once more changes nothing");

        var goesOn = client.ok("POST", "/api/conversations/" + asked.conversation() + "/answers",
                "{\"continue\":\"" + id + "\",\"settings\":{\"temperature\":0,\"max_tokens\":10,\"ignore_eos\":true}}");
        assertEquals(id, goesOn.path("id").asText());
        var events = client.events(id, "");
        assertEquals(count + 10, tokens(events).size());
        var ended = events.getLast().data().path("message");
        assertEquals("done", ended.path("status").asText());
        assertTrue(ended.path("text").asText().startsWith(stopped.path("text").asText().replaceAll("\uFFFD+$", "")),
                ended.path("text").asText());
        assertEquals(text(events), ended.path("text").asText());
        assertEquals(tokens(events),
                StreamSupport.stream(client.get("/api/messages/" + id + "/tokens").path("tokens").spliterator(), false).toList());
    }

    @Test
    void whatWasGoneOnWithIsWhatOneGoWouldHaveGiven() {
        var settings = "{\"temperature\":0,\"max_tokens\":30,\"presence_penalty\":1}";
        var asked = client.ask("Tell me more");
        var whole = client.await(client.answer(asked, settings.replace("30", "60")));
        var id = client.answer(asked, settings);
        client.await(id);
        client.ok("POST", "/api/conversations/" + asked.conversation() + "/answers",
                "{\"continue\":\"" + id + "\",\"settings\":" + settings + "}");
        assertEquals(whole.path("text").asText(), client.await(id).path("text").asText());
    }

    @Test
    void aBranchBeginsAsTheOtherUpToTheChosenToken() {
        var asked = client.ask("Hello");
        var id = client.answer(asked, GREEDY);
        var old = tokens(client.events(id, ""));
        var other = old.get(7).path("top").path(3);
        var begin = "{\"begin\":{\"message\":\"" + id + "\",\"tokens\":7,\"token\":" + other.path("id").asInt()
                + "},\"model\":\"small\",\"settings\":" + GREEDY + "}";
        var branch = client.ok("POST", "/api/conversations/" + asked.conversation() + "/answers", begin);
        assertNotEquals(id, branch.path("id").asText());
        assertEquals(asked.question(), branch.path("parent").asText());
        var events = client.events(branch.path("id").asText(), "");
        var fresh = tokens(events);
        assertEquals(old.subList(0, 7), fresh.subList(0, 7));
        assertEquals(other.path("id").asInt(), fresh.get(7).path("id").asInt());
        assertEquals(other.path("logprob").asDouble(), fresh.get(7).path("logprob").asDouble());
        assertEquals(48, fresh.size());
        var usage = events.getLast().data().path("message").path("usage");
        assertEquals(40, usage.path("completion_tokens").asInt(), "what it began with was read");
        assertEquals(8 + message(asked.conversation(), id).path("usage").path("prompt_tokens").asInt(),
                usage.path("prompt_tokens").asInt());
        assertEquals(text(events), events.getLast().data().path("message").path("text").asText());
    }

    @Test
    void aQuestionBeyondTheContextIsRefusedWithBothNumbersAndLeavesNoMessage() {
        var asked = client.ask("word ".repeat(2000));
        var refused = client.send("POST", "/api/conversations/" + asked.conversation() + "/answers",
                "{\"parent\":\"" + asked.question() + "\"}");
        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().contains("1024") && refused.body().matches("(?s).*20\\d\\d.*"), refused.body());
        assertEquals(1, client.get("/api/conversations/" + asked.conversation()).path("messages").size());
    }

    @Test
    void whatCannotBeAnsweredIsRefusedWithTheFieldsName() {
        var asked = client.ask("Hello");
        var answers = "/api/conversations/" + asked.conversation() + "/answers";
        var parent = "\"parent\":\"" + asked.question() + "\"";
        var wrong = client.send("POST", answers, "{" + parent + ",\"settings\":{\"temperature\":\"hot\"}}");
        assertEquals(400, wrong.statusCode());
        assertEquals("settings.temperature", ChatClient.json(wrong).path("error").path("param").asText());
        assertEquals(404, client.send("POST", answers, "{" + parent + ",\"model\":\"none\"}").statusCode());
        assertEquals(404, client.send("POST", answers, "{\"parent\":\"none\"}").statusCode());
        assertEquals(400, client.send("POST", answers, "{}").statusCode());
        assertEquals(400, client.send("POST", answers, "{" + parent + ",\"settings\":{\"n\":2}}").statusCode());
        assertEquals(404, client.send("POST", answers, "{\"continue\":\"none\"}").statusCode());
        var id = client.answer(asked, GREEDY);
        client.await(id);
        assertEquals(400, client.send("POST", answers, "{\"parent\":\"" + id + "\"}").statusCode());
        assertEquals(400, client.send("POST", answers, "{\"begin\":{\"message\":\"" + id + "\",\"tokens\":40,\"token\":1}}").statusCode());
        assertEquals(400,
                client.send("POST", answers, "{\"begin\":{\"message\":\"" + id + "\",\"tokens\":1,\"token\":999999}}").statusCode());
        assertEquals(400,
                client.send("POST", answers, "{\"begin\":{\"message\":\"" + id + "\",\"tokens\":1,\"token\":1},\"model\":\"tiny-2\"}")
                        .statusCode());
    }

    @Test
    void aDeletedConversationsAnswerIsStopped() {
        var asked = client.ask("Hello");
        var id = client.answer(asked, LONG);
        client.events(id, "", event -> event.name().equals("tokens"));
        client.ok("DELETE", "/api/conversations/" + asked.conversation(), "");
        assertEquals(404, client.send("GET", "/api/conversations/" + asked.conversation(), "").statusCode());
        client.ok("POST", "/api/conversations/" + asked.conversation() + "/restore", "");
        assertEquals("cancelled", client.await(id).path("status").asText());
    }

    @Test
    void twoTabsAnswerInOneConversationAtOnce() {
        var asked = client.ask("Hello");
        var one = client.answer(asked, LONG);
        var other = client.answer(asked, LONG.replace("\"seed\":1", "\"seed\":2"));
        var first = client.await(one);
        var second = client.await(other);
        assertEquals("done", first.path("status").asText());
        assertEquals("done", second.path("status").asText());
        assertNotEquals(first.path("text").asText(), second.path("text").asText());
        assertEquals(3, client.get("/api/conversations/" + asked.conversation()).path("messages").size());
    }

    @Test
    void theModelsAreListedWithTheirDefaults() {
        client.await(client.answer(client.ask("Hello"), GREEDY));
        var models = client.get("/api/models");
        assertEquals("tiny", models.path("default").asText());
        var tiny = models.path("models").path(0);
        assertEquals("ready", tiny.path("state").asText());
        assertEquals(1024, tiny.path("context_length").asInt());
        assertTrue(tiny.path("chat").asBoolean());
        assertTrue(tiny.path("defaults").has("repetition_penalty"), tiny.toString());
        assertEquals("small", tiny.path("aliases").path(0).asText());
        assertEquals(0, tiny.path("suggestions").size());
        var other = models.path("models").path(1);
        assertEquals("unloaded", other.path("state").asText());
        assertEquals("zh", other.path("suggestions").path(1).path("language").asText());
        assertEquals("{\"text\":\"12 + 5 =\"}", other.path("suggestions").path(2).toString());
    }
}
