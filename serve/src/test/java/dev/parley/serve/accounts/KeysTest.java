package dev.parley.serve.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.store.Database;
import dev.parley.serve.store.Databases;
import java.nio.file.Path;
import java.sql.DriverManager;
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
class KeysTest {

    @TempDir
    private Path folder;

    private final Hands clock = new Hands();

    @ParameterizedTest
    @EnumSource
    void aKeyWorksUntilItIsRevoked(Databases kind) {
        try (var database = kind.open(folder)) {
            var keys = new Keys(database, clock);
            var made = keys.create("laptop", Optional.empty(), Optional.empty(), new KeyLimits(1, 2, 3));
            assertTrue(made.secret().matches("sk-parley-[A-Za-z0-9]{51}"), made.secret());
            assertTrue(made.secret().startsWith(made.key().shown().replace("…", "")), made.key().shown());
            assertEquals(Optional.of(made.key()), keys.check(made.secret()));
            assertEquals(List.of(made.key()), keys.all());
            keys.revoke(made.key().shown());
            assertEquals(Optional.empty(), keys.check(made.secret()));
            assertTrue(keys.isEmpty() && keys.all().getFirst().revoked());
            assertThrows(IllegalArgumentException.class, () -> keys.revoke(made.key().id()));
            assertThrows(IllegalArgumentException.class, () -> keys.revoke("nothing"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherServerSeesARevocationAtOnce(Databases kind) {
        try (var database = kind.open(folder); var ofTheCommand = kind.open(folder)) {
            var keys = new Keys(database, clock);
            var made = keys.create("laptop", Optional.empty(), Optional.empty(), KeyLimits.NONE);
            assertTrue(keys.check(made.secret()).isPresent());
            new Keys(ofTheCommand, clock).revoke(made.key().id());
            assertEquals(Optional.empty(), keys.check(made.secret()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKeyEndsByItselfWhenItsTimeIsOver(Databases kind) {
        try (var database = kind.open(folder)) {
            var keys = new Keys(database, clock);
            var made = keys.create("laptop", Optional.empty(), Optional.of(Duration.ofDays(30)), KeyLimits.NONE);
            clock.move(Duration.ofDays(30).minusMillis(1));
            assertTrue(keys.check(made.secret()).isPresent());
            clock.move(Duration.ofMillis(1));
            assertEquals(Optional.empty(), keys.check(made.secret()));
            assertTrue(keys.isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKeyOfAUserSpeaksForThemAndEndsWithThem(Databases kind) {
        try (var database = kind.open(folder)) {
            var users = new Users(database, clock);
            var ada = users.add("ada", "correct horse battery staple");
            var keys = new Keys(database, clock);
            var made = keys.create("laptop", Optional.of("Ada"), Optional.empty(), KeyLimits.NONE);
            assertEquals(Optional.of(ada), keys.check(made.secret()).orElseThrow().owner());
            users.setDisabled("ada", true);
            assertEquals(Optional.empty(), keys.check(made.secret()));
            assertThrows(IllegalArgumentException.class, () -> keys.create("laptop", Optional.of("bob"), Optional.empty(), KeyLimits.NONE));
        }
    }

    @Test
    void almostAKeyIsNone() {
        try (var database = Database.sqlite(folder)) {
            var keys = new Keys(database, clock);
            var secret = keys.create("laptop", Optional.empty(), Optional.empty(), KeyLimits.NONE).secret();
            var changed = secret.substring(0, secret.length() - 1) + (secret.endsWith("x") ? "y" : "x");
            for (var other : List.of("", "sk-parley-", changed, secret + "x", secret.substring(1),
                    secret.toUpperCase(java.util.Locale.ROOT), "sk-parley-" + "%".repeat(51))) {
                assertEquals(Optional.empty(), keys.check(other), other);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatAKeyUsedADayIsKeptAndBeginsAnewAtMidnight(Databases kind) {
        try (var database = kind.open(folder)) {
            var keys = new Keys(database, clock);
            var secret = keys.create("laptop", Optional.empty(), Optional.empty(), new KeyLimits(0, 0, 100)).secret();
            new KeyMeters(keys, clock).settle(keys.check(secret).orElseThrow(), 0, 60);
            var restarted = new KeyMeters(keys, clock);
            assertEquals(Optional.empty(), restarted.tryNow(keys.check(secret).orElseThrow()));
            restarted.settle(keys.check(secret).orElseThrow(), 0, 60);
            assertEquals(120, keys.check(secret).orElseThrow().tokensToday());
            var wait = restarted.tryNow(keys.check(secret).orElseThrow()).orElseThrow();
            assertEquals(Duration.ofHours(1), wait.time()); // the test's clock shows 23:00
            clock.move(Duration.ofHours(1));
            assertEquals(Optional.empty(), restarted.tryNow(keys.check(secret).orElseThrow()));
            assertEquals(0, keys.all().getFirst().tokensToday());
        }
    }

    @Test
    void requestsAMinuteAreCountedAndComeBack() {
        var meter = new KeyMeter(new KeyLimits(3, 0, 0), clock);
        for (int i = 0; i < 3; i++) assertEquals(Optional.empty(), meter.tryNow(0));
        assertEquals(Duration.ofSeconds(20), meter.tryNow(0).orElseThrow().time());
        assertEquals("0", meter.headers().get("x-ratelimit-remaining-requests"));
        assertEquals("3", meter.headers().get("x-ratelimit-limit-requests"));
        assertEquals("1m0s", meter.headers().get("x-ratelimit-reset-requests"));
        assertFalse(meter.headers().containsKey("x-ratelimit-limit-tokens"));
        clock.move(Duration.ofSeconds(20));
        assertEquals(Optional.empty(), meter.tryNow(0));
        assertTrue(meter.tryNow(0).isPresent());
    }

    @Test
    void whatRunsAtOnceStaysWithinTheMinute() {
        var meter = new KeyMeter(new KeyLimits(0, 600, 0), clock);
        for (int i = 0; i < 3; i++) assertEquals(new Admission.Granted(150), meter.reserve(50, 150, false));
        var wait = assertInstanceOf(Admission.Wait.class, meter.reserve(50, 150, false));
        assertEquals(Duration.ofSeconds(20), wait.time(), "200 tokens at 10 a second");
        assertEquals("0", meter.headers().get("x-ratelimit-remaining-tokens"));
        meter.settle(200, 20);
        assertEquals("180", meter.headers().get("x-ratelimit-remaining-tokens"), "what was not used is there again");
        assertInstanceOf(Admission.Wait.class, meter.reserve(50, 150, false));
        assertEquals(new Admission.Granted(130), meter.reserve(50, 130, false));
        clock.move(Duration.ofSeconds(60));
        assertEquals(new Admission.Granted(550), meter.reserve(50, 550, false));
        assertInstanceOf(Admission.TooMany.class, meter.reserve(50, 551, false), "never");
        assertInstanceOf(Admission.TooMany.class, meter.reserve(601, 0, true));
    }

    @Test
    void whatRunsAtOnceStaysWithinTheDay() {
        var meter = new KeyMeter(new KeyLimits(0, 0, 600), clock);
        assertEquals(Optional.empty(), meter.tryNow(200)); // which another server has counted
        assertEquals(new Admission.Granted(300), meter.reserve(50, 300, false));
        assertTrue(assertInstanceOf(Admission.Wait.class, meter.reserve(50, 1, false)).time().compareTo(Duration.ofMinutes(1)) < 0,
                "what is set aside may come back soon");
        meter.settle(350, 350);
        assertEquals(Duration.ofHours(1), assertInstanceOf(Admission.Wait.class, meter.reserve(50, 1, false)).time(), "until midnight");
        assertEquals(new Admission.Granted(1), meter.reserve(49, 1, false));
        clock.move(Duration.ofHours(1));
        assertEquals(new Admission.Granted(500), meter.reserve(50, 500, false), "of what still runs 50 are set aside");
    }

    @Test
    void whereFewerWillDoOthersFindSomethingToo() {
        var meter = new KeyMeter(new KeyLimits(0, 1000, 0), clock);
        assertEquals(new Admission.Granted(450), meter.reserve(100, 30_000, true), "half of what is left beside the prompt");
        assertEquals(new Admission.Granted(225), meter.reserve(100, 30_000, true), "a quarter at least");
        assertInstanceOf(Admission.Wait.class, meter.reserve(100, 30_000, true));
        assertEquals(new Admission.Granted(7), meter.reserve(100, 7, true), "no more than it can have");
    }

    @Test
    void whatWasUsedBeyondWhatWasSetAsideIsMadeGoodByWaiting() {
        var meter = new KeyMeter(new KeyLimits(0, 600, 0), clock);
        assertEquals(Optional.empty(), meter.tryNow(0));
        meter.settle(0, 900);
        assertEquals("0", meter.headers().get("x-ratelimit-remaining-tokens"));
        var wait = meter.tryNow(0).orElseThrow().time(); // 301 tokens at 10 a second
        assertEquals(Duration.ofMillis(30_100), wait);
        clock.move(wait);
        assertEquals(Optional.empty(), meter.tryNow(0));
    }

    @Test
    void whatCannotBeKeptOfADayIsKeptWithTheNext() throws Exception {
        try (var database = Databases.impatient(folder);
                var other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("parley.db")); var lock = other.createStatement()) {
            var keys = new Keys(database, clock);
            var secret = keys.create("laptop", Optional.empty(), Optional.empty(), new KeyLimits(0, 0, 100)).secret();
            var meters = new KeyMeters(keys, clock);
            lock.execute("begin immediate");
            meters.settle(keys.check(secret).orElseThrow(), 0, 60); // which nobody is to be refused an answer for
            lock.execute("commit");
            meters.settle(keys.check(secret).orElseThrow(), 0, 5);
            assertEquals(65, keys.check(secret).orElseThrow().tokensToday());
        }
    }

    @Test
    void timesAreWrittenAsOpenAiWritesThem() {
        assertEquals("0ms", KeyMeter.text(0));
        assertEquals("120ms", KeyMeter.text(120));
        assertEquals("1s", KeyMeter.text(1000));
        assertEquals("1.5s", KeyMeter.text(1500));
        assertEquals("6m0s", KeyMeter.text(360_000));
    }
}
