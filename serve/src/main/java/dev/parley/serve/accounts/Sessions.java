package dev.parley.serve.accounts;

import dev.parley.serve.store.Database;
import dev.parley.serve.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Who is logged in. A session is a random secret that the browser keeps; of it only a hash is kept here. It ends by logging out,
 * when it was not used for {@link #IDLE}, {@link #LONGEST} after it began, and when its user gets another password or is disabled.
 */
public final class Sessions {

    /** A session that is not used for so long ends. */
    public static final Duration IDLE = Duration.ofDays(7);
    /** It ends after so long, used or not. */
    public static final Duration LONGEST = Duration.ofDays(30);

    /** Each request uses the session; that is written down no oftener than this. */
    private static final Duration NOTED = Duration.ofMinutes(5);

    private final Database database;
    private final InstantSource clock;

    /** Sessions by the system's clock. */
    public Sessions(Database database) {
        this(database, InstantSource.system());
    }

    Sessions(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Begins a session.
     *
     * @return its secret
     */
    public String begin(User user) {
        var secret = Secrets.word(Secrets.LENGTH);
        var now = clock.millis();
        database.run(transaction -> {
            transaction.update("DELETE FROM sessions WHERE seen < ? OR created < ?", now - IDLE.toMillis(), now - LONGEST.toMillis());
            transaction.update("INSERT INTO sessions (hash, user_id, created, seen) VALUES (?, ?, ?, ?)", Secrets.hash(secret), user.id(),
                    now, now);
        });
        return secret;
    }

    /** Whose session it is, if it goes on. */
    public Optional<User> find(String secret) {
        if (!Secrets.looksLikeOne(secret)) return Optional.empty();
        record Kept(User user, long created, long seen) {}
        var hash = Secrets.hash(secret);
        var now = clock.millis();
        var kept = database.read(transaction -> transaction.first("""
                SELECT u.id, u.name, u.created AS user_created, s.created, s.seen FROM sessions s JOIN users u ON u.id = s.user_id
                WHERE s.hash = ? AND u.disabled = 0""", row -> new Kept(new User(row.getString("id"), row.getString("name"), false,
                Instant.ofEpochMilli(row.getLong("user_created"))), row.getLong("created"), row.getLong("seen")), hash));
        if (kept.isEmpty() || now - kept.get().created() > LONGEST.toMillis() || now - kept.get().seen() > IDLE.toMillis())
            return Optional.empty();
        if (now - kept.get().seen() > NOTED.toMillis()) {
            note(hash, now);
        }
        return Optional.of(kept.get().user());
    }

    /** It is noted again with the next request: where nothing can be written, nobody is refused for that. */
    private void note(String hash, long now) {
        try {
            database.run(transaction -> transaction.update("UPDATE sessions SET seen = ? WHERE hash = ?", now, hash));
        } catch (StoreException e) {
            // as said above
        }
    }

    /** Ends a session, if there is one. */
    public void end(String secret) {
        database.run(transaction -> transaction.update("DELETE FROM sessions WHERE hash = ?", Secrets.hash(secret)));
    }
}
