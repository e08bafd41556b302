package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** The messages of conversations: a tree each, of which nothing is ever taken away. */
public final class Messages {

    /** Of one conversation. */
    static final int MOST = 10_000;
    /** Characters of one message, or of an instruction. */
    static final int MOST_TEXT = 1_000_000;

    private final Database database;
    private final Quota quota;

    /** Messages of a server for one person, within {@link Quota#ALONE}. */
    public Messages(Database database) {
        this(database, Quota.ALONE);
    }

    /** With other limits than one's own server has. */
    public Messages(Database database, Quota quota) {
        this.database = database;
        this.quota = quota;
    }

    /** @throws ApiError if it is too long to be kept */
    static String checked(String field, String text) {
        if (text.length() > MOST_TEXT)
            throw ApiError.badRequest(field, field + " has " + text.length() + " characters, more than " + MOST_TEXT + ".");
        return text;
    }

    /**
     * All of a conversation, in the order of coming.
     *
     * @throws ApiError 404 if this owner has no such conversation
     */
    public List<ChatMessage> all(String owner, String conversation) {
        return database.read(t -> {
            Conversations.get(t, owner, conversation);
            return t.list("select " + Rows.MESSAGE + Rows.MESSAGES + " and m.conversation = ? order by m.number, m.id", Rows::message,
                    owner, conversation);
        });
    }

    /** @throws ApiError 404 if this owner has no such message */
    public ChatMessage get(String owner, String id) {
        return database.read(t -> get(t, owner, id));
    }

    static ChatMessage get(Transaction t, String owner, String id) {
        return t.first("select " + Rows.MESSAGE + Rows.MESSAGES + " and m.id = ?", Rows::message, owner, id)
                .orElseThrow(() -> Rows.noMessage(id));
    }

    /**
     * A message and those that it follows, from the first one on.
     *
     * @throws ApiError 404 if this owner has no such message
     */
    public List<ChatMessage> path(String owner, String id) {
        return database.read(t -> path(t, owner, id));
    }

    /**
     * A message of a conversation with all that it follows.
     *
     * @param messages from the first one on; the message itself is the last
     */
    public record Path(Conversation conversation, List<ChatMessage> messages) {

        /** The message itself. */
        public ChatMessage last() {
            return messages.getLast();
        }

        /** What the last message follows; may be empty. */
        public List<ChatMessage> before() {
            return messages.subList(0, messages.size() - 1);
        }
    }

    /**
     * The same with its conversation.
     *
     * @throws ApiError 404 if this owner has no such conversation, or it has no such message
     */
    public Path path(String owner, String conversation, String id) {
        return database.read(t -> {
            var path = new Path(Conversations.get(t, owner, conversation), path(t, owner, id));
            if (!path.last().conversation().equals(conversation)) throw Rows.noMessage(id);
            return path;
        });
    }

    static List<ChatMessage> path(Transaction t, String owner, String id) {
        get(t, owner, id);
        return t.list("with recursive path (id, depth) as (select p.id, 0 from messages p where p.id = ?"
                + " union all select p.parent, path.depth + 1 from path join messages p on p.id = path.id where p.parent is not null)"
                + " select " + Rows.MESSAGE
                + " from path join messages m on m.id = path.id" + Rows.BESIDE + " order by path.depth desc",
                Rows::message, id);
    }

    /**
     * Adds what somebody says. The first that a user says names a conversation without a name.
     *
     * @param parent that it follows; empty for a first message
     * @throws ApiError 404 if this owner has no such conversation, or it has no such parent
     */
    public ChatMessage add(String owner, String conversation, Optional<String> parent, Role role, String text) {
        checked("text", text);
        var message = new ChatMessage(UUID.randomUUID().toString(), conversation, parent, role, text, System.currentTimeMillis(),
                Status.DONE, Optional.empty(), 0, "");
        database.run(t -> {
            add(t, owner, message);
            var title = role == Role.USER ? Texts.titleOf(text) : "";
            if (!title.isEmpty()) t.update("update conversations set title = ?, folded_title = ? where id = ? and title = ''", title,
                    Texts.folded(title), conversation);
        });
        return message;
    }

    /**
     * Adds an answer that is yet to come.
     *
     * @param server that writes it
     * @throws ApiError as {@link #add} does
     */
    public void begin(String owner, ChatMessage answer, String server) {
        database.run(t -> {
            add(t, owner, answer);
            t.update("update messages set server = ? where id = ?", server, answer.id());
        });
    }

    void add(Transaction t, String owner, ChatMessage message) {
        var conversation = message.conversation();
        Conversations.hold(t, owner, conversation);
        message.parent().ifPresent(parent -> {
            if (!get(t, owner, parent).conversation().equals(conversation)) throw Rows.noMessage(parent);
        });
        var number = t.first("select coalesce(max(number), 0) + 1 from messages where conversation = ?", row -> row.getInt(1), conversation)
                .orElseThrow();
        if (number > MOST) throw ApiError.badRequest("", "This conversation has " + MOST + " messages; start a new one.");
        quota.takeMessage(t, owner, message);
        Rows.insert(t, number, message);
        t.update("update conversations set updated = ?, current_message = ? where id = ?", System.currentTimeMillis(), message.id(),
                conversation);
    }

    /**
     * An answer that had ended goes on.
     *
     * @param answer as it had ended
     * @param server that writes it now
     * @throws ApiError 404 if this owner has no such message any more, 409 if it is not as it was
     */
    public void resume(String owner, ChatMessage answer, String server) {
        database.run(t -> {
            Conversations.hold(t, owner, answer.conversation());
            quota.checkRoom(t, answer.conversation(), 0);
            quota.take(t, owner, 1); // of what comes the first character
            var changed = t.update(
                    "update messages set status = 'running', server = ?, finish_reason = null, error = null where id = ? and status = ? "
                            + "and text = ?",
                    server, answer.id(), answer.status().label(), answer.text());
            if (answer.status() == Status.RUNNING || changed == 0)
                throw ApiError.of(409, "running", "This answer has already been continued.");
            t.update("update conversations set updated = ? where id = ?", System.currentTimeMillis(), answer.conversation());
        });
    }

    /**
     * Keeps what has come of an answer.
     *
     * @param server that writes it
     * @param text all of it
     * @param from number of the first of these tokens; none of the earlier ones is kept if it is 0
     * @return whether it still is this server that writes it; nothing is kept if not
     */
    public boolean keep(String server, String id, String text, int from, StoredTokens tokens) {
        return database.call(t -> keep(t, server, id, text, from, tokens));
    }

    private static boolean keep(Transaction t, String server, String id, String text, int from, StoredTokens tokens) {
        record Place(String conversation, String owner, long characters) {}
        var place = t.first(
                "select c.id, c.owner, length(m.text) from messages m join conversations c on c.id = m.conversation where m.id = ? and "
                        + "m.server = ?",
                row -> new Place(row.getString(1), row.getString(2), row.getLong(3)), id, server);
        if (place.isEmpty() || t.update("update messages set text = ? where id = ? and server = ?", text, id, server) == 0) return false;
        var grown = Quota.length(text) - place.get().characters();
        var more = keepTokens(t, id, from, tokens);
        Quota.grow(t, place.get().conversation(), grown, more);
        Quota.count(t, place.get().owner(), grown + more);
        return true;
    }

    /** @return the characters that are kept now, less those that were kept before in their place */
    private static long keepTokens(Transaction t, String id, int from, StoredTokens tokens) {
        var freed = from > 0 ? 0
                : t.first("select coalesce(sum(length(tokens)), 0) from answer_tokens where message = ?", row -> row.getLong(1), id)
                        .orElseThrow();
        if (from == 0) t.update("delete from answer_tokens where message = ?", id);
        if (tokens.tokens().isEmpty()) return -freed;
        var json = tokens.json();
        t.update("insert into answer_tokens (message, first_token, tokens) values (?, ?, ?)", id, from, json);
        return Quota.length(json) - freed;
    }

    /**
     * Keeps what an assistant has done for an answer by now.
     *
     * @param server that writes it
     * @param turn all of it
     */
    public void keepTurn(String server, String id, ObjectNode turn) {
        database.run(t -> keepTurn(t, server, id, turn));
    }

    private static void keepTurn(Transaction t, String server, String id, ObjectNode turn) {
        record Place(String conversation, String owner, long characters) {}
        var place = t.first(
                "select c.id, c.owner, coalesce(length(m.turn), 0) from messages m join conversations c on c.id = m.conversation"
                        + " where m.id = ? and m.server = ?",
                row -> new Place(row.getString(1), row.getString(2), row.getLong(3)), id, server);
        var json = Texts.clean(turn.toString());
        if (place.isEmpty() || t.update("update messages set turn = ? where id = ? and server = ?", json, id, server) == 0) return;
        var grown = Quota.length(json) - place.get().characters();
        Quota.grow(t, place.get().conversation(), grown, 0);
        Quota.count(t, place.get().owner(), grown);
    }

    /**
     * Keeps an answer as it ended, with the tokens that are not kept yet. The rating of an answer that went on is of the whole.
     *
     * @return as {@link #keep} does
     */
    public boolean end(String server, ChatMessage message, int from, StoredTokens tokens) {
        var answer = message.answer().orElseThrow();
        var usage = answer.usage();
        return database.call(t -> {
            if (!keep(t, server, message.id(), message.text(), from, tokens)) return false;
            answer.turn().ifPresent(turn -> keepTurn(t, server, message.id(), turn));
            t.update(
                    "update messages set folded = ?, status = ?, finish_reason = ?, error = ?, prompt_tokens = ?, completion_tokens = ?, "
                            + "seconds = ?, first_token_seconds = ?,"
                            + " forgotten_turns = ? where id = ?",
                    Texts.folded(message.text()), message.status().label(), answer.finishReason().orElse(null), answer.error().orElse(null),
                    usage.map(Answer.Usage::promptTokens).orElse(null), usage.map(Answer.Usage::completionTokens).orElse(null),
                    usage.map(Answer.Usage::seconds).orElse(null), usage.map(Answer.Usage::firstTokenSeconds).orElse(null),
                    usage.map(Answer.Usage::forgottenTurns).orElse(null), message.id());
            Ratings.countAnswer(t, message);
            t.update("update ratings set answer = ?, finish_reason = ? where message = ?", message.text(),
                    answer.finishReason().orElse(null), message.id());
            return true;
        });
    }

    /**
     * What is kept of an answer's tokens.
     *
     * @throws ApiError 404 if this owner has no such message
     */
    public StoredTokens tokens(String owner, String id) {
        return database.read(t -> {
            get(t, owner, id);
            return StoredTokens
                    .of(t.list("select tokens from answer_tokens where message = ? order by first_token", row -> row.getString(1), id));
        });
    }

    /**
     * Marks answers that nobody writes any more: those of servers that are gone, and those of this one that it does not know of.
     *
     * @param writes whether this server writes an answer
     * @return how many
     */
    public int interruptLeft(String server, Predicate<String> writes) {
        record Left(String id, String text, boolean own) {}
        return database.call(t -> {
            var left = t.list("select id, text, server from messages where status = 'running' and"
                    + " (server is null or server = ? or server not in (select id from servers where expires >= " + database.clock() + "))",
                    row -> new Left(row.getString(1), row.getString(2), server.equals(row.getString(3))), server);
            return left.stream().filter(one -> !one.own() || !writes.test(one.id())).mapToInt(one -> t.update(
                    "update messages set status = 'interrupted', folded = ? where id = ? and status = 'running'", Texts.folded(one.text()),
                    one.id())).sum();
        });
    }
}
