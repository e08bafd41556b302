package dev.parley.serve.accounts;

import dev.parley.serve.store.Database;
import dev.parley.serve.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The keys of the API. A key is {@code sk-parley-}, its id and its secret; only a hash of the secret is kept, so that it can be
 * shown once alone.
 *
 * <pre>{@code
 * var made = keys.create("laptop", Optional.empty(), Optional.of(Duration.ofDays(30)), KeyLimits.NONE);
 * print(made.secret());
 * var key = keys.check(made.secret()).orElseThrow();
 * }</pre>
 */
public final class Keys {

    private static final int ID_LENGTH = 8;
    private static final int LONGEST_NAME = 100;

    /** Is compared where there is no such key, so that the answer takes as long. */
    private static final String HASH_OF_NONE = Secrets.hash("");

    private static final String SELECT = """
            SELECT k.id, k.name, k.hash, k.created, k.expires, k.revoked, k.requests_per_minute, k.tokens_per_minute, k.tokens_per_day,
                u.id AS user_id, u.name AS user_name, u.disabled, u.created AS user_created, d.tokens
            FROM api_keys k LEFT JOIN users u ON u.id = k.user_id LEFT JOIN key_usage d ON d.key_id = k.id AND d.day = ?""";

    private final Database database;
    private final InstantSource clock;

    /** Keys by the system's clock. */
    public Keys(Database database) {
        this(database, InstantSource.system());
    }

    Keys(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * A key just made.
     *
     * @param secret the whole key, which is not to be had again
     */
    public record Made(Key key, String secret) {}

    /**
     * Makes a key.
     *
     * @param user name of the user for whom it speaks; empty if for itself alone
     * @param lasts how long it works; empty for as long as it is not revoked
     * @throws IllegalArgumentException with a sentence, if there is no such user or the name is empty
     */
    public Made create(String name, Optional<String> user, Optional<Duration> lasts, KeyLimits limits) {
        if (name.isBlank() || name.length() > LONGEST_NAME)
            throw new IllegalArgumentException("The name of a key has from 1 to " + LONGEST_NAME + " characters.");
        var id = Secrets.word(ID_LENGTH);
        var secret = Key.PREFIX + id + Secrets.word(Secrets.LENGTH);
        var now = Instant.ofEpochMilli(clock.millis());
        var expires = lasts.map(now::plus);
        return database.call(transaction -> {
            var owner = user.map(u -> Users.require(transaction, u));
            transaction.update("""
                    INSERT INTO api_keys (id, name, hash, user_id, created, expires, requests_per_minute, tokens_per_minute, tokens_per_day)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""", id, name, Secrets.hash(secret), owner.map(User::id).orElse(null),
                    now.toEpochMilli(),
                    expires.map(Instant::toEpochMilli).orElse(null), limits.requestsPerMinute(), limits.tokensPerMinute(),
                    limits.tokensPerDay());
            return new Made(new Key(id, name, owner, now, expires, false, limits, 0), secret);
        });
    }

    /** Oldest first. */
    public List<Key> all() {
        return database.read(transaction -> transaction.list(SELECT + " ORDER BY k.created, k.id", row -> read(row).key(), today()));
    }

    /** Whether no key works. */
    public boolean isEmpty() {
        var now = Instant.ofEpochMilli(clock.millis());
        return all().stream().noneMatch(key -> key.works(now));
    }

    /** The key whose secret this is, if it works now. */
    public Optional<Key> check(String secret) {
        var kept = idOf(secret).flatMap(id -> database.read(transaction -> find(transaction, id)));
        var same = Secrets.equal(kept.map(Kept::hash).orElse(HASH_OF_NONE), Secrets.hash(secret));
        return kept.filter(k -> same).map(Kept::key).filter(key -> key.works(Instant.ofEpochMilli(clock.millis())));
    }

    /**
     * Ends a key, for servers that run at their next request.
     *
     * @param id of the key, or the key as far as it is shown
     * @throws IllegalArgumentException with a sentence, if there is no such key or it is revoked already
     */
    public Key revoke(String id) {
        var bare = id.replace("…", "").replace(Key.PREFIX, "");
        return database.call(transaction -> {
            var key = find(transaction, bare)
                    .orElseThrow(() -> new IllegalArgumentException("There is no key " + id + "; parley keys list shows all.")).key();
            if (key.revoked()) throw new IllegalArgumentException("The key " + key.id() + " is revoked already.");
            transaction.update("UPDATE api_keys SET revoked = ? WHERE id = ?", clock.millis(), bare);
            return new Key(bare, key.name(), key.owner(), key.created(), key.expires(), true, key.limits(), key.tokensToday());
        });
    }

    /** Counts tokens that a key has used. */
    void count(String id, long tokens) {
        database.run(transaction -> transaction.update("""
                INSERT INTO key_usage (key_id, day, tokens) VALUES (?, ?, ?)
                ON CONFLICT (key_id, day) DO UPDATE SET tokens = key_usage.tokens + excluded.tokens""", id, today(), tokens));
    }

    private record Kept(Key key, String hash) {}

    private Optional<Kept> find(Transaction transaction, String id) {
        return transaction.first(SELECT + " WHERE k.id = ?", Keys::read, today(), id);
    }

    private static Kept read(ResultSet row) throws SQLException {
        var owner = Optional.<User>empty();
        if (row.getString("user_id") != null) {
            owner = Optional.of(new User(row.getString("user_id"), row.getString("user_name"), row.getInt("disabled") != 0,
                    Instant.ofEpochMilli(row.getLong("user_created"))));
        }
        var expires = row.getLong("expires");
        var limits = new KeyLimits(row.getLong("requests_per_minute"), row.getLong("tokens_per_minute"), row.getLong("tokens_per_day"));
        var key = new Key(row.getString("id"), row.getString("name"), owner, Instant.ofEpochMilli(row.getLong("created")),
                expires == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expires)), row.getLong("revoked") != 0, limits,
                row.getLong("tokens"));
        return new Kept(key, row.getString("hash"));
    }

    private static Optional<String> idOf(String secret) {
        var whole = secret.startsWith(Key.PREFIX) && secret.length() == Key.PREFIX.length() + ID_LENGTH + Secrets.LENGTH;
        return whole ? Optional.of(secret.substring(Key.PREFIX.length(), Key.PREFIX.length() + ID_LENGTH)) : Optional.empty();
    }

    private long today() {
        return Math.floorDiv(clock.millis(), Duration.ofDays(1).toMillis());
    }
}
