package dev.parley.serve.accounts;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a key has asked for in the last minute and today, held against its limits. A request's tokens are known when it has ended;
 * so that many at once stay within the limits too, those that it may come to are set aside until then.
 */
public final class KeyMeter {

    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final Duration SOON = Duration.ofSeconds(5);

    private final KeyLimits limits;
    private final InstantSource clock;
    private final Optional<TokenBucket> requests;
    private final Optional<TokenBucket> tokens;
    private long day;
    private long used; // on this day
    private long reserved;

    KeyMeter(KeyLimits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
        this.requests = bucket(limits.requestsPerMinute());
        this.tokens = bucket(limits.tokensPerMinute());
    }

    private Optional<TokenBucket> bucket(long perMinute) {
        return perMinute == 0 ? Optional.empty() : Optional.of(new TokenBucket(perMinute, perMinute, clock));
    }

    /** Counts a request. @param kept tokens of today as the database knows @return why it must wait, if it must: then it is not counted */
    synchronized Optional<Admission.Wait> tryNow(long kept) {
        learn(kept);
        if (limits.tokensPerDay() > 0 && used >= limits.tokensPerDay()) return Optional.of(untilTomorrow());
        if (tokens.isPresent() && tokens.get().there() < 1)
            return Optional.of(new Admission.Wait(perMinute(), Duration.ofMillis(tokens.get().millisUntil(1))));
        if (requests.isPresent() && !requests.get().tryTake()) {
            return Optional.of(new Admission.Wait(limits.requestsPerMinute() + " requests a minute",
                    Duration.ofMillis(requests.get().millisUntil(1))));
        }
        return Optional.empty();
    }

    /**
     * Sets tokens aside. Where fewer answers will do, they get half of what is there, so that others find something too, or wait for a
     * quarter of the limit at least.
     */
    synchronized Admission reserve(long prompt, long answers, boolean flexible) {
        learn(0);
        var granted = answers;
        if (tokens.isPresent()) {
            var asked = new Asked(prompt, granted, flexible, limits.tokensPerMinute());
            if (asked.isTooMuch()) return new Admission.TooMany(perMinute());
            if (tokens.get().there() < asked.least())
                return new Admission.Wait(perMinute(), Duration.ofMillis(tokens.get().millisUntil(asked.least())));
            granted = asked.granted(tokens.get().there());
        }
        if (limits.tokensPerDay() > 0) {
            var asked = new Asked(prompt, granted, flexible, limits.tokensPerDay());
            if (asked.isTooMuch()) return new Admission.TooMany(perDay());
            var left = limits.tokensPerDay() - used;
            if (left < asked.least()) return untilTomorrow();
            if (left - reserved < asked.least()) return new Admission.Wait(perDay() + ", and other requests may use what is left", SOON);
            granted = asked.granted(left - reserved);
        }
        var all = prompt + granted;
        tokens.ifPresent(bucket -> bucket.tryTake(all));
        reserved += all;
        return new Admission.Granted(granted);
    }

    /** What is asked of one limit. */
    private record Asked(long prompt, long answers, boolean flexible, long limit) {

        boolean isTooMuch() {
            return least() > limit;
        }

        long least() {
            return prompt + (flexible ? Math.min(answers, Math.max(1, (limit - prompt) / 4)) : answers);
        }

        long granted(long left) {
            return flexible ? Math.min(answers, Math.max(least() - prompt, (left - prompt) / 2)) : answers;
        }
    }

    synchronized void settle(long aside, long spent) {
        learn(0);
        reserved -= aside;
        used += spent;
        tokens.ifPresent(bucket -> bucket.giveBack(aside - spent));
    }

    /** Other servers count too; this one knows of its own what is not kept yet. */
    private void learn(long kept) {
        var today = Math.floorDiv(clock.millis(), DAY);
        used = Math.max(today == day ? used : 0, kept);
        day = today;
    }

    private Admission.Wait untilTomorrow() {
        return new Admission.Wait(perDay(), Duration.ofMillis(DAY - Math.floorMod(clock.millis(), DAY)));
    }

    private String perMinute() {
        return limits.tokensPerMinute() + " tokens a minute";
    }

    private String perDay() {
        return limits.tokensPerDay() + " tokens a day";
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
        var seconds = (millis % 60_000) / 1000
                + (millis % 1000 == 0 ? "" : ("." + String.format(Locale.ROOT, "%03d", millis % 1000)).replaceAll("0+$", "")) + "s";
        return millis < 60_000 ? seconds : millis / 60_000 + "m" + seconds;
    }
}
