package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Transaction;

/**
 * How much may be kept, in characters, so that nobody fills the disk and what is read together fits in memory. What is deleted counts
 * until it is forgotten.
 *
 * @param conversation all messages of one together, with their instructions and settings
 * @param owner all that one owner has: conversations with the tokens of answers, ratings, presets
 */
public record Quota(long conversation, long owner) {

    /** For people who share a server. */
    public static final Quota SHARED = new Quota(8L << 20, 4L << 30);

    /** For one's own server, whose disk is one's own. */
    public static final Quota ALONE = new Quota(SHARED.conversation, Long.MAX_VALUE);

    /** What a row counts for beside its texts. */
    static final int ROW = 300;

    /** Characters of texts, as the databases count them. */
    static long length(String... texts) {
        var sum = 0L;
        for (var text : texts) sum += text.codePointCount(0, text.length());
        return sum;
    }

    /** Counts what is to be kept of an owner, or, if it is negative, what is not any more. @throws ApiError if it is too much */
    void take(Transaction t, String owner, long characters) {
        count(t, owner, characters);
        if (characters <= 0 || this.owner == Long.MAX_VALUE) return;
        var all = t.first("select characters from stored where owner = ?", row -> row.getLong(1), owner).orElseThrow();
        if (all > this.owner) {
            throw ApiError.of(413, "storage_full",
                    "Your conversations would take more than " + this.owner + " characters: delete conversations,"
                            + " which are forgotten after " + Conversations.KEPT_ASIDE.toDays() + " days, or ask the operator.");
        }
    }

    /** The same of what cannot be refused, such as an answer that is being written. */
    static void count(Transaction t, String owner, long characters) {
        t.update("insert into stored (owner, characters) values (?, ?)"
                + " on conflict (owner) do update set characters = stored.characters + excluded.characters", owner, characters);
    }

    /** Counts a message to be kept. @throws ApiError if it is too much for its conversation or its owner */
    void takeMessage(Transaction t, String owner, ChatMessage message) {
        var characters = length(message);
        checkRoom(t, message.conversation(), characters);
        grow(t, message.conversation(), characters, ROW);
        take(t, owner, characters + ROW);
    }

    /** @throws ApiError if a conversation has no room for so many characters, or for one at least */
    void checkRoom(Transaction t, String conversation, long characters) {
        var has = t.first("select characters from conversations where id = ?", row -> row.getLong(1), conversation).orElse(0L);
        if (has + Math.max(1, characters) > this.conversation) {
            throw ApiError.of(413, "conversation_full",
                    "This conversation would have more than " + this.conversation + " characters; start a new one.");
        }
    }

    static void grow(Transaction t, String conversation, long characters, long others) {
        t.update("update conversations set characters = characters + ?, space = space + ? where id = ?", characters, characters + others,
                conversation);
    }

    /** What is read together with a conversation's other messages. */
    static long length(ChatMessage message) {
        return length(message.text()) + message.answer()
                .map(a -> length(a.system(), a.settings().toString(), a.turn().map(ObjectNode::toString).orElse(""))).orElse(0L);
    }

    /** A conversation without its messages. */
    static long space(Conversation c) {
        return ROW + length(c.system(), c.settings().toString()) + (c.sources().isEmpty() ? 0 : length(c.sources().json().toString()));
    }
}
