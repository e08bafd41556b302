package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.Transaction;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** What people think of answers. It is kept with all that was asked, and remains when the conversation is gone. */
public final class Ratings {

    static final int MOST_COMMENT = 10_000;

    private final Database database;
    private final Quota quota;

    /** Ratings of a server for one person, within {@link Quota#ALONE}. */
    public Ratings(Database database) {
        this(database, Quota.ALONE);
    }

    /** With other limits than one's own server has. */
    public Ratings(Database database, Quota quota) {
        this.database = database;
        this.quota = quota;
    }

    /** Which of two answers is better. */
    public enum Choice {
        LEFT, RIGHT, TIE, NEITHER;

        /** As the API names it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** By its name in the API. */
        public static Optional<Choice> of(String label) {
            return Stream.of(values()).filter(c -> c.label().equals(label)).findFirst();
        }
    }

    /**
     * Rates an answer, instead of what was said of it before.
     *
     * @param rating 1, -1, or 0 to take it back
     * @param comment may be empty
     * @throws ApiError 404 if this owner has no such message; 400 if it is no answer, or not whole yet
     */
    public ChatMessage rate(String owner, String message, int rating, String comment) {
        if (comment.length() > MOST_COMMENT) throw ApiError.badRequest("comment", "A comment has at most " + MOST_COMMENT + " characters.");
        return database.call(t -> {
            var path = Messages.path(t, owner, message);
            Conversations.hold(t, owner, path.getLast().conversation());
            var answer = whole(path.getLast());
            var before = t.first(
                    "select " + Quota.ROW + " + length(prompt) + length(answer) + length(rating_comment) from ratings where message = ?",
                    row -> row.getLong(1), message);
            before.ifPresent(characters -> Quota.count(t, owner, -characters));
            t.update("delete from ratings where message = ?", message);
            if (rating != 0) insert(t, quota, owner, answer, rating, comment,
                    prompt(path, Conversations.get(t, owner, answer.conversation()).system()).toString());
            return Messages.get(t, owner, message);
        });
    }

    /** An answer that was rated and went on has another length. */
    static void countAnswer(Transaction t, ChatMessage answer) {
        record Rated(String owner, long characters) {}
        t.first("select owner, length(answer) from ratings where message = ?", row -> new Rated(row.getString(1), row.getLong(2)),
                answer.id())
                .ifPresent(rated -> Quota.count(t, rated.owner(), Quota.length(answer.text()) - rated.characters()));
    }

    static void insert(Transaction t, Quota quota, String owner, ChatMessage answer, int rating, String comment, String prompt) {
        quota.take(t, owner, Quota.ROW + Quota.length(prompt, answer.text(), comment));
        t.update(
                "insert into ratings (message, owner, rating, rating_comment, prompt, answer, finish_reason, model, settings, created, "
                        + "imported)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (select imported from messages where id = ?))",
                answer.id(), owner, rating, comment, prompt, answer.text(), answer.answer().flatMap(Answer::finishReason).orElse(null),
                model(answer), settings(answer),
                System.currentTimeMillis(), answer.id());
    }

    /**
     * Keeps which of two answers to one message is better.
     *
     * @return its identifier
     * @throws ApiError 404 if this owner has no such messages in this conversation; 400 if they are not two answers to the same
     */
    public String compare(String owner, String conversation, String left, String right, Choice choice) {
        var id = UUID.randomUUID().toString();
        database.run(t -> {
            Conversations.hold(t, owner, conversation);
            var path = Messages.path(t, owner, left);
            var one = whole(path.getLast());
            var other = whole(Messages.get(t, owner, right));
            if (!one.conversation().equals(conversation)) throw Rows.noMessage(left);
            if (!other.conversation().equals(conversation)) throw Rows.noMessage(right);
            if (left.equals(right) || !one.parent().equals(other.parent()))
                throw ApiError.badRequest("right", "left and right must be two answers to the same message.");
            var prompt = prompt(path, Conversations.get(t, owner, conversation).system()).toString();
            quota.take(t, owner, Quota.ROW + Quota.length(prompt, one.text(), other.text()));
            t.update("insert into comparisons (id, owner, choice, prompt, left_message, left_answer, left_model, left_settings,"
                    + " right_message, right_answer, right_model, right_settings, created, imported)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (select max(imported) from messages where id in (?, ?)))", id, owner,
                    choice.label(),
                    prompt, left, one.text(), model(one), settings(one),
                    right, other.text(), model(other), settings(other), System.currentTimeMillis(), left, right);
        });
        return id;
    }

    static ChatMessage whole(ChatMessage message) {
        if (message.role() != Role.ASSISTANT) throw ApiError.badRequest("", "Only answers can be rated.");
        if (message.status() == Status.RUNNING) throw ApiError.badRequest("", "This answer is still being generated.");
        return message;
    }

    static String model(ChatMessage answer) {
        return answer.answer().map(Answer::model).orElse(null);
    }

    private static String settings(ChatMessage answer) {
        return answer.answer().map(a -> a.settings().toString()).orElse("{}");
    }

    /**
     * The messages that an answer, the last of a path, was an answer to.
     *
     * @param instruction of the conversation, where no model wrote the answer
     */
    static ArrayNode prompt(List<ChatMessage> path, String instruction) {
        var prompt = JsonNodeFactory.instance.arrayNode();
        var system = path.getLast().answer().map(Answer::system).orElse(instruction);
        if (!system.isEmpty()) prompt.addObject().put("role", "system").put("content", system);
        for (var message : path.subList(0, path.size() - 1))
            prompt.addObject().put("role", message.role().label()).put("content", message.text());
        return prompt;
    }
}
