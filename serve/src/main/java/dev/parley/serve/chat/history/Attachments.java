package dev.parley.serve.chat.history;

import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** What is known of the files that are attached to conversations. They count as what their owners keep, a byte as a character. */
public final class Attachments {

    /** Of one conversation. */
    public static final int MOST = 20;
    /** Of all files of one conversation. */
    public static final long MOST_BYTES = 100_000_000;

    private static final String COLUMNS = "a.id, a.conversation, a.name, a.bytes, a.status, a.passages, a.note, a.created";

    private final Database database;
    private final Quota quota;

    /** Attachments within a quota. */
    public Attachments(Database database, Quota quota) {
        this.database = database;
        this.quota = quota;
    }

    /** The identifier of the database, given at first: files of another one's conversations may lie in the same folder. */
    public String databaseId() {
        return database.call(t -> {
            t.update("insert into identity (one, id) values (1, ?) on conflict (one) do nothing", UUID.randomUUID().toString());
            return t.first("select id from identity where one = 1", row -> row.getString(1)).orElseThrow();
        });
    }

    private static Attachment attachment(ResultSet row) throws SQLException {
        return new Attachment(row.getString(1), row.getString(2), row.getString(3), row.getLong(4), Attachment.State.of(row.getString(5)),
                row.getInt(6), Optional.ofNullable(row.getString(7)), row.getLong(8));
    }

    /** @throws ApiError 404 if this owner has no such conversation */
    public List<Attachment> list(String owner, String conversation) {
        return database.read(t -> {
            Conversations.get(t, owner, conversation);
            return of(t, conversation);
        });
    }

    /** Those of a conversation, whosever it is. */
    public List<Attachment> of(String conversation) {
        return database.read(t -> of(t, conversation));
    }

    private static List<Attachment> of(Transaction t, String conversation) {
        return t.list("select " + COLUMNS + " from attachments a where a.conversation = ? order by a.created, a.id",
                Attachments::attachment, conversation);
    }

    /**
     * Says before a file comes whether there would be room for it.
     *
     * @throws ApiError 404 if this owner has no such conversation, 413 if it has too many files
     */
    public void checkRoom(String owner, String conversation) {
        checkRoom(list(owner, conversation), 0);
    }

    private static void checkRoom(List<Attachment> others, long bytes) {
        if (others.size() >= MOST)
            throw ApiError.of(413, "too_many_files", "A conversation has at most " + MOST + " files; remove one first.");
        if (others.stream().mapToLong(Attachment::bytes).sum() + bytes > MOST_BYTES) {
            throw ApiError.of(413, "too_large",
                    "The files of a conversation have at most " + MOST_BYTES / 1_000_000 + " MB together; remove one first.");
        }
    }

    /**
     * Adds one that is to be read. A name that another has already gets a number.
     *
     * @throws ApiError 404 if this owner has no such conversation, 413 if there is no room
     */
    public Attachment add(String owner, String conversation, String name, long bytes) {
        return database.call(t -> {
            Conversations.hold(t, owner, conversation);
            var others = of(t, conversation);
            checkRoom(others, bytes);
            var created = Math.max(System.currentTimeMillis(), others.isEmpty() ? 0 : others.getLast().created() + 1);
            var one = new Attachment(UUID.randomUUID().toString(), conversation, free(name, others), bytes, Attachment.State.READING, 0,
                    Optional.empty(), created);
            count(t, owner, one, 1);
            t.update("insert into attachments (id, conversation, name, bytes, status, passages, note, created)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?)",
                    one.id(), conversation, one.name(), bytes, one.state().label(), 0, null, one.created());
            return one;
        });
    }

    private static String free(String wanted, List<Attachment> others) {
        var taken = others.stream().map(a -> a.name().toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
        var dot = wanted.lastIndexOf('.');
        var name = wanted;
        for (int i = 2; taken.contains(name.toLowerCase(Locale.ROOT)); i++)
            name = wanted.substring(0, dot) + " (" + i + ")" + wanted.substring(dot);
        return name;
    }

    private void count(Transaction t, String owner, Attachment one, int sign) {
        var space = sign * (Quota.ROW + Quota.length(one.name()) + one.bytes());
        Quota.grow(t, one.conversation(), 0, space);
        quota.take(t, owner, space);
    }

    /** @throws ApiError 404 if this owner's conversation has no such file */
    public Attachment remove(String owner, String conversation, String id) {
        return database.call(t -> {
            Conversations.hold(t, owner, conversation);
            var one = of(t, conversation).stream().filter(a -> a.id().equals(id)).findFirst()
                    .orElseThrow(() -> ApiError.of(404, "not_found", "This conversation has no such file."));
            t.update("delete from attachments where id = ?", id);
            count(t, owner, one, -1);
            return one;
        });
    }

    /** Keeps what came of reading one. */
    public void read(String id, Attachment.State state, int passages, Optional<String> note) {
        database.run(t -> t.update("update attachments set status = ?, passages = ?, note = ? where id = ?", state.label(), passages,
                note.map(Texts::clean).orElse(null), id));
    }

    /**
     * A conversation with files that are yet to be read.
     *
     * @param owner whose it is
     */
    public record Unread(String conversation, String owner) {}

    /** Conversations whose files a server did not finish reading. */
    public List<Unread> unread() {
        return database.read(t -> t.list("select distinct c.id, c.owner from conversations c join attachments a on a.conversation = c.id"
                + " where a.status = 'reading'", row -> new Unread(row.getString(1), row.getString(2))));
    }

    /** Which of some conversations are there, be they put aside or not. */
    public Set<String> known(List<String> conversations) {
        return database.read(t -> {
            var known = new HashSet<String>();
            for (var id : conversations) {
                if (t.first("select 1 from conversations where id = ?", row -> 1, id).isPresent()) known.add(id);
            }
            return known;
        });
    }
}
