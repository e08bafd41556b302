package dev.parley.serve.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {

    private final Hands clock = new Hands();
    private final LoginThrottle throttle = new LoginThrottle(clock);

    private long triesOf(IntStream numbers, java.util.function.IntFunction<String> name, java.util.function.IntFunction<String> address) {
        return numbers.filter(i -> throttle.tryNow(name.apply(i), address.apply(i)).isEmpty()).count();
    }

    @Test
    void aNameMayBeTriedTenTimesFromWhereverItIs() {
        assertEquals(10, triesOf(IntStream.range(0, 50), i -> i % 2 == 0 ? "ada" : " ADA", i -> "10.0.0." + i));
        var wait = throttle.tryNow("ada", "10.0.1.1").orElseThrow();
        assertEquals(Duration.ofSeconds(30), wait);
        clock.move(wait);
        assertEquals(1, triesOf(IntStream.range(0, 5), i -> "ada", i -> "10.0.2." + i));
    }

    @Test
    void anAddressMayTryThirtyNames() {
        assertEquals(30, triesOf(IntStream.range(0, 50), i -> "user" + i, i -> "10.0.0.1"));
        assertEquals(Optional.empty(), throttle.tryNow("user", "10.0.0.2"));
    }

    @Test
    void aNetworkOfIpv6IsOneAddress() {
        assertEquals(30, triesOf(IntStream.range(0, 50), i -> "user" + i, i -> "2001:db8:1:2:" + i + "::1"));
        assertEquals(30, triesOf(IntStream.range(100, 150), i -> "user" + i, i -> "[2001:db8:1:3::" + i + "]"));
    }

    @Test
    void blanksAroundANameMakeNoOtherOfIt() {
        var typed = IntStream.range(0, 80).mapToObj(i -> " ".repeat(i) + "ada" + "\u3000".repeat(80 - i)).toList();
        assertEquals(10, triesOf(IntStream.range(0, 80), typed::get, i -> "10.0.0." + i));
    }

    @Test
    void namesThatAreMuchTooLongAreNobodysTogether() {
        assertEquals(10, triesOf(IntStream.range(0, 50), i -> "\uFDFA".repeat(1_000_000 + i), i -> "10.0.0." + i));
        assertEquals(Optional.empty(), throttle.tryNow("ada", "10.0.1.1"));
    }

    @Test
    void anAddressIsTheSameHoweverItIsWritten() {
        assertEquals(30, triesOf(IntStream.range(0, 90), i -> "user" + i,
                i -> List.of("192.0.2.77", "::ffff:192.0.2.77", "[::FFFF:c000:24d]:" + (4000 + i)).get(i % 3)));
        assertEquals(30, triesOf(IntStream.range(100, 190), i -> "user" + i,
                i -> List.of("2001:db8::1", "2001:0DB8:0:0:0::1%eth0", "[2001:db8::2]:" + (4000 + i)).get(i % 3)));
    }

    @Test
    void clientsOfIpv4BehindASocketOfIpv6AreOneEach() {
        assertEquals(50, triesOf(IntStream.range(0, 50), i -> "user" + i, i -> "::ffff:192.0.2." + i));
    }

    @Test
    void whatIsNoAddressCountsAsItIs() {
        assertEquals(30, triesOf(IntStream.range(0, 50), i -> "user" + i, i -> "unknown"));
        assertEquals(Optional.empty(), throttle.tryNow("user", ":::"));
    }

    @Test
    void rightPasswordsDoNotCount() {
        for (int i = 0; i < 100; i++) {
            assertEquals(Optional.empty(), throttle.tryNow("ada", "10.0.0.1"));
            throttle.succeeded("ada", "10.0.0.1");
        }
    }

    @Test
    void whoWasRightOnceStillWaitsForEarlierWrongOnes() {
        for (int i = 0; i < 9; i++) throttle.tryNow("ada", "10.0.0." + i);
        assertEquals(Optional.empty(), throttle.tryNow("ada", "10.0.1.1"));
        throttle.succeeded("ada", "10.0.1.1");
        assertEquals(Optional.empty(), throttle.tryNow("ada", "10.0.1.2"));
        assertTrue(throttle.tryNow("ada", "10.0.1.3").isPresent());
    }

    @Test
    void itRemembersNoMoreThanItSays() {
        for (int i = 0; i < 3 * LoginThrottle.MOST_REMEMBERED; i++) throttle.tryNow("user" + i, i / 250 % 250 + "." + i % 250 + ".0.1");
        assertEquals(LoginThrottle.MOST_REMEMBERED, throttle.remembered(true));
        assertTrue(throttle.remembered(false) <= LoginThrottle.MOST_REMEMBERED);
    }
}
