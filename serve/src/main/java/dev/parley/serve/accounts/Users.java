package dev.parley.serve.accounts;

import dev.parley.serve.store.Database;
import dev.parley.serve.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The people who may log in.
 *
 * <pre>{@code
 * var users = new Users(database);
 * users.add("ada", "correct horse battery staple");
 * var ada = users.check("Ada", "correct horse battery staple").orElseThrow();
 * }</pre>
 */
public final class Users {

    /** A password is at least so long (NIST SP 800-63B, section 3.1.1.2, asks for no less). */
    public static final int SHORTEST_PASSWORD = 8;
    private static final int LONGEST_PASSWORD = 1024;

    private static final String COLUMNS = "id, name, disabled, created";

    private final Database database;
    private final InstantSource clock;

    /** Users by the system's clock. */
    public Users(Database database) {
        this(database, InstantSource.system());
    }

    Users(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** @throws IllegalArgumentException with a sentence, if the name is taken or the password too short */
    public User add(String name, String password) {
        var checked = User.checkedName(name);
        var user = new User("user-" + Secrets.word(12), checked, false, Instant.ofEpochMilli(clock.millis()));
        var hash = PasswordHash.of(checkedPassword(password));
        database.run(transaction -> {
            if (find(transaction, checked).isPresent()) throw new IllegalArgumentException(
                    "There is a user " + checked + " already; parley users passwd gives them another password.");
            transaction.update("INSERT INTO users (id, name, password, disabled, created) VALUES (?, ?, ?, 0, ?)", user.id(), checked, hash,
                    user.created().toEpochMilli());
        });
        return user;
    }

    /** By their names. */
    public List<User> all() {
        return database.read(transaction -> transaction.list("SELECT " + COLUMNS + " FROM users ORDER BY name", Users::read));
    }

    /** Whether nobody may log in yet. */
    public boolean isEmpty() {
        return database.read(transaction -> transaction.first("SELECT id FROM users WHERE disabled = 0 LIMIT 1", row -> row.getString(1)))
                .isEmpty();
    }

    /**
     * Who it is, if the password is theirs. It takes as long where there is no such user or where they may not log in.
     */
    public Optional<User> check(String name, String password) {
        record Kept(User user, String password) {}
        var kept = database.read(transaction -> transaction.first("SELECT " + COLUMNS + ", password FROM users WHERE name = ?",
                row -> new Kept(read(row), row.getString("password")), User.normalised(name)));
        if (password.length() > LONGEST_PASSWORD || kept.isEmpty()) {
            PasswordHash.matchNobody(password.substring(0, Math.min(password.length(), LONGEST_PASSWORD)));
            return Optional.empty();
        }
        return PasswordHash.matches(password, kept.get().password()) && !kept.get().user().disabled() ? Optional.of(kept.get().user())
                : Optional.empty();
    }

    /**
     * Gives a user another password, and ends their sessions.
     *
     * @throws IllegalArgumentException with a sentence, if there is no such user or the password is too short
     */
    public void changePassword(String name, String password) {
        var hash = PasswordHash.of(checkedPassword(password));
        database.run(transaction -> {
            var user = require(transaction, name);
            transaction.update("UPDATE users SET password = ? WHERE id = ?", hash, user.id());
            transaction.update("DELETE FROM sessions WHERE user_id = ?", user.id());
        });
    }

    /**
     * Gives a user another password, and ends their sessions but for the one that asks.
     *
     * @param session its secret
     * @throws IllegalArgumentException with a sentence, if the password is too short
     */
    public void changeOwnPassword(User user, String password, String session) {
        var hash = PasswordHash.of(checkedPassword(password));
        database.run(transaction -> {
            transaction.update("UPDATE users SET password = ? WHERE id = ?", hash, user.id());
            transaction.update("DELETE FROM sessions WHERE user_id = ? AND hash <> ?", user.id(), Secrets.hash(session));
        });
    }

    /**
     * Whether a user may log in; who may not loses the sessions at once.
     *
     * @throws IllegalArgumentException with a sentence, if there is no such user
     */
    public void setDisabled(String name, boolean disabled) {
        database.run(transaction -> {
            var user = require(transaction, name);
            transaction.update("UPDATE users SET disabled = ? WHERE id = ?", disabled, user.id());
            if (disabled) transaction.update("DELETE FROM sessions WHERE user_id = ?", user.id());
        });
    }

    static User require(Transaction transaction, String name) {
        return find(transaction, User.normalised(name))
                .orElseThrow(() -> new IllegalArgumentException("There is no user " + name + "; parley users list shows all."));
    }

    private static Optional<User> find(Transaction transaction, String normalised) {
        return transaction.first("SELECT " + COLUMNS + " FROM users WHERE name = ?", Users::read, normalised);
    }

    private static User read(ResultSet row) throws SQLException {
        return new User(row.getString("id"), row.getString("name"), row.getInt("disabled") != 0,
                Instant.ofEpochMilli(row.getLong("created")));
    }

    private static String checkedPassword(String password) {
        if (password.codePointCount(0, password.length()) < SHORTEST_PASSWORD || password.length() > LONGEST_PASSWORD) {
            throw new IllegalArgumentException(
                    "A password has from " + SHORTEST_PASSWORD + " to " + LONGEST_PASSWORD + " characters; choose another.");
        }
        return password;
    }
}
