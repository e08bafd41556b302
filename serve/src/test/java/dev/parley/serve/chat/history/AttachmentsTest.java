package dev.parley.serve.chat.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.chat.history.Attachment.State;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Databases;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is known of attached files, on SQLite and PostgreSQL alike. */
class AttachmentsTest {

    @ParameterizedTest
    @EnumSource
    void filesAreKeptAndCountedWithTheirConversation(Databases databases, @TempDir Path folder) {
        try (var database = databases.open(folder)) {
            var conversations = new Conversations(database, Quota.SHARED);
            var attachments = new Attachments(database, Quota.SHARED);
            assertEquals(attachments.databaseId(), attachments.databaseId());
            var id = conversations.create("ada", Draft.EMPTY).id();
            var first = attachments.add("ada", id, "a.txt", 1000);
            var second = attachments.add("ada", id, "A.TXT", 10);
            assertEquals("A (2).TXT", second.name());
            assertEquals(List.of(new Attachments.Unread(id, "ada")), attachments.unread());
            attachments.read(first.id(), State.READY, 3, Optional.empty());
            attachments.read(second.id(), State.FAILED, 0, Optional.of("It holds no text."));
            assertEquals(List.of(), attachments.unread());
            var all = attachments.list("ada", id);
            assertEquals(List.of(3, 0), all.stream().map(Attachment::passages).toList());
            assertEquals(Optional.of("It holds no text."), all.get(1).note());
            assertThrows(ApiError.class, () -> attachments.list("bob", id));
            assertThrows(ApiError.class, () -> attachments.remove("bob", id, first.id()));
            var full = assertThrows(ApiError.class, () -> attachments.add("ada", id, "b.txt", Attachments.MOST_BYTES));
            assertEquals(413, full.status());
            attachments.remove("ada", id, second.id());
            assertEquals(1, attachments.of(id).size());
            var tools = new AllowedTools(database);
            tools.allow("ada", id, "echo/echo");
            tools.allow("ada", id, "echo/echo");
            assertEquals(List.of("echo/echo"), tools.list("ada", id));
            assertEquals(Set.of(id), attachments.known(List.of(id, "another")));
            conversations.delete("ada", id);
            assertTrue(attachments.known(List.of(id)).contains(id), "it can be taken back");
            conversations.purge(Long.MAX_VALUE);
            assertEquals(List.of(), attachments.of(id));
            assertEquals(0L, database.<Long>read(
                    t -> t.first("select characters from stored where owner = 'ada'", row -> row.getLong(1)).orElse(0L)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOwnerHasNoMoreThanTheQuota(Databases databases, @TempDir Path folder) {
        try (var database = databases.open(folder)) {
            var quota = new Quota(Long.MAX_VALUE, 10_000);
            var id = new Conversations(database, quota).create("ada", Draft.EMPTY).id();
            var attachments = new Attachments(database, quota);
            attachments.add("ada", id, "a.txt", 5_000);
            var full = assertThrows(ApiError.class, () -> attachments.add("ada", id, "b.txt", 5_000));
            assertEquals("storage_full", full.code());
            assertEquals(1, attachments.of(id).size(), "what is refused is not kept");
        }
    }
}
