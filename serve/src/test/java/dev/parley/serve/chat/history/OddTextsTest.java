package dev.parley.serve.chat.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.Databases;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Texts that databases do not like, wherever a client can put them. */
class OddTextsTest {

    private static final List<String> ODD = List.of("", " ", "'", "\"; drop table messages; --", "%", "_", "!", "\\", "\u0000", "a\u0000b",
            "\uD800", "\uDC00\uD800", "🌱", "\uFFFF", "\u202E",
            "x".repeat(100_000));

    @TempDir
    private Path folder;

    private static void assertNotThere(String id, Consumer<String> work) {
        assertEquals(404, assertThrows(ApiError.class, () -> work.accept(id)).status());
    }

    @ParameterizedTest
    @EnumSource
    void anOddIdentifierIsOneThatIsNotThere(Databases kind) {
        try (var database = kind.open(folder)) {
            var conversations = new Conversations(database);
            var messages = new Messages(database);
            var ratings = new Ratings(database);
            var own = conversations.create("ada", Draft.EMPTY).id();
            for (var odd : ODD) {
                assertNotThere(odd, id -> conversations.get("ada", id));
                assertNotThere(odd, id -> conversations.delete("ada", id));
                assertNotThere(odd, id -> conversations.restore("ada", id));
                assertNotThere(odd, id -> conversations.change("ada", own, new Draft(Optional.empty(), Optional.empty(), Optional.empty(),
                        Optional.empty(), Optional.empty(), Optional.of(id))));
                assertNotThere(odd, id -> messages.all("ada", id));
                assertNotThere(odd, id -> messages.path("ada", id));
                assertNotThere(odd, id -> messages.tokens("ada", id));
                assertNotThere(odd, id -> messages.add("ada", own, Optional.of(id), Role.USER, "x"));
                assertNotThere(odd, id -> ratings.rate("ada", id, 1, ""));
                assertNotThere(odd, id -> ratings.compare("ada", own, id, id, Ratings.Choice.LEFT));
                assertNotThere(odd, id -> new Presets(database).delete("ada", id));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOddTextIsKeptAndFoundOrRefused(Databases kind) {
        try (var database = kind.open(folder)) {
            for (var odd : ODD) search(database, Texts.clean(odd));
        }
    }

    private static void search(Database database, String text) {
        var conversations = new Conversations(database);
        var messages = new Messages(database);
        var id = conversations.create("ada", Draft.EMPTY).id();
        var message = messages.add("ada", id, Optional.empty(), Role.USER, text);
        assertEquals(text, messages.get("ada", message.id()).text());
        if (text.length() > 200) {
            assertEquals(400, assertThrows(ApiError.class, () -> conversations.list("ada", text, Optional.empty(), 9)).status());
        } else {
            var found = conversations.list("ada", text, Optional.empty(), 100).conversations().stream().map(Conversation::id).toList();
            assertTrue(found.contains(id), "not found: " + text);
        }
    }
}
