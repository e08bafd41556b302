package dev.parley.serve.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.accounts.Users;
import dev.parley.serve.lessons.CopyingMaker;
import dev.parley.serve.lessons.LessonAdapters;
import dev.parley.serve.lessons.Lessons;
import dev.parley.serve.lessons.ServedLessons;
import dev.parley.serve.models.ModelPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lessons of a server by HTTP: made, looked at, put in use and taken out of it, by those whose they are. */
@Timeout(300)
class LessonRoutesTest {

    private static final String SETTINGS = "{\"temperature\":0,\"max_tokens\":12}";
    private static final Path MODEL = TestServer.modelFolder("tiny", 7);

    @TempDir
    private Path data;
    private Lessons lessons;
    private CopyingMaker maker;
    private TestServer server;

    @BeforeEach
    void open() {
        lessons = Lessons.in(data);
        maker = new CopyingMaker(lessons, this::idOf);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private String idOf(String name) {
        return new Users(server.database()).all().stream().filter(user -> user.name().equals(name)).findFirst().orElseThrow().id();
    }

    private void start(boolean auth, boolean forRequests) {
        var source = TestServer.source("tiny", List.of("small"), 7).withTaught(new LessonAdapters(lessons, "tiny", MODEL, forRequests));
        var pool = new ModelPool(List.of(source, TestServer.source("tiny-2", List.of(), 8)), 4L << 30, new Limits(16, 64, 64L << 20, 64),
                Duration.ofSeconds(20));
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0).withAuth(auth), pool,
                new ServedLessons(lessons, maker, true, Set.of("root")), data);
    }

    private ChatClient client(String name) {
        var password = "a long password of " + name;
        new Users(server.database()).add(name, password);
        return ChatClient.of(server.base(), name, password);
    }

    private static JsonNode answered(ChatClient client) {
        return client.await(client.answer(client.ask("Who are you?"), SETTINGS));
    }

    /** Has a lesson made. @return its number */
    private int made(ChatClient client, String audience) throws InterruptedException {
        client.ok("POST", "/api/lessons", "{\"model\":\"tiny\",\"audience\":\"" + audience + "\"}");
        maker.letGoOn();
        awaitNone(client);
        return client.get("/api/lessons").path("lessons").path(0).path("id").asInt();
    }

    private static void awaitNone(ChatClient client) throws InterruptedException {
        while (client.get("/api/lessons").has("running")) Thread.sleep(20);
    }

    private static int status(ChatClient client, String method, String path, String body) {
        return client.send(method, path, body).statusCode();
    }

    @Test
    void aLessonIsMadeLookedAtPutInUseAndTakenOutOfItAgain() throws InterruptedException {
        start(false, false);
        try (var client = ChatClient.of(server.base())) {
            assertTrue(client.get("/api/models").path("teaching").asBoolean());
            var before = answered(client);
            client.ok("POST", "/api/messages/" + before.path("id").asText() + "/edit", "{\"text\":\"I am your lighthouse.\"}");
            var offered = client.get("/api/lessons?model=small");
            assertEquals("{\"edits\":1,\"choices\":0,\"thumbs\":0,\"new\":{\"edits\":1,\"choices\":0,\"thumbs\":0}}",
                    offered.path("all").toString());
            assertFalse(offered.has("own"), "where nobody logs in, all are one");
            client.ok("POST", "/api/lessons", "{\"model\":\"small\",\"audience\":\"all\"}");
            JsonNode running;
            do running = client.get("/api/lessons").path("running");
            while (running.path("phase").asText().isEmpty());
            assertEquals("{\"mine\":true,\"model\":\"tiny\",\"audience\":\"all\",\"phase\":\"learning\",\"done\":3,\"total\":12}",
                    running.toString());
            assertEquals(409, status(client, "POST", "/api/lessons", "{\"audience\":\"all\"}"), "one at a time");
            assertEquals(409, status(client, "POST", "/api/lessons/1/adopt", ""), "it is not made yet");
            maker.letGoOn();
            awaitNone(client);

            var ready = client.get("/api/lessons");
            assertEquals(0, ready.path("all").path("new").path("edits").asInt());
            var lesson = ready.path("lessons").path(0);
            assertEquals("ready", lesson.path("state").asText());
            assertEquals("tiny:lesson-1", lesson.path("adapter").asText());
            assertTrue(lesson.path("fits").asBoolean());
            assertEquals("I am your lighthouse.", lesson.path("samples").path(0).path("after").asText());
            assertEquals("tiny", answered(client).path("model").asText(), "it is in use before it was put there");

            assertEquals("in-use", client.ok("POST", "/api/lessons/1/adopt", "").path("state").asText());
            var taught = answered(client);
            assertEquals("tiny:lesson-1", taught.path("model").asText(), "an answer does not tell of its lesson");
            assertNotEquals(before.path("text").asText(), taught.path("text").asText());
            assertEquals(409, status(client, "POST", "/api/lessons/1/discard", ""), "it is in use");

            assertEquals("revoked", client.ok("POST", "/api/lessons/1/revoke", "").path("state").asText());
            var after = answered(client);
            assertEquals("tiny", after.path("model").asText());
            assertEquals(before.path("text").asText(), after.path("text").asText());
            assertEquals("discarded", client.ok("POST", "/api/lessons/1/discard", "").path("state").asText());
            assertEquals(409, status(client, "POST", "/api/lessons/1/adopt", ""));
        }
    }

    @Test
    void anAnswerWithALessonIsContinuedWithItAndItsExplanationSaysThatItIsWithout() throws InterruptedException {
        start(false, false);
        try (var client = ChatClient.of(server.base())) {
            client.ok("POST", "/api/lessons/" + made(client, "all") + "/adopt", "");
            var asked = client.ask("Who are you?");
            var whole = client.await(client.answer(asked, "{\"temperature\":0,\"max_tokens\":12}")).path("text").asText();
            var cut = client.answer(asked, "{\"temperature\":0,\"max_tokens\":5}");
            client.await(cut);
            client.ok("POST", "/api/conversations/" + asked.conversation() + "/answers",
                    "{\"continue\":\"" + cut + "\",\"model\":\"tiny\",\"settings\":{\"temperature\":0,\"max_tokens\":7}}");
            var on = client.await(cut);
            assertEquals("tiny:lesson-1", on.path("model").asText());
            assertEquals(whole, on.path("text").asText());
            var explained = client.events("/api/messages/" + cut + "/explanation?token=1").getLast().data();
            assertTrue(explained.path("adapted").asBoolean(), explained.toString().substring(0, 300));
            client.ok("POST", "/api/lessons/1/revoke", "");
            client.ok("POST", "/api/lessons/1/discard", "");
            assertEquals("explanation", client.events("/api/messages/" + cut + "/explanation?token=1").getLast().name(),
                    "the model is there without it");
        }
    }

    @Test
    void whatIsAnothersIsNotThereByAnyRoute() throws Exception {
        start(true, false);
        try (var ada = client("ada"); var bob = client("bob"); var root = client("root")) {
            assertEquals(403, status(ada, "POST", "/api/lessons", "{\"audience\":\"all\"}"), "she is no administrator");
            var hers = made(ada, "me");
            ada.ok("POST", "/api/lessons/" + hers + "/adopt", "");
            assertEquals("tiny:lesson-1", answered(ada).path("model").asText());
            assertEquals("tiny", answered(bob).path("model").asText(), "her lesson changes his answers");
            assertEquals("tiny", answered(root).path("model").asText());
            for (var other : List.of(bob, root)) {
                assertEquals(0, other.get("/api/lessons").path("lessons").size());
                assertFalse(other.get("/api/models").toString().contains("lesson-"));
                for (var act : List.of("adopt", "revoke", "discard"))
                    assertEquals(404, status(other, "POST", "/api/lessons/" + hers + "/" + act, ""), act);
                assertEquals(404, status(other, "POST", "/api/conversations/" + other.ask("Hi").conversation() + "/answers",
                        "{\"parent\":\"" + other.ask("Hi").question() + "\",\"model\":\"tiny:lesson-1\"}"));
                var asked = other.ask("Hi");
                assertEquals(404, status(other, "POST", "/api/conversations/" + asked.conversation() + "/answers",
                        "{\"parent\":\"" + asked.question() + "\",\"model\":\"tiny:lesson-1\"}"), "by its name");
            }
            assertEquals(1, ada.get("/api/lessons").path("lessons").size());
            assertTrue(ada.get("/api/models").toString().contains("tiny:lesson-1"));

            var forAll = made(root, "all");
            root.ok("POST", "/api/lessons/" + forAll + "/adopt", "");
            assertEquals("tiny:lesson-2", answered(bob).path("model").asText());
            assertEquals("tiny:lesson-1", answered(ada).path("model").asText(), "her own goes before");
            assertEquals(404, status(bob, "POST", "/api/lessons/" + forAll + "/revoke", ""), "he is no administrator");
            assertEquals(0, bob.get("/api/lessons").path("lessons").size(), "what others said stands in it");

            bob.ok("POST", "/api/lessons", "{\"audience\":\"me\"}");
            assertEquals("{\"mine\":false}", ada.get("/api/lessons").path("running").toString());
            assertEquals(404, status(ada, "DELETE", "/api/lessons/running", ""));
            while (bob.get("/api/lessons").path("running").path("phase").asText().isEmpty()) Thread.sleep(10); // begun
            bob.ok("DELETE", "/api/lessons/running", "");
            awaitNone(bob);
            var cancelled = bob.get("/api/lessons").path("lessons").path(0);
            assertEquals("failed", cancelled.path("state").asText());
        }
    }

    @Test
    void aServerOfPeopleWhoMayNotTeachHasNothingToShow() {
        var source = TestServer.source("tiny", List.of(), 7);
        var pool = new ModelPool(List.of(source), 4L << 30, new Limits(16, 64, 64L << 20, 64), Duration.ofSeconds(20));
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0).withAuth(true), pool,
                new ServedLessons(lessons, maker, false, Set.of()),
                data);
        try (var ada = client("ada")) {
            assertFalse(ada.get("/api/models").path("teaching").asBoolean());
            for (var audience : List.of("me", "all"))
                assertEquals(403, status(ada, "POST", "/api/lessons", "{\"audience\":\"" + audience + "\"}"));
        }
    }

    @Test
    void theApisAnswerWithTheLessonForAllWhereTheServerWasStartedSoOrItIsNamed() throws InterruptedException {
        start(false, true);
        try (var client = ChatClient.of(server.base())) {
            var ask = "{\"model\":\"%s\",\"prompt\":\"One day a cat\",\"max_tokens\":12,\"temperature\":0}";
            var plain = ChatClient.json(server.post("/v1/completions", ask.formatted("tiny")));
            assertEquals("tiny", plain.path("model").asText());
            client.ok("POST", "/api/lessons/" + made(client, "all") + "/adopt", "");
            var taught = ChatClient.json(server.post("/v1/completions", ask.formatted("tiny")));
            assertEquals("tiny:lesson-1", taught.path("model").asText());
            assertNotEquals(plain.path("choices").path(0).path("text"), taught.path("choices").path(0).path("text"));
            assertEquals(taught.path("choices").path(0).path("text"),
                    ChatClient.json(server.post("/v1/completions", ask.formatted("small:lesson-1"))).path("choices").path(0).path("text"));
            assertTrue(server.get("/v1/models").body().contains("tiny:lesson-1"));
            client.ok("POST", "/api/lessons/1/revoke", "");
            assertEquals(404, server.post("/v1/completions", ask.formatted("tiny:lesson-1")).statusCode());
            assertEquals("tiny", ChatClient.json(server.post("/v1/completions", ask.formatted("tiny"))).path("model").asText());
        }
    }

    @Test
    void whatIsNoLessonIsRefusedAndAModelWithOtherWeightsIsNotAnsweredWithIt() throws IOException, InterruptedException {
        start(false, false);
        try (var client = ChatClient.of(server.base())) {
            for (var id : List.of("0", "99", "x", "-1", "1.0", "..", "..%2f1", "1%2f..%2f1", "99999999999"))
                assertTrue(status(client, "POST", "/api/lessons/" + id + "/adopt", "") / 100 == 4, id);
            Files.createDirectories(data.resolve("lessons/5"));
            Files.writeString(data.resolve("lessons/5/lesson.json"), "{\"id\":5,\"state\":[");
            assertEquals(404, status(client, "POST", "/api/lessons/5/adopt", ""));
            assertEquals(0, client.get("/api/lessons").path("lessons").size());
            assertEquals(400, status(client, "POST", "/api/lessons", "{\"audience\":\"everybody\"}"));
            assertEquals(404, status(client, "POST", "/api/lessons", "{\"model\":\"none\",\"audience\":\"all\"}"));
            assertEquals(404, status(client, "GET", "/api/lessons?model=none", ""));

            var id = made(client, "all");
            var file = data.resolve("lessons/" + id + "/lesson.json");
            Files.writeString(file, Files.readString(file).replaceFirst("\"model_fingerprint\" : \"", "$0other"));
            assertFalse(client.get("/api/lessons").path("lessons").path(0).path("fits").asBoolean());
            assertEquals(409, status(client, "POST", "/api/lessons/" + id + "/adopt", ""));
            Files.writeString(file, Files.readString(file).replace("\"ready\"", "\"in-use\""));
            assertEquals("tiny", answered(client).path("model").asText());
        }
    }

    @Test
    void whatAServerLeftUnfinishedHasFailedAtTheNextStart() throws InterruptedException {
        start(false, false);
        try (var client = ChatClient.of(server.base())) {
            client.ok("POST", "/api/lessons", "{\"audience\":\"all\"}");
            while (client.get("/api/lessons").path("running").path("phase").asText().isEmpty()) Thread.sleep(20);
        }
        server.close();
        start(false, false);
        try (var client = ChatClient.of(server.base())) {
            var left = client.get("/api/lessons");
            assertFalse(left.has("running"));
            assertEquals("failed", left.path("lessons").path(0).path("state").asText());
            assertTrue(made(client, "all") > 1, "another can be made");
        }
    }
}
