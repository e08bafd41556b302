package dev.parley.serve.chat.history;

import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.Transaction;
import java.util.Optional;
import java.util.UUID;

/**
 * What people wrote in the place of answers. The answer stays; what was written stands beside it as another version, with the mark that
 * no model wrote it. Both are kept with all that was asked, and remain when the conversation is gone.
 */
public final class Edits {

    private final Database database;
    private final Quota quota;
    private final Messages messages;

    /** Edits of a server for one person, within {@link Quota#ALONE}. */
    public Edits(Database database) {
        this(database, Quota.ALONE);
    }

    /** With other limits than one's own server has. */
    public Edits(Database database, Quota quota) {
        this.database = database;
        this.quota = quota;
        messages = new Messages(database, quota);
    }

    /** The answer that was rewritten, however often. */
    private record Original(ChatMessage message, String prompt) {}

    /**
     * Writes another text in the place of an answer, or of what was written before in the place of one.
     *
     * @param answer a message
     * @return what was written, as a message beside the answer
     * @throws ApiError 404 if this owner has no such message; 400 if it is no answer, or not whole yet, or if that is what it says
     */
    public ChatMessage edit(String owner, String answer, String text) {
        Messages.checked("text", text);
        if (text.isBlank()) throw ApiError.badRequest("text", "What the answer should have been cannot be empty.");
        return database.call(t -> {
            var shown = Messages.get(t, owner, answer);
            Conversations.hold(t, owner, shown.conversation());
            var original = original(t, owner, shown.editOf().orElse(answer));
            if (text.equals(shown.text()) || text.equals(original.message().text()))
                throw ApiError.badRequest("text", "The answer says that already.");
            var edit = new ChatMessage(UUID.randomUUID().toString(), shown.conversation(), original.message().parent(), Role.ASSISTANT,
                    text, System.currentTimeMillis(), Status.DONE, Optional.empty(), 0, "", Optional.of(original.message().id()));
            messages.add(t, owner, edit);
            insert(t, owner, edit, original);
            return edit;
        });
    }

    private static Original original(Transaction t, String owner, String id) {
        var path = Messages.path(t, owner, id);
        var answer = Ratings.whole(path.getLast());
        return new Original(answer, Ratings.prompt(path, Conversations.get(t, owner, answer.conversation()).system()).toString());
    }

    private void insert(Transaction t, String owner, ChatMessage edit, Original original) {
        var answer = original.message();
        quota.take(t, owner, Quota.ROW + Quota.length(original.prompt(), answer.text(), edit.text()));
        t.update("insert into edits (message, owner, prompt, original, answer, edited, model, created, imported)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, (select imported from messages where id = ?))", edit.id(), owner, original.prompt(),
                answer.id(), answer.text(), edit.text(), Ratings.model(answer), edit.created(), answer.id());
    }

    /**
     * Takes back what was written in the place of an answer: the message stays, and nothing is learned from it any more.
     *
     * @throws ApiError 404 if this owner has no such message, or it is none that was written so
     */
    public ChatMessage takeBack(String owner, String edit) {
        return database.call(t -> {
            if (Messages.get(t, owner, edit).editOf().isEmpty()) throw Rows.noMessage(edit);
            var characters = t.first(
                    "select " + Quota.ROW + " + length(prompt) + length(answer) + length(edited) from edits where message = ?",
                    row -> row.getLong(1), edit);
            characters.ifPresent(freed -> Quota.count(t, owner, -freed));
            t.update("delete from edits where message = ?", edit);
            return Messages.get(t, owner, edit);
        });
    }
}
