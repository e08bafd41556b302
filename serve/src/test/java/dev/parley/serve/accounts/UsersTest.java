package dev.parley.serve.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.store.Database;
import dev.parley.serve.store.Databases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Execution(ExecutionMode.CONCURRENT)
class UsersTest {

    private static final String PASSWORD = "correct horse battery staple";

    @TempDir
    private Path folder;

    private final Hands clock = new Hands();

    @ParameterizedTest
    @EnumSource
    void whoKnowsThePasswordIsKnownHoweverTheNameIsTyped(Databases kind) {
        try (var database = kind.open(folder)) {
            var users = new Users(database, clock);
            assertTrue(users.isEmpty());
            var ada = users.add("Ada.L", PASSWORD);
            assertFalse(users.isEmpty());
            assertEquals("ada.l", ada.name());
            assertEquals(Optional.of(ada), users.check(" ADA.L ", PASSWORD));
            assertEquals(Optional.empty(), users.check("ada.l", PASSWORD + " "));
            assertEquals(Optional.empty(), users.check("bob", PASSWORD));
            assertEquals(Optional.empty(), users.check("ada.l", "x".repeat(100_000)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNameIsGivenOnce(Databases kind) {
        try (var database = kind.open(folder)) {
            var users = new Users(database, clock);
            users.add("李雷", PASSWORD);
            users.add("bob", PASSWORD);
            var taken = assertThrows(IllegalArgumentException.class, () -> users.add("BOB", "another password"));
            assertTrue(taken.getMessage().contains("bob"), taken.getMessage());
            assertEquals(List.of("bob", "李雷"), users.all().stream().map(User::name).sorted().toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSessionEndsByItsAgeByRestAndByLoggingOut(Databases kind) {
        try (var database = kind.open(folder)) {
            var ada = new Users(database, clock).add("ada", PASSWORD);
            var sessions = new Sessions(database, clock);
            var rested = sessions.begin(ada);
            assertEquals(Optional.of(ada), sessions.find(rested));
            clock.move(Sessions.IDLE.plusSeconds(1));
            assertEquals(Optional.empty(), sessions.find(rested));

            var used = sessions.begin(ada);
            for (var time = Duration.ZERO; time.compareTo(Sessions.LONGEST) < 0; time = time.plusDays(3)) {
                assertEquals(Optional.of(ada), sessions.find(used), time::toString);
                clock.move(Duration.ofDays(3));
            }
            clock.move(Duration.ofSeconds(1));
            assertEquals(Optional.empty(), sessions.find(used));

            var ended = sessions.begin(ada);
            var other = sessions.begin(ada);
            sessions.end(ended);
            assertEquals(Optional.empty(), sessions.find(ended));
            assertEquals(Optional.of(ada), sessions.find(other));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherPasswordAndBeingDisabledEndAllSessions(Databases kind) {
        try (var database = kind.open(folder)) {
            var users = new Users(database, clock);
            var ada = users.add("ada", PASSWORD);
            var bob = users.add("bob", PASSWORD);
            var sessions = new Sessions(database, clock);
            var adas = sessions.begin(ada);
            var bobs = sessions.begin(bob);
            users.changePassword("ada", "another password");
            assertEquals(Optional.empty(), sessions.find(adas));
            assertEquals(Optional.of(bob), sessions.find(bobs));
            assertEquals(Optional.empty(), users.check("ada", PASSWORD));
            assertEquals(Optional.of(ada), users.check("ada", "another password"));

            users.setDisabled("bob", true);
            assertEquals(Optional.empty(), sessions.find(bobs));
            assertEquals(Optional.empty(), users.check("bob", PASSWORD));
            users.setDisabled("bob", false);
            assertEquals(Optional.empty(), sessions.find(bobs));
            assertEquals(Optional.of(bob), users.check("bob", PASSWORD));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoChangesTheirOwnPasswordStaysLoggedInThereAlone(Databases kind) {
        try (var database = kind.open(folder)) {
            var users = new Users(database, clock);
            var ada = users.add("ada", PASSWORD);
            var sessions = new Sessions(database, clock);
            var here = sessions.begin(ada);
            var elsewhere = sessions.begin(ada);
            users.changeOwnPassword(ada, "another password", here);
            assertEquals(Optional.of(ada), sessions.find(here));
            assertEquals(Optional.empty(), sessions.find(elsewhere));
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingThatIsKeptLetsAnybodyIn(Databases kind) {
        try (var database = kind.open(folder)) {
            var users = new Users(database, clock);
            var sessions = new Sessions(database, clock);
            var secret = sessions.begin(users.add("ada", PASSWORD));
            var key = new Keys(database, clock).create("laptop", Optional.empty(), Optional.empty(), KeyLimits.NONE).secret();
            for (var kept : keptTexts(database)) {
                assertFalse(kept.contains(PASSWORD) || kept.contains(secret) || kept.contains(key) || kept.contains(key.substring(18)),
                        kept);
                assertEquals(Optional.empty(), sessions.find(kept));
            }
        }
    }

    private static List<String> keptTexts(Database database) {
        return database.call(transaction -> transaction.list(
                """
                SELECT password AS kept FROM users UNION ALL SELECT hash FROM sessions UNION ALL SELECT hash FROM api_keys UNION ALL SELECT id FROM api_keys""",
                row -> row.getString("kept")));
    }

    @Test
    void namesAndPasswordsThatCannotBeAreRefusedInASentence() {
        try (var database = Database.sqlite(folder)) {
            var users = new Users(database, clock);
            for (var name : List.of("", "  ", "a b", "a\u0000", "a/b", "<b>", "x".repeat(65))) {
                assertThrows(IllegalArgumentException.class, () -> users.add(name, PASSWORD), name);
            }
            for (var password : List.of("", "1234567", "🌱".repeat(7), "x".repeat(1025))) {
                assertThrows(IllegalArgumentException.class, () -> users.add("ada", password), password);
            }
            assertEquals(List.of(), users.all());
            assertThrows(IllegalArgumentException.class, () -> users.changePassword("ada", PASSWORD));
            assertThrows(IllegalArgumentException.class, () -> users.setDisabled("ada", true));
        }
    }
}
