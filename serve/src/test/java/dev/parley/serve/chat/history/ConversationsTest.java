package dev.parley.serve.chat.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.Databases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Execution(ExecutionMode.CONCURRENT)
class ConversationsTest {

    @TempDir
    private Path folder;
    private Database database;
    private Conversations conversations;
    private Messages messages;

    private void open(Databases kind) {
        database = kind.open(folder);
        conversations = new Conversations(database);
        messages = new Messages(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static Draft titled(String title) {
        return new Draft(Optional.of(title), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static Draft pinned(boolean pinned) {
        return new Draft(Optional.empty(), Optional.of(pinned), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private List<String> titles(String query) {
        return conversations.list("ada", query, Optional.empty(), 100).conversations().stream().map(Conversation::title).toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(50, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertNotThere(Runnable work) {
        assertEquals(404, assertThrows(ApiError.class, work::run).status());
    }

    @ParameterizedTest
    @EnumSource
    void thePinnedOnesComeFirstThenTheLatest(Databases kind) throws InterruptedException {
        open(kind);
        var ids = new ArrayList<String>();
        for (var title : List.of("one", "two", "three")) {
            ids.add(conversations.create("ada", titled(title)).id());
            Thread.sleep(2); // times are in milliseconds
        }
        assertEquals(List.of("three", "two", "one"), titles(""));
        messages.add("ada", ids.get(0), Optional.empty(), Role.USER, "more");
        assertEquals(List.of("one", "three", "two"), titles(""));
        conversations.change("ada", ids.get(1), pinned(true));
        assertEquals(List.of("two", "one", "three"), titles(""));
        conversations.change("ada", ids.get(1), pinned(false));
        assertEquals(List.of("one", "three", "two"), titles(""), "to pin is not to update");
    }

    @ParameterizedTest
    @EnumSource
    void pagesTogetherAreTheWholeList(Databases kind) {
        open(kind);
        for (int i = 0; i < 23; i++) { // many of them in the same millisecond
            var id = conversations.create("ada", titled("c" + i)).id();
            if (i % 5 == 0) conversations.change("ada", id, pinned(true));
        }
        var all = new ArrayList<Conversation>();
        var next = Optional.<String>empty();
        do {
            var page = conversations.list("ada", "", next, 4);
            all.addAll(page.conversations());
            next = page.next();
        } while (next.isPresent());
        assertEquals(conversations.list("ada", "", Optional.empty(), 100).conversations(), all);
        assertEquals(23, all.size());
        assertEquals(400, assertThrows(ApiError.class, () -> conversations.list("ada", "", Optional.of("x"), 4)).status());
    }

    @ParameterizedTest
    @EnumSource
    void aSearchFindsTitlesAndTextsWhateverTheirCase(Databases kind) {
        open(kind);
        conversations.create("ada", titled("Über Äpfel"));
        var id = conversations.create("ada", titled("Fruit")).id();
        messages.add("ada", id, Optional.empty(), Role.USER, "Is 100% of it ÄPFEL_mus? 苹果");
        assertEquals(2, titles("äpfel").size());
        assertEquals(List.of("Fruit"), titles("苹果"));
        assertEquals(List.of("Fruit"), titles("100%"));
        assertEquals(List.of("Fruit"), titles("L_M"));
        assertEquals(List.of(), titles("0%o"), "% and _ are nothing but characters");
        assertEquals(List.of(), titles("Ä!p"));
        assertEquals(List.of(), titles("lxm"));
    }

    @ParameterizedTest
    @EnumSource
    void aSearchThatTakesTooLongIsBrokenOffWithASentence(Databases kind) {
        open(kind);
        for (int i = 0; i < 20; i++)
            messages.add("ada", conversations.create("ada", Draft.EMPTY).id(), Optional.empty(), Role.USER, "a".repeat(200_000));
        database.run(t -> { // many more of nothing, which are looked at too
            for (int i = 0; i < 3000; i++) {
                t.update(
                        "insert into conversations (id, owner, title, folded_title, pinned, created, updated, system_prompt, settings) "
                                + "values (?, 'ada', '', '', 0, 1, 1, '', '{}')",
                        "c" + i);
            }
        });
        var hasty = new Conversations(database, Quota.ALONE, Duration.ofMillis(1));
        var refused = assertThrows(ApiError.class, () -> hasty.list("ada", "b" + "a".repeat(198), Optional.empty(), 10));
        assertEquals(503, refused.status());
        assertEquals("search_too_long", refused.code());
        assertEquals(10, hasty.list("ada", "", Optional.empty(), 10).conversations().size(), "the list is no search");
        assertEquals(0, conversations.list("ada", "b" + "a".repeat(198), Optional.empty(), 10).conversations().size());
    }

    @ParameterizedTest
    @EnumSource
    void anOwnerSearchesTwiceAtOnceAndNoOftener(Databases kind) throws Exception {
        open(kind);
        var over = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2; i++) threads.submit(() -> database.search(Duration.ofSeconds(50), t -> { // so that others wait
                await(over);
                return 0;
            }));
            var searches = new ExecutorCompletionService<Integer>(threads);
            for (int i = 0; i < 3; i++) searches.submit(() -> conversations.list("ada", "x", Optional.empty(), 10).conversations().size());
            var refused = assertThrows(ExecutionException.class, searches.take()::get).getCause();
            assertEquals(429, ((ApiError) refused).status());
            over.countDown();
            for (int i = 0; i < 2; i++) assertEquals(0, searches.take().get());
            assertEquals(List.of(), titles("x"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDeletedOneIsGoneAndComesBackAsItWas(Databases kind) {
        open(kind);
        var conversation = conversations.create("ada", titled("keep me"));
        var message = messages.add("ada", conversation.id(), Optional.empty(), Role.USER, "Hi");
        var before = conversations.get("ada", conversation.id());
        conversations.delete("ada", conversation.id());
        assertEquals(List.of(), titles(""));
        assertNotThere(() -> conversations.get("ada", conversation.id()));
        assertNotThere(() -> conversations.delete("ada", conversation.id()));
        assertNotThere(() -> conversations.change("ada", conversation.id(), titled("x")));
        assertNotThere(() -> messages.get("ada", message.id()));
        assertNotThere(() -> messages.add("ada", conversation.id(), Optional.empty(), Role.USER, "x"));
        assertEquals(before, conversations.restore("ada", conversation.id()));
        assertEquals(List.of(message), messages.all("ada", conversation.id()));
        assertEquals(before, conversations.restore("ada", conversation.id()), "to take back what is there changes nothing");
    }

    @ParameterizedTest
    @EnumSource
    void whatWasDeletedLongAgoIsForgottenButItsRatings(Databases kind) {
        open(kind);
        var id = conversations.create("ada", titled("old")).id();
        var question = messages.add("ada", id, Optional.empty(), Role.USER, "Hi");
        var answer = messages.add("ada", id, Optional.of(question.id()), Role.ASSISTANT, "Hello.");
        new Ratings(database).rate("ada", answer.id(), 1, "");
        var kept = conversations.create("ada", titled("kept")).id();
        conversations.delete("ada", id);
        assertEquals(0, conversations.purge(System.currentTimeMillis() - 60_000));
        assertEquals(1, conversations.purge(System.currentTimeMillis() + 1));
        assertNotThere(() -> conversations.restore("ada", id));
        assertEquals(kept, conversations.get("ada", kept).id());
        assertEquals(0, database.call(t -> t.first("select count(*) from messages", row -> row.getInt(1))).orElseThrow());
        assertEquals(1, new Feedback(database).demonstrations().lines().size());
    }

    @ParameterizedTest
    @EnumSource
    void whatAnotherOwnerHasIsNotThere(Databases kind) {
        open(kind);
        var id = conversations.create("ada", titled("secret")).id();
        var message = messages.add("ada", id, Optional.empty(), Role.USER, "secret");
        var answer = messages.add("ada", id, Optional.of(message.id()), Role.ASSISTANT, "secret");
        var own = conversations.create("bob", Draft.EMPTY).id();
        var before = List.of(conversations.get("ada", id), messages.all("ada", id));
        assertTrue(conversations.list("bob", "secret", Optional.empty(), 10).conversations().isEmpty());
        assertEquals(List.of(own), conversations.ids("bob"));
        assertNotThere(() -> conversations.get("bob", id));
        assertNotThere(() -> conversations.change("bob", id, titled("mine")));
        assertNotThere(() -> conversations.delete("bob", id));
        assertNotThere(() -> conversations.restore("bob", id));
        assertNotThere(() -> messages.all("bob", id));
        assertNotThere(() -> messages.get("bob", message.id()));
        assertNotThere(() -> messages.path("bob", message.id()));
        assertNotThere(() -> messages.tokens("bob", answer.id()));
        assertNotThere(() -> messages.add("bob", id, Optional.empty(), Role.USER, "x"));
        assertNotThere(() -> messages.add("bob", own, Optional.of(message.id()), Role.USER, "x"));
        assertNotThere(() -> conversations.change("bob", own, new Draft(Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.of(message.id()))));
        assertNotThere(() -> new Ratings(database).rate("bob", answer.id(), 1, ""));
        assertNotThere(() -> new Ratings(database).compare("bob", id, answer.id(), answer.id(), Ratings.Choice.TIE));
        assertNotThere(() -> new Ratings(database).compare("bob", own, answer.id(), answer.id(), Ratings.Choice.TIE));
        conversations.delete("ada", id);
        assertNotThere(() -> conversations.restore("bob", id));
        conversations.restore("ada", id);
        assertEquals(before, List.of(conversations.get("ada", id), messages.all("ada", id)));
    }

    @ParameterizedTest
    @EnumSource
    void presetsAreTheirOwnersAlone(Databases kind) {
        open(kind);
        var presets = new Presets(database);
        var preset = new Preset("p", "Brief", Optional.of("tiny"), "Be brief.",
                JsonNodeFactory.instance.objectNode().put("temperature", 0.5));
        presets.add("ada", preset);
        assertEquals(List.of(preset), presets.list("ada"));
        assertEquals(List.of(), presets.list("bob"));
        assertNotThere(() -> presets.delete("bob", "p"));
        presets.delete("ada", "p");
        assertEquals(List.of(), presets.list("ada"));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSaidOfAConversationIsKeptAndCanBeTakenBack(Databases kind) {
        open(kind);
        var settings = JsonNodeFactory.instance.objectNode().put("temperature", 0.3).put("stop", "NUL \u0000 and 🌱");
        var draft = new Draft(Optional.of("A \uD800 title"), Optional.of(true), Optional.of("tiny"), Optional.of("Be brief."),
                Optional.of(settings), Optional.empty());
        var made = conversations.create("ada", draft);
        assertEquals(settings, conversations.get("ada", made.id()).settings());
        assertTrue(conversations.get("ada", made.id()).pinned());
        var taken = conversations.change("ada", made.id(),
                new Draft(Optional.empty(), Optional.empty(), Optional.of(""), Optional.of(""), Optional.empty(), Optional.empty()));
        assertEquals(Optional.empty(), taken.model());
        assertEquals("", taken.system());
        assertEquals(settings, taken.settings());
    }
}
