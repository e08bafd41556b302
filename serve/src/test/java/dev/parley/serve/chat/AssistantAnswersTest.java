package dev.parley.serve.chat;

import static dev.parley.serve.assistants.Shop.KNOWN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.TestServer;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.accounts.Meter;
import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.assistants.Shop;
import dev.parley.serve.chat.history.Messages;
import dev.parley.serve.chat.running.ChatEngine;
import dev.parley.serve.chat.running.ConversationSources;
import dev.parley.serve.chat.running.Position;
import dev.parley.serve.chat.running.RunningAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers of assistants in the web chat, over a real index and a model of random weights. */
@Timeout(120)
class AssistantAnswersTest {

    private static final Shop shop = Shop.shared();
    private static final TestServer server = shop.server();
    private static ChatClient client;

    @BeforeAll
    static void start() {
        client = ChatClient.of(server.base());
    }

    @AfterAll
    static void stop() {
        client.close();
    }

    private static ChatClient.Asked ask(String assistant, String text) {
        var conversation = client.ok("POST", "/api/conversations", "{\"model\":\"" + assistant + "\"}").path("id").asText();
        return new ChatClient.Asked(conversation, client.say(conversation, null, text));
    }

    private static JsonNode answered(String assistant, String text) {
        return client.await(client.answer(ask(assistant, text), "{}"));
    }

    private static JsonNode message(String conversation, String id) {
        return client.get("/api/conversations/" + conversation).path("messages").valueStream().filter(m -> m.path("id").asText().equals(id))
                .findFirst().orElseThrow();
    }

    @Test
    void assistantsStandAmongTheModelsWithWhatTheySayOfThemselves() {
        var models = client.get("/api/models").path("models");
        assertEquals(List.of("tiny model", "tiny-2 model", "shop assistant", "talker assistant"),
                models.valueStream().map(m -> m.path("id").asText() + " " + m.path("kind").asText()).toList());
        var served = models.get(2);
        assertEquals("小店", served.at("/title/zh").asText());
        assertEquals("Answers from our files.", served.at("/description/en").asText());
        assertEquals("退货期限是多少天？", served.at("/opening_questions/zh/0").asText());
        assertEquals("tiny-2", served.path("model").asText());
        assertEquals(TestServer.CONTEXT, served.path("context_length").asInt());
    }

    @Test
    void anAnswerTellsWhatTheAssistantDidWhileItIsWrittenAndKeepsIt() {
        var asked = ask("shop", KNOWN);
        var id = client.answer(asked, "{}");
        var events = client.events(id, "");
        var turns = events.stream().filter(e -> e.name().equals("turn")).map(ChatClient.Event::data).toList();
        var told = events.getLast().data().path("message");
        assertEquals("shop", told.path("model").asText());
        assertEquals("done", told.path("status").asText());
        assertEquals(told.path("turn"), turns.getLast());
        assertEquals("answered", told.at("/turn/ending").asText());
        assertEquals("tiny-2", told.at("/turn/model").asText());
        assertEquals("faq/returns.md", told.at("/turn/passages/0/source").asText());
        assertEquals(1, told.at("/turn/sources/0").asInt());
        assertEquals(told, message(asked.conversation(), id));
        var api = client.ok("POST", "/v1/chat/completions",
                "{\"model\":\"shop\",\"messages\":[{\"role\":\"user\",\"content\":\"" + KNOWN + "\"}]}");
        assertEquals(api.at("/choices/0/message/content").asText(), told.path("text").asText(), "as by the API");
        assertEquals(api.at("/usage/prompt_tokens").asInt(), told.at("/usage/prompt_tokens").asInt());
        assertEquals(api.at("/usage/completion_tokens").asInt(), told.at("/usage/completion_tokens").asInt());
        assertEquals(told.path("text").asText().strip(), ChatClient.text(events).strip());
    }

    @Test
    void anAnswerIsExplainedByAllThatTheModelWasGiven() {
        var asked = ask("shop", KNOWN);
        var id = client.answer(asked, "{}");
        var told = client.await(id);
        var json = client.events("/api/messages/" + id + "/explanation").getLast().data();
        assertEquals("tiny-2", json.path("model").asText());
        assertEquals(told.at("/usage/prompt_tokens").asInt(), json.path("prompt_tokens").asInt());
        assertEquals(told.at("/usage/completion_tokens").asInt(), json.path("explained").size());
        var text = new StringBuilder();
        json.path("tokens").forEach(token -> text.append(token.path("text").asText()));
        assertTrue(text.toString().contains("You help customers."), text.toString());
        assertTrue(text.toString().contains("You may return an item within 30 days of delivery."), "the passage");
        assertTrue(text.toString().contains(KNOWN), "the question");
        var guarded = answered("shop", "I have crushing chest pain and cannot breathe");
        assertEquals(400, client.send("GET", "/api/messages/" + guarded.path("id").asText() + "/explanation", "").statusCode());
    }

    @Test
    void whatNeedsNoModelIsAnsweredWithoutOne() {
        var guarded = answered("shop", "I have crushing chest pain and cannot breathe");
        assertEquals("guarded", guarded.at("/turn/ending").asText());
        assertEquals("emergencies", guarded.at("/turn/decisions/0/guardrail").asText());
        assertTrue(guarded.at("/turn/decisions/0/ended").asBoolean());
        assertTrue(guarded.path("text").asText().contains("emergency number"), guarded.toString());
        assertEquals(0, guarded.at("/usage/completion_tokens").asInt(-1));
        assertEquals("stop", guarded.path("finish_reason").asText());
        assertEquals("I do not know that.", answered("shop", "Who painted the Mona Lisa?").path("text").asText());
    }

    @Test
    void oneThatIsStoppedKeepsWhatItSaidAndCountsItsTokens() {
        var asked = ask("talker", "Talk, please.");
        var id = client.answer(asked, "{}");
        client.events(id, "", event -> !event.data().path("text").asText().isEmpty());
        client.ok("POST", "/api/answers/" + id + "/stop", "");
        var ended = client.await(id);
        assertEquals("cancelled", ended.path("status").asText());
        assertEquals("cancelled", ended.path("finish_reason").asText());
        assertFalse(ended.path("text").asText().isEmpty());
        var made = ended.at("/usage/completion_tokens").asInt();
        assertTrue(made > 0 && made < 800, ended.toString());
        assertTrue(ended.at("/usage/prompt_tokens").asInt() > 5);
        assertEquals("talker", ended.at("/turn/assistant").asText());
        assertTrue(ended.at("/turn/ending").isMissingNode());
        var goesOn = client.send("POST", "/api/conversations/" + asked.conversation() + "/answers", "{\"continue\":\"" + id + "\"}");
        assertEquals(400, goesOn.statusCode());
        assertEquals("An answer of an assistant, or with documents or tools, cannot be continued; ask for a new answer.",
                ChatClient.json(goesOn).at("/error/message").asText());
    }

    @Test
    void aReaderThatComesBackGetsTheRestAndTheTurnAgain() {
        var id = client.answer(ask("talker", "Talk, please."), "{}");
        var first = client.events(id, "", event -> !event.data().path("text").asText().isEmpty());
        var rest = client.events(id, first.getLast().id());
        assertEquals("turn", rest.getFirst().name());
        var both = ChatClient.text(first) + ChatClient.text(rest);
        assertEquals(rest.getLast().data().at("/message/text").asText().strip(), both.strip());
        assertTrue(client.events(id, rest.getLast().id()).isEmpty(), "who has all of it gets nothing");
    }

    @Test
    void aFollowUpIsAnsweredInTheLightOfWhatWasSaid() {
        var asked = ask("shop", KNOWN);
        var first = client.answer(asked, "{}");
        client.await(first);
        var again = client.await(client.answer(asked, "{}"));
        assertFalse(again.path("id").asText().equals(first), "a second version of the same");
        var question = client.say(asked.conversation(), first, "And an item that I return late?");
        var second = client.await(client.answer(new ChatClient.Asked(asked.conversation(), question), "{}"));
        var alone = answered("shop", "And an item that I return late?");
        assertTrue(second.at("/usage/prompt_tokens").asInt() > alone.at("/usage/prompt_tokens").asInt());
        assertEquals(question, second.path("parent").asText());
    }

    @Test
    void aCitedPassageIsShownInItsDocument() throws IOException {
        var answer = answered("shop", KNOWN);
        var shown = client.get("/api/messages/" + answer.path("id").asText() + "/passages/1");
        assertEquals("faq/returns.md", shown.path("source").asText());
        assertTrue(shown.path("text").asText().contains("within 30 days"), shown.toString());
        assertTrue(shown.path("before").asText().contains("all of Europe"));
        assertTrue(shown.path("after").asText().contains("wrap gifts"));
        assertFalse(shown.path("changed").asBoolean());
        assertEquals(Files.readString(shop.folder().resolve("faq/returns.md")).strip(),
                (shown.path("before").asText() + shown.path("text").asText() + shown.path("after").asText()).strip());
        assertEquals(404, client.send("GET", "/api/messages/" + answer.path("id").asText() + "/passages/9", "").statusCode());
        assertEquals(404, client.send("GET", "/api/messages/none/passages/1", "").statusCode());
    }

    @Test
    void aTurnIsExportedAndImported() {
        var asked = ask("shop", "What does express delivery cost?");
        client.await(client.answer(asked, "{}"));
        var document = client.get("/api/conversations/" + asked.conversation() + "/export");
        var turn = document.at("/conversations/0/messages/1/turn");
        assertEquals("injection", turn.at("/decisions/0/guardrail").asText());
        var imported = client.ok("POST", "/api/import", document.toString()).at("/conversations/0/id").asText();
        var again = client.get("/api/conversations/" + imported).at("/messages/1");
        assertEquals("shop", again.path("model").asText());
        for (var name : List.of("assistant", "ending", "sources", "decisions", "tools"))
            assertEquals(turn.path(name), again.at("/turn/" + name));
        assertEquals(turn.at("/passages/0/text"), again.at("/turn/passages/0/text"));
        var shown = client.get("/api/messages/" + again.path("id").asText() + "/passages/1");
        assertTrue(shown.path("text").asText().contains("9.90 euros"));
        var broken = client.send("POST", "/api/import", document.toString().replace("\"ending\":\"answered\"", "\"ending\":\"sold\""));
        assertEquals(400, broken.statusCode(), broken.body());
        assertTrue(broken.body().contains("messages[1].turn.ending must be answered"), broken.body());
    }

    @Test
    void theTokensOfATurnAreTheCallersAndWhatIsSetAsideIsGivenBack() throws Exception {
        var asked = ask("shop", KNOWN);
        var used = new AtomicLong();
        var aside = new AtomicLong(); // comes back to 0 with each request to the engine
        var caller = new Caller("local", "local", new Meter() {
            @Override
            public long reserve(long prompt, long answers, boolean flexible) {
                aside.addAndGet(prompt + Math.min(answers, 5));
                return Math.min(answers, 5);
            }

            @Override
            public void settle(long reserved, long spent) {
                aside.addAndGet(-reserved);
                used.addAndGet(spent);
            }
        });
        try (var open = shop.copy("shop"); var assistants = ServedAssistants.of(List.of(open), server.models())) {
            var running = new RunningAnswers(new ChatEngine(server.models()), assistants, server.models(),
                    (owner, conversation) -> ConversationSources.NONE, new Messages(server.database()),
                    "other", note -> {});
            var answer = running.answer(caller, asked.conversation(), asked.question(), Optional.empty(),
                    JsonNodeFactory.instance.objectNode());
            var log = running.log("local", answer.id());
            var piece = log.next(Position.START, 256, Duration.ofSeconds(60));
            while (piece.ended().isEmpty()) piece = log.next(piece.to(), 256, Duration.ofSeconds(60));
            var usage = piece.ended().get().answer().orElseThrow().usage().orElseThrow();
            assertEquals(5, usage.completionTokens(), "as many as the caller may have");
            assertEquals(usage.promptTokens() + usage.completionTokens(), used.get());
            assertEquals(0, aside.get());
        }
    }

    @Test
    void twoAnswersAreComparedAsThoseOfModelsAre() {
        var asked = ask("shop", KNOWN);
        var sides = new ArrayList<String>();
        for (var model : List.of("shop", "tiny")) {
            sides.add(client.ok("POST", "/api/conversations/" + asked.conversation() + "/answers", "{\"parent\":\"" + asked.question()
                    + "\",\"model\":\"" + model + "\",\"settings\":{\"temperature\":0,\"max_tokens\":8}}").path("id").asText());
        }
        sides.forEach(client::await);
        client.ok("POST", "/api/conversations/" + asked.conversation() + "/comparisons",
                "{\"left\":\"" + sides.get(0) + "\",\"right\":\"" + sides.get(1) + "\",\"choice\":\"left\"}");
        assertEquals(List.of("shop", "tiny"),
                sides.stream().map(id -> message(asked.conversation(), id).path("model").asText()).toList());
    }

    @Test
    void aFormIsASettingOfTheConversation() {
        var conversation = client.ok("POST", "/api/conversations", "{\"model\":\"shop\",\"settings\":{\"form\":\"yes-or-no\",\"seed\":1}}")
                .path("id").asText();
        var asked = new ChatClient.Asked(conversation, client.say(conversation, null, KNOWN));
        var answer = client.await(client.answer(asked, "{}"));
        assertTrue(List.of("yes", "no").contains(answer.path("text").asText()), answer.toString());
        assertEquals("{\"form\":\"yes-or-no\"}", answer.path("settings").toString(), "it has all others of its own");
        var refused = client.send("POST", "/api/conversations/" + conversation + "/answers",
                "{\"parent\":\"" + asked.question() + "\",\"settings\":{\"form\":\"essay\"}}");
        assertEquals(400, refused.statusCode());
        assertEquals("The assistant shop has no form essay; it has yes-or-no, pick.",
                ChatClient.json(refused).at("/error/message").asText());
        assertEquals("是或否", client.get("/api/models").at("/models/2/form_titles/yes-or-no/zh").asText());
    }

    @Test
    void anEmptyMessageIsRefused() {
        var asked = ask("shop", "  ");
        var refused = client.send("POST", "/api/conversations/" + asked.conversation() + "/answers",
                "{\"parent\":\"" + asked.question() + "\"}");
        assertEquals(400, refused.statusCode());
        assertEquals("An empty message cannot be answered.", ChatClient.json(refused).at("/error/message").asText());
    }
}
