package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.StoreException;
import dev.parley.serve.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The conversations of all owners. Those that are deleted are kept aside for a time, and can be taken back. */
public final class Conversations {

    /** How long a deleted conversation can be taken back. */
    public static final Duration KEPT_ASIDE = Duration.ofDays(30);

    private static final int MOST_QUERY = 200;
    private static final int MOST_SEARCHES = 2; // of one owner at once: pages search while their readers type
    private static final Duration LONGEST_SEARCH = Duration.ofSeconds(5);

    private final Database database;
    private final Quota quota;
    private final Duration longestSearch;
    private final ConcurrentHashMap<String, Integer> searching = new ConcurrentHashMap<>(); // owners, and how many searches of theirs run

    /** Conversations of a server for one person, within {@link Quota#ALONE}. */
    public Conversations(Database database) {
        this(database, Quota.ALONE);
    }

    /** With other limits than one's own server has. */
    public Conversations(Database database, Quota quota) {
        this(database, quota, LONGEST_SEARCH);
    }

    Conversations(Database database, Quota quota, Duration longestSearch) {
        this.database = database;
        this.quota = quota;
        this.longestSearch = longestSearch;
    }

    /**
     * A part of a list.
     *
     * @param next what to ask for to get the following part; empty at the end
     */
    public record Page(List<Conversation> conversations, Optional<String> next) {}

    /** Where a part of a list begins: after the conversation with these. */
    private record Cursor(int pinned, long updated, String id) {

        static final Cursor START = new Cursor(2, Long.MAX_VALUE, "");

        static Cursor of(String text) {
            try {
                var parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ", 3);
                return new Cursor(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Texts.clean(parts[2]));
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw ApiError.badRequest("before", "before must be the value of next from the previous page.");
            }
        }

        static String after(Conversation c) {
            var text = (c.pinned() ? 1 : 0) + " " + c.updated() + " " + c.id();
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * The pinned ones, then the others, each from the latest to the oldest.
     *
     * @param query what the title or a message must hold, in large or small letters; may be empty
     * @param before the {@code next} of the part before
     * @throws ApiError if the query is too long, or {@code before} is none
     */
    public Page list(String owner, String query, Optional<String> before, int limit) {
        if (query.length() > MOST_QUERY) throw ApiError.badRequest("query", "A search may have at most " + MOST_QUERY + " characters.");
        var from = before.map(Cursor::of).orElse(Cursor.START);
        var wanted = Texts.folded(Texts.clean(query).strip());
        var found = wanted.isEmpty() ? database.read(t -> list(t, owner, "", List.of(), from, limit)) : search(owner, wanted, from, limit);
        if (found.size() <= limit) return new Page(found, Optional.empty());
        return new Page(List.copyOf(found.subList(0, limit)), Optional.of(Cursor.after(found.get(limit - 1))));
    }

    private static List<Conversation> list(Transaction t, String owner, String condition, List<String> wanted, Cursor from, int limit) {
        var arguments = new ArrayList<Object>(List.of(owner));
        arguments.addAll(wanted);
        arguments.addAll(List.of(from.pinned, from.updated, from.id, limit + 1));
        return t.list("select " + Rows.CONVERSATION + " from conversations c where c.owner = ? and c.deleted is null" + condition
                + " and (c.pinned, c.updated, c.id) < (?, ?, ?) order by c.pinned desc, c.updated desc, c.id desc limit ?",
                Rows::conversation, arguments.toArray());
    }

    private List<Conversation> search(String owner, String wanted, Cursor from, int limit) {
        // where a text has another: both know it by these arguments, but not by one name
        var holds = database.isFile() ? "instr" : "strpos";
        var condition = " and (" + holds + "(c.folded_title, ?) > 0 or exists (select 1 from messages m where m.conversation = c.id and "
                + holds + "(m.folded, ?) > 0))";
        try {
            if (searching.merge(owner, 1, Integer::sum) > MOST_SEARCHES) {
                throw ApiError.of(429, "searching", MOST_SEARCHES + " of your searches are already running; wait for one to finish.");
            }
            return database.search(longestSearch, t -> list(t, owner, condition, List.of(wanted, wanted), from, limit));
        } catch (StoreException e) {
            if (!e.tookTooLong()) throw e;
            throw ApiError.of(503, "search_too_long",
                    "This search took more than " + longestSearch.toSeconds() + " s; try a longer or rarer phrase.");
        } finally {
            ended(owner);
        }
    }

    private void ended(String owner) {
        searching.computeIfPresent(owner, (o, running) -> running == 1 ? null : running - 1);
    }

    /** Begins one. */
    public Conversation create(String owner, Draft draft) {
        var now = System.currentTimeMillis();
        var conversation = new Conversation(UUID.randomUUID().toString(), draft.title().orElse(""), draft.pinned().orElse(false), now, now,
                draft.model().filter(m -> !m.isEmpty()), draft.system().orElse(""),
                draft.settings().orElseGet(JsonNodeFactory.instance::objectNode), Optional.empty(), draft.over(ChosenSources.NONE));
        database.run(t -> {
            quota.take(t, owner, Quota.space(conversation));
            Rows.insert(t, owner, conversation);
        });
        return conversation;
    }

    /** @throws ApiError 404 if this owner has no such conversation */
    public Conversation get(String owner, String id) {
        return database.read(t -> get(t, owner, id));
    }

    static Conversation get(Transaction t, String owner, String id) {
        return t.first("select " + Rows.CONVERSATION + " from conversations c where c.id = ? and c.owner = ? and c.deleted is null",
                Rows::conversation, id, owner)
                .orElseThrow(() -> Rows.noConversation(id));
    }

    /** All identifiers, the oldest first. */
    public List<String> ids(String owner) {
        return database.read(t -> t.list("select id from conversations where owner = ? and deleted is null order by created, id",
                row -> row.getString(1), owner));
    }

    /** @throws ApiError 404 if this owner has no such conversation, or it has no such message to be the current one */
    public Conversation change(String owner, String id, Draft draft) {
        return database.call(t -> {
            hold(t, owner, id);
            var was = get(t, owner, id);
            var before = Quota.space(was);
            draft.title().ifPresent(
                    title -> t.update("update conversations set title = ?, folded_title = ? where id = ?", title, Texts.folded(title), id));
            draft.pinned().ifPresent(pinned -> t.update("update conversations set pinned = ? where id = ?", pinned, id));
            draft.model()
                    .ifPresent(model -> t.update("update conversations set model = ? where id = ?", model.isEmpty() ? null : model, id));
            draft.system().ifPresent(system -> t.update("update conversations set system_prompt = ? where id = ?", system, id));
            draft.settings().ifPresent(settings -> t.update("update conversations set settings = ? where id = ?", settings.toString(), id));
            if (draft.knowledge().isPresent() || draft.tools().isPresent())
                t.update("update conversations set sources = ? where id = ?", Rows.sources(draft.over(was.sources())), id);
            draft.current().ifPresent(current -> {
                if (t.first("select 1 from messages where id = ? and conversation = ?", row -> 1, current, id).isEmpty())
                    throw Rows.noMessage(current);
                t.update("update conversations set current_message = ? where id = ?", current, id);
            });
            var changed = get(t, owner, id);
            var more = Quota.space(changed) - before;
            if (more == 0) return changed;
            Quota.grow(t, id, 0, more);
            quota.take(t, owner, more);
            return changed;
        });
    }

    /** Nobody else changes it, nor deletes it, until the transaction ends. @throws ApiError 404 if this owner has no such conversation */
    static void hold(Transaction t, String owner, String id) {
        if (t.update("update conversations set pinned = pinned where id = ? and owner = ? and deleted is null", id, owner) == 0)
            throw Rows.noConversation(id);
    }

    /**
     * Puts one aside.
     *
     * @throws ApiError 404 if this owner has no such conversation
     */
    public void delete(String owner, String id) {
        var changed = database.call(t -> t.update("update conversations set deleted = ? where id = ? and owner = ? and deleted is null",
                System.currentTimeMillis(), id, owner));
        if (changed == 0) throw Rows.noConversation(id);
    }

    /**
     * Takes one back that was deleted; one that was not stays as it is.
     *
     * @throws ApiError 404 if this owner has had no such conversation
     */
    public Conversation restore(String owner, String id) {
        return database.call(t -> {
            t.update("update conversations set deleted = null where id = ? and owner = ?", id, owner);
            return get(t, owner, id);
        });
    }

    /**
     * Forgets what was deleted before a time.
     *
     * @return how many
     */
    public int purge(long deletedBefore) {
        record Space(String owner, long characters) {}
        return database.call(t -> {
            var old = "select id from conversations where deleted < ?";
            var freed = t.list("select owner, sum(space) from conversations where deleted < ? group by owner",
                    row -> new Space(row.getString(1), row.getLong(2)), deletedBefore);
            t.update("delete from answer_tokens where message in (select id from messages where conversation in (" + old + "))",
                    deletedBefore);
            t.update("delete from messages where conversation in (" + old + ")", deletedBefore);
            t.update("delete from attachments where conversation in (" + old + ")", deletedBefore);
            t.update("delete from allowed_tools where conversation in (" + old + ")", deletedBefore);
            var count = t.update("delete from conversations where deleted < ?", deletedBefore);
            freed.forEach(space -> Quota.count(t, space.owner(), -space.characters()));
            return count;
        });
    }
}
