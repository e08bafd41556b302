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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
            for (var other : List.of("", "sk-parley-", changed, secret + "x", secret.substring(1), secret.toUpperCase(java.util.Locale.ROOT), "sk-parley-" + "%".repeat(51))) {
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
            new KeyMeters(keys, clock).spent(keys.check(secret).orElseThrow(), 60);
            var restarted = new KeyMeters(keys, clock);
            assertEquals(Optional.empty(), restarted.tryNow(keys.check(secret).orElseThrow()));
            restarted.spent(keys.check(secret).orElseThrow(), 60);
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
    void anAnswerThatCostMoreThanWasLeftIsMadeGoodByWaiting() {
        var meter = new KeyMeter(new KeyLimits(0, 600, 0), clock);
        assertEquals(Optional.empty(), meter.tryNow(0));
        meter.spent(900);
        assertEquals("0", meter.headers().get("x-ratelimit-remaining-tokens"));
        var wait = meter.tryNow(0).orElseThrow().time(); // 301 tokens at 10 a second
        assertEquals(Duration.ofMillis(30_100), wait);
        clock.move(wait);
        assertEquals(Optional.empty(), meter.tryNow(0));
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
