package dev.parley.serve.chat.history;

import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import java.util.List;

/** Tools that people have allowed for all of a conversation, each as {@code server/tool}. */
public final class AllowedTools {

    private static final int MOST = 500;

    private final Database database;

    /** Those that a database keeps. */
    public AllowedTools(Database database) {
        this.database = database;
    }

    /** @throws ApiError 404 if this owner has no such conversation */
    public List<String> list(String owner, String conversation) {
        return database.read(t -> {
            Conversations.get(t, owner, conversation);
            return t.list("select tool from allowed_tools where conversation = ? order by tool", row -> row.getString(1), conversation);
        });
    }

    /** @throws ApiError 404 if this owner has no such conversation */
    public void allow(String owner, String conversation, String tool) {
        database.run(t -> {
            Conversations.hold(t, owner, conversation);
            var count = t.first("select count(*) from allowed_tools where conversation = ?", row -> row.getInt(1), conversation);
            if (count.orElse(0) >= MOST) throw ApiError.badRequest("", "This conversation allows " + MOST + " tools already.");
            t.update("insert into allowed_tools (conversation, tool) values (?, ?) on conflict (conversation, tool) do nothing",
                    conversation, tool);
        });
    }

    /**
     * Asks again from now on.
     *
     * @throws ApiError 404 if this owner has no such conversation
     */
    public void clear(String owner, String conversation) {
        database.run(t -> {
            Conversations.hold(t, owner, conversation);
            t.update("delete from allowed_tools where conversation = ?", conversation);
        });
    }
}
