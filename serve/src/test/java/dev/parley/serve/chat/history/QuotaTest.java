package dev.parley.serve.chat.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.Databases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuotaTest {

    private static final String SERVER = "this";

    /** All that is kept of each owner, counted from the rows. */
    private static final String ROWS = """
            select coalesce(sum(n), 0) from (
                select 300 + length(system_prompt) + length(settings) as n from conversations where owner = ?
                union all select 300 + length(m.text) + coalesce(length(m.system_prompt), 0) + coalesce(length(m.settings), 0) + coalesce(length(m.turn), 0)
                    from messages m join conversations c on c.id = m.conversation where c.owner = ?
                union all select length(a.tokens) from answer_tokens a join messages m on m.id = a.message join conversations c on c.id = m.conversation where c.owner = ?
                union all select 300 + length(prompt) + length(answer) + length(rating_comment) from ratings where owner = ?
                union all select 300 + length(prompt) + length(left_answer) + length(right_answer) from comparisons where owner = ?
                union all select 300 + length(prompt) + length(answer) + length(edited) from edits where owner = ?
                union all select 300 + length(name) + length(system_prompt) + length(settings) from presets where owner = ?) as counted""";

    @TempDir
    private Path folder;
    private Database database;
    private Conversations conversations;
    private Messages messages;
    private Ratings ratings;
    private Presets presets;

    private void open(Databases kind, Quota quota) {
        database = kind.open(folder);
        conversations = new Conversations(database, quota);
        messages = new Messages(database, quota);
        ratings = new Ratings(database, quota);
        presets = new Presets(database, quota);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static Draft told(String system) {
        return new Draft(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(system), Optional.empty(), Optional.empty());
    }

    private static ChatMessage answer(String conversation, String id, String parent) {
        return new ChatMessage(id, conversation, Optional.of(parent), Role.ASSISTANT, "", 5, Status.RUNNING,
                Optional.of(Answer.begun("tiny", "Be brief.", JsonNodeFactory.instance.objectNode())), 0, "");
    }

    private static StoredTokens tokens(int from, int to) {
        return new StoredTokens(IntStream.range(from, to).mapToObj(i -> new AnswerToken(i, "🌱\"", -i / 4.0, List.of())).toList(),
                IntStream.range(from, to).boxed().toList());
    }

    private static String refused(Runnable work) {
        var refused = assertThrows(ApiError.class, work::run);
        assertEquals(413, refused.status(), refused.getMessage());
        return refused.code();
    }

    private long counted(String owner) {
        return database.read(t -> t.first("select characters from stored where owner = ?", row -> row.getLong(1), owner)).orElse(0L);
    }

    private long rows(String owner) {
        return database.read(t -> t.first(ROWS, row -> row.getLong(1), owner, owner, owner, owner, owner, owner, owner)).orElseThrow();
    }

    private void assertCounted() {
        for (var owner : List.of("ada", "bob")) assertEquals(rows(owner), counted(owner), owner);
    }

    private String say(String conversation, String text) {
        return messages.add("ada", conversation, Optional.empty(), Role.USER, text).id();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsCountedIsWhatIsThereWhateverIsDone(Databases kind) throws IOException {
        open(kind, Quota.ALONE);
        var id = conversations.create("ada", told("Be brief. 🌱")).id();
        var question = say(id, "Grün 🌱?");
        assertCounted();
        messages.begin("ada", answer(id, "answer", question), SERVER);
        messages.keep(SERVER, "answer", "Ja 🌱", 0, tokens(0, 3));
        messages.keep(SERVER, "answer", "Ja 🌱, und", 3, tokens(3, 5));
        assertCounted();
        messages.keepTurn(SERVER, "answer", JsonNodeFactory.instance.objectNode().put("assistant", "laden 🌱").put("ending", "answered"));
        messages.keepTurn(SERVER, "answer", JsonNodeFactory.instance.objectNode().put("assistant", "laden 🌱"));
        messages.keepTurn("another", "answer", JsonNodeFactory.instance.objectNode().put("assistant", "what another server writes"));
        assertCounted();
        var ended = messages.get("ada", "answer").with("Ja 🌱, und wie.", Status.CANCELLED,
                messages.get("ada", "answer").answer().orElseThrow());
        messages.end(SERVER, ended, 5, tokens(5, 9));
        ratings.rate("ada", "answer", 1, "gut");
        ratings.rate("ada", "answer", -1, "");
        assertCounted();
        messages.resume("ada", messages.get("ada", "answer"), SERVER);
        messages.end(SERVER, ended.with("anders", Status.DONE, ended.answer().orElseThrow()), 0, tokens(0, 2));
        var other = messages.add("ada", id, Optional.of(question), Role.ASSISTANT, "Nein.").id();
        ratings.compare("ada", id, "answer", other, Ratings.Choice.LEFT);
        var edits = new Edits(database);
        edits.edit("ada", "answer", "So ist es 🌱");
        edits.takeBack("ada", edits.edit("ada", "answer", "Nein 🌱").id());
        conversations.change("ada", id, told("Be long. 🌱🌱"));
        presets.add("ada", new Preset("p", "Kurz", Optional.empty(), "Be brief.", JsonNodeFactory.instance.objectNode()));
        var document = new ByteArrayOutputStream();
        new Export(conversations, messages).write("ada", List.of(id), document);
        new Import(database).add("bob", JsonBody.JSON.readTree(document.toByteArray()));
        assertEquals(rows("ada") + 1, counted("ada"), "going on took a character"); // which is on the safe side
        assertEquals(rows("bob"), counted("bob"));
        assertTrue(rows("bob") > 1000);

        ratings.rate("ada", "answer", 0, "");
        presets.delete("ada", "p");
        conversations.delete("ada", id);
        assertEquals(rows("ada") + 1, counted("ada"), "until it is forgotten");
        conversations.purge(System.currentTimeMillis() + 1);
        assertEquals(rows("ada") + 1, counted("ada"), "the comparison is left");
        assertEquals(rows("bob"), counted("bob"));
    }

    @ParameterizedTest
    @EnumSource
    void aConversationTakesNoMoreThanCanBeReadTogether(Databases kind) throws IOException {
        open(kind, new Quota(1000, Long.MAX_VALUE));
        var id = conversations.create("ada", told("x".repeat(600))).id();
        var question = say(id, "x".repeat(500));
        assertEquals("conversation_full", refused(() -> say(id, "x".repeat(501))));
        messages.begin("ada", answer(id, "answer", question), SERVER);
        var tooLong = messages.get("ada", "answer").with("y".repeat(600), Status.CANCELLED,
                messages.get("ada", "answer").answer().orElseThrow());
        assertTrue(messages.end(SERVER, tooLong, 0, StoredTokens.NONE), "what is written already is not lost");
        assertEquals("conversation_full", refused(() -> messages.resume("ada", messages.get("ada", "answer"), SERVER)));
        assertEquals("conversation_full", refused(() -> messages.begin("ada", answer(id, "next", question), SERVER)));
        assertEquals(2, messages.all("ada", id).size());
        var document = new ByteArrayOutputStream();
        new Export(conversations, messages).write("ada", List.of(id), document);
        assertEquals("conversation_full", refused(() -> new Import(database, new Quota(1000, Long.MAX_VALUE)).add("bob", read(document))));
        assertEquals(List.of(), conversations.ids("bob"));
        say(conversations.create("ada", Draft.EMPTY).id(), "x".repeat(1000));
        assertCounted();
    }

    private static JsonNode read(ByteArrayOutputStream document) {
        try {
            return JsonBody.JSON.readTree(document.toByteArray());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOwnerFillsTheDiskByNothing(Databases kind) {
        open(kind, new Quota(100_000, 20_000));
        var id = conversations.create("ada", Draft.EMPTY).id();
        var question = say(id, "x".repeat(5000));
        var answer = messages.add("ada", id, Optional.of(question), Role.ASSISTANT, "Hello.").id();
        var other = messages.add("ada", id, Optional.of(question), Role.ASSISTANT, "Bye.").id();
        assertEquals("storage_full", refused(() -> {
            while (true) ratings.compare("ada", id, answer, other, Ratings.Choice.TIE);
        }));
        assertEquals("storage_full", refused(() -> ratings.rate("ada", answer, 1, "")));
        assertEquals("storage_full", refused(() -> say(id, "x".repeat(5000))));
        assertEquals("storage_full", refused(() -> {
            while (true) conversations.create("ada", Draft.EMPTY);
        }));
        assertEquals("storage_full", refused(() -> conversations.change("ada", id, told("x".repeat(5000)))));
        assertEquals("storage_full", refused(() -> presets.add("ada",
                new Preset("p", "Brief", Optional.empty(), "x".repeat(5000), JsonNodeFactory.instance.objectNode()))));
        assertEquals("storage_full", refused(() -> {
            while (true) messages.begin("ada", answer(id, UUID.randomUUID().toString(), question), SERVER);
        }));
        assertTrue(counted("ada") <= 20_000);
        assertCounted();
        new Conversations(database, new Quota(100_000, 20_000)).create("bob", Draft.EMPTY);
        conversations.delete("ada", id);
        conversations.purge(System.currentTimeMillis() + 1);
        conversations.create("ada", Draft.EMPTY);
        assertCounted();
    }

    @Test
    void whatAnOlderServerKeptIsCounted() {
        Flyway.configure().dataSource("jdbc:sqlite:" + folder.resolve("parley.db"), null, null).locations("classpath:db/migration")
                .target("3").load().migrate();
        try (var old = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("parley.db")); var statement = old.createStatement()) {
            statement.execute(
                    "insert into conversations (id, owner, title, folded_title, pinned, created, updated, system_prompt, settings) values "
                            + "('c', 'ada', '', '', 0, 1, 1, 'Be brief.', '{}')");
            statement.execute(
                    "insert into messages (id, conversation, number, role, text, folded, created, status) values ('q', 'c', 1, 'user', "
                            + "'Grün 🌱?', '', 1, 'done')");
            statement.execute(
                    "insert into messages (id, conversation, number, parent, role, text, folded, created, status, model, system_prompt, "
                            + "settings)"
                            + " values ('a', 'c', 2, 'q', 'assistant', 'Ja.', '', 1, 'done', 'tiny', 'Be brief.', '{}')");
            statement.execute("insert into answer_tokens (message, first_token, tokens) values ('a', 0, '[[1]]')");
            statement.execute(
                    "insert into ratings (message, owner, rating, rating_comment, prompt, answer, settings, created) values ('a', 'ada', "
                            + "1, 'gut', '[]', 'Ja.', '{}', 1)");
            statement.execute(
                    "insert into presets (id, owner, name, system_prompt, settings, created) values ('p', 'bob', 'Kurz', 'Be brief.', "
                            + "'{}', 1)");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        open(Databases.SQLITE, new Quota(30, Long.MAX_VALUE));
        assertCounted();
        assertTrue(counted("ada") > 1200 && counted("bob") > 300);
        assertEquals("conversation_full", refused(() -> say("c", "more than there is room for")));
        conversations.delete("ada", "c");
        conversations.purge(System.currentTimeMillis() + 1);
        assertCounted();
    }
}
