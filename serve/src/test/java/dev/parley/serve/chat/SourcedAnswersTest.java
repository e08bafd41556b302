package dev.parley.serve.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.assist.tools.McpToolSource;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.IndexProgress;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.chat.ChatClient.Asked;
import dev.parley.serve.chat.ChatClient.Event;
import dev.parley.serve.chat.documents.KnowledgeFolders;
import dev.parley.serve.chat.tools.ToolServers;
import dev.parley.serve.models.ModelSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Answers from attached files, folders and tools of real MCP servers. The model has random weights; where it is to call a tool, its answer
 * is held to that call by structured output.
 */
@Timeout(300)
class SourcedAnswersTest {

    private static final List<String> CALLS = List.of("echo ahoy", "echo no", "echo yes", "hang x");

    @TempDir
    static Path folder;

    private static KnowledgeFolders folders;
    private static ToolServers tools;
    private static TestServer server;
    private static ChatClient client;

    @BeforeAll
    static void start() throws IOException {
        Files.createDirectories(folder.resolve("handbook"));
        Files.writeString(folder.resolve("handbook/boats.md"), "# Hire\n\nA boat may be kept for six hours.\n\n# Deposit\n\nThe deposit is "
                + "80 euros.\n");
        var handbook = KnowledgeBase.open(folder.resolve("index"), Embedder.NONE);
        handbook.refresh(List.of(folder.resolve("handbook")), IndexProgress.NONE);
        folders = new KnowledgeFolders(Map.of("handbook", handbook));
        var limits = McpToolSource.Limits.DEFAULT.withCall(Duration.ofSeconds(2));
        tools = new ToolServers(List.of(new McpToolSource(EchoMcpServer.config("echo", ""), limits),
                new McpToolSource(EchoMcpServer.config("free", ""), limits),
                new McpToolSource(EchoMcpServer.config("mute", "mute"), limits)),
                Set.of("free/echo"));
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0), List.of(),
                new ChatSources(folder.resolve("data"), Embedder.NONE, folders, tools), callers());
        client = ChatClient.of(server.base());
        while (client.get("/api/tools").path("servers").get(0).path("connecting").asBoolean()
                || client.get("/api/tools").path("servers").get(1).path("connecting").asBoolean())
            Thread.onSpinWait();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
        tools.close();
        folders.close();
    }

    private static Asked asked(String draft, String text) {
        var conversation = client.ok("POST", "/api/conversations", draft).path("id").asText();
        return new Asked(conversation, client.say(conversation, null, text));
    }

    private static void attach(String conversation, String name, String text) throws InterruptedException {
        client.upload("/api/conversations/" + conversation + "/attachments?name=" + name, text.getBytes(StandardCharsets.UTF_8));
    }

    // ---- documents ----

    @Test
    void anAnswerStandsOnTheAttachedFileAndItsPassageCanBeOpened() throws Exception {
        var asked = asked("{}", "How long may a bicycle be kept?");
        attach(asked.conversation(), "rules.md", "# Bicycles\n\nA bicycle may be kept for three days.\n");
        var answer = client.await(client.answer(asked, "{\"max_tokens\": 8}"));
        assertEquals("done", answer.path("status").asText(), answer.toString());
        var passage = answer.at("/turn/passages/0");
        assertEquals("rules.md", passage.path("source").asText());
        assertEquals("A bicycle may be kept for three days.", passage.path("text").asText());
        assertEquals("[1]", answer.at("/turn/sources").toString());
        var alone = client.await(client.answer(asked("{}", "How long may a bicycle be kept?"), "{\"max_tokens\": 8}"));
        assertTrue(alone.path("turn").isMissingNode(), "a conversation without files is answered as ever");
        assertTrue(answer.at("/usage/prompt_tokens").asInt() > alone.at("/usage/prompt_tokens").asInt() + 20, "the passage is read");
        var opened = client.get("/api/messages/" + answer.path("id").asText() + "/passages/1");
        assertEquals("A bicycle may be kept for three days.", opened.path("text").asText());
        assertTrue(opened.path("before").asText().contains("Bicycles"), opened.toString());
        assertFalse(opened.path("changed").asBoolean());
        var file = client.get("/api/conversations/" + asked.conversation() + "/attachments").at("/attachments/0/id").asText();
        client.ok("DELETE", "/api/conversations/" + asked.conversation() + "/attachments/" + file, "");
        var after = client.await(client.answer(asked, "{\"max_tokens\": 8}"));
        assertTrue(after.path("turn").isMissingNode(), "a file that was removed is not answered from");
        assertTrue(client.get("/api/messages/" + answer.path("id").asText() + "/passages/1").path("changed").asBoolean());
    }

    @Test
    void ofALongFileThePassagesThatFitAreGivenAndOfAQuestionOnAllItsBeginning() throws Exception {
        var text = new StringBuilder("# Chapter\n\nThis book tells of forty rivers.\n\n");
        for (int i = 0; i < 40; i++) text.append("# River ").append(i).append("\n\nThe river number ").append(i).append(" is ")
                .append(100 + i).append(" kilometres long").append(i == 31 ? " and full of sturgeons" : "").append(".\n\n");
        var asked = asked("{}", "Where are sturgeons?");
        attach(asked.conversation(), "rivers.md", text.toString());
        var found = client.await(client.answer(asked, "{\"max_tokens\": 4}"));
        assertTrue(found.at("/turn/passages/0/text").asText().contains("sturgeons"), found.toString());
        var all = client.say(asked.conversation(), null, "Summarise it please");
        var summary = client.await(client.answer(new Asked(asked.conversation(), all), "{\"max_tokens\": 4}"));
        assertEquals("This book tells of forty rivers.", summary.at("/turn/passages/0/text").asText(), summary.toString());
    }

    @Test
    void aChosenFolderIsAnsweredFromAndOneThatIsNotThereIsNothing() throws Exception {
        var chosen = asked("{\"knowledge\": [\"handbook\", \"gone\"]}", "How many euros is the deposit?");
        var answer = client.await(client.answer(chosen, "{\"max_tokens\": 4}"));
        assertEquals("handbook/boats.md", answer.at("/turn/passages/0/source").asText(), answer.toString());
        assertTrue(answer.at("/turn/passages/0/text").asText().contains("80 euros"));
        assertEquals("[\"handbook\",\"gone\"]", client.get("/api/conversations/" + chosen.conversation()).path("knowledge").toString());
        var none = client.await(client.answer(asked("{\"knowledge\": [\"handbook\"]}", "Who painted the Mona Lisa?"),
                "{\"max_tokens\": 4}"));
        assertEquals(0, none.at("/turn/passages").size());
        assertEquals("answered", none.at("/turn/ending").asText());
    }

    // ---- tools ----

    private static List<ModelSource> callers() {
        return CALLS.stream().map(call -> TestServer.caller(call.replace(' ', '-'), call.split(" ")[0], call.split(" ")[1], folder))
                .toList();
    }

    /** Asks the model that makes one call again and again. */
    private static String called(Asked asked, String tool, String text) {
        return client.ok("POST", "/api/conversations/" + asked.conversation() + "/answers", "{\"parent\": \"" + asked.question()
                + "\", \"model\": \"" + tool + "-" + text + "\", \"settings\": {\"max_tokens\": 60}}").path("id").asText();
    }

    private static List<JsonNode> calls(List<Event> events) {
        return events.getLast().data().at("/message/turn/tools").valueStream().toList();
    }

    private static Event awaitAsking(String answer) {
        return client.events(answer, "", e -> e.name().equals("turn") && !last(e).path("asking").isMissingNode()).getLast();
    }

    private static JsonNode last(Event event) {
        var tools = event.data().path("tools");
        return tools.path(tools.size() - 1);
    }

    private static int decide(String answer, String call, String decision) {
        return client.send("POST", "/api/answers/" + answer + "/calls/" + call, "{\"decision\": \"" + decision + "\"}").statusCode();
    }

    @Test
    void consentIsAskedForEachCallUntilItIsGivenForTheConversation() {
        var asked = asked("{\"tools\": [\"echo\"]}", "Say it.");
        var id = called(asked, "echo", "ahoy");
        var first = last(awaitAsking(id));
        assertEquals("echo", first.path("tool").asText());
        assertEquals("ahoy", first.at("/arguments/text").asText());
        assertTrue(first.path("result").isMissingNode(), "it is not called before");
        assertEquals(404, decide(id, "another", "once"));
        assertEquals(400, decide(id, first.path("asking").asText(), "perhaps"));
        assertEquals(204, decide(id, first.path("asking").asText(), "once"));
        var second = last(client.events(id, "", e -> e.name().equals("turn") && e.data().path("tools").size() == 2
                && !last(e).path("asking").isMissingNode()).getLast());
        assertEquals(404, decide(id, first.path("asking").asText(), "once"), "a decision counts once");
        assertEquals(204, decide(id, second.path("asking").asText(), "conversation"));
        var all = calls(client.events(id, ""));
        assertEquals(4, all.size(), "the model is held to calls, and so makes as many as it may");
        for (var call : all) {
            assertEquals("You said: ahoy", call.path("result").asText());
            assertTrue(call.path("asking").isMissingNode());
        }
        assertEquals("[\"echo/echo\"]",
                client.get("/api/conversations/" + asked.conversation() + "/allowed-tools").path("tools").toString());
        client.ok("DELETE", "/api/conversations/" + asked.conversation() + "/allowed-tools", "");
        var again = called(asked, "echo", "ahoy");
        awaitAsking(again);
        client.ok("POST", "/api/answers/" + again + "/stop", "{}");
        var stopped = client.await(again);
        assertEquals("cancelled", stopped.path("status").asText(), "who stops need not decide first: " + stopped);
        assertEquals(404, decide(again, second.path("asking").asText(), "once"));
    }

    @Test
    void aDeniedCallIsAnErrorForTheModelAndTheOperatorsListNeedsNobody() {
        var id = called(asked("{\"tools\": [\"echo\"]}", "Say it."), "echo", "no");
        for (int i = 1; i <= 4; i++) {
            var count = i;
            var asking = last(client.events(id, "", e -> e.name().equals("turn") && e.data().path("tools").size() == count
                    && !last(e).path("asking").isMissingNode()).getLast()).path("asking").asText();
            assertEquals(204, decide(id, asking, "deny"));
        }
        var denied = calls(client.events(id, ""));
        assertTrue(denied.stream().allMatch(c -> c.path("error").asBoolean() && c.path("result").asText().contains("did not allow")));
        var free = calls(client.events(called(asked("{\"tools\": [\"free\"]}", "Say it."), "echo", "yes"), ""));
        assertEquals(4, free.stream().filter(c -> c.path("result").asText().equals("You said: yes")).count(), free.toString());
    }

    @Test
    void aServerThatHangsCostsItsCallsAndNeverTheChat() {
        var conversation = asked("{\"tools\": [\"echo\", \"mute\"]}", "Say it.");
        var id = called(conversation, "hang", "x");
        var asking = last(awaitAsking(id)).path("asking").asText();
        decide(id, asking, "conversation");
        var all = client.events(id, "");
        assertEquals("done", all.getLast().data().at("/message/status").asText());
        assertTrue(calls(all).stream().allMatch(c -> c.path("error").asBoolean()), calls(all).toString());
        assertTrue(calls(all).getFirst().path("result").asText().contains("had not answered within 2 s"), calls(all).toString());
        var hung = called(conversation, "hang", "x");
        client.events(hung, "", e -> e.name().equals("turn") && e.data().path("tools").size() == 1);
        client.ok("POST", "/api/answers/" + hung + "/stop", "{}");
        assertEquals("cancelled", client.await(hung).path("status").asText(), "it can be stopped meanwhile");
    }
}
