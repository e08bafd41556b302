package dev.parley.serve.accounts;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a key has asked for in the last minute, held against its limits. Tokens are known when an answer has ended; a key whose
 * answers together came to more than was left waits until that is made good.
 */
public final class KeyMeter {

    private static final long DAY = Duration.ofDays(1).toMillis();

    private final KeyLimits limits;
    private final InstantSource clock;
    private final Optional<TokenBucket> requests;
    private final Optional<TokenBucket> tokens;

    KeyMeter(KeyLimits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
        this.requests = bucket(limits.requestsPerMinute());
        this.tokens = bucket(limits.tokensPerMinute());
    }

    private Optional<TokenBucket> bucket(long perMinute) {
        return perMinute == 0 ? Optional.empty() : Optional.of(new TokenBucket(perMinute, perMinute, clock));
    }

    /**
     * Why a request must wait.
     *
     * @param limit in words
     */
    public record Wait(String limit, Duration time) {}

    /** Counts a request. @return why it must wait, if it must: then it is not counted */
    Optional<Wait> tryNow(long tokensToday) {
        if (limits.tokensPerDay() > 0 && tokensToday >= limits.tokensPerDay()) {
            return Optional.of(new Wait(limits.tokensPerDay() + " tokens a day", Duration.ofMillis(DAY - Math.floorMod(clock.millis(), DAY))));
        }
        if (tokens.isPresent() && tokens.get().there() < 1) {
            return Optional.of(new Wait(limits.tokensPerMinute() + " tokens a minute", Duration.ofMillis(tokens.get().millisUntil(1))));
        }
        if (requests.isPresent() && !requests.get().tryTake()) {
            return Optional.of(new Wait(limits.requestsPerMinute() + " requests a minute", Duration.ofMillis(requests.get().millisUntil(1))));
        }
        return Optional.empty();
    }

    void spent(long used) {
        tokens.ifPresent(bucket -> bucket.take(used));
    }

    /** The headers of OpenAI's API that tell what is left. */
    Map<String, String> headers() {
        var headers = new LinkedHashMap<String, String>();
        requests.ifPresent(bucket -> put(headers, "requests", limits.requestsPerMinute(), bucket));
        tokens.ifPresent(bucket -> put(headers, "tokens", limits.tokensPerMinute(), bucket));
        return headers;
    }

    private static void put(Map<String, String> headers, String what, long limit, TokenBucket bucket) {
        headers.put("x-ratelimit-limit-" + what, Long.toString(limit));
        headers.put("x-ratelimit-remaining-" + what, Long.toString(bucket.there()));
        headers.put("x-ratelimit-reset-" + what, text(bucket.millisUntilFull()));
    }

    /** As OpenAI's API writes times: {@code 120ms}, {@code 1.5s}, {@code 6m0s}. */
    static String text(long millis) {
        if (millis < 1000) return millis + "ms";
        var seconds = (millis % 60_000) / 1000 + (millis % 1000 == 0 ? "" : ("." + String.format(Locale.ROOT, "%03d", millis % 1000)).replaceAll("0+$", "")) + "s";
        return millis < 60_000 ? seconds : millis / 60_000 + "m" + seconds;
    }
}
