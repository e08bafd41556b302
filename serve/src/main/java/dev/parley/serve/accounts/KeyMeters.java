package dev.parley.serve.accounts;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The meters of all keys that were used since the server began. What is counted a day is kept with the keys, and outlives it. */
public final class KeyMeters {

    private final Keys keys;
    private final InstantSource clock;
    private final Map<String, KeyMeter> meters = new ConcurrentHashMap<>();

    public KeyMeters(Keys keys) {
        this(keys, InstantSource.system());
    }

    KeyMeters(Keys keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** Counts a request of a key that works. @return why it must wait, if it must: then it is not counted */
    public Optional<KeyMeter.Wait> tryNow(Key key) {
        return meter(key).tryNow(key.tokensToday());
    }

    /** The headers that tell what a key has left. */
    public Map<String, String> headers(Key key) {
        return meter(key).headers();
    }

    /** Counts the tokens of an answer. */
    public void spent(Key key, long tokens) {
        if (tokens <= 0) return;
        meter(key).spent(tokens);
        keys.count(key.id(), tokens);
    }

    /** A wait in the whole seconds of {@code Retry-After}. */
    public static long seconds(Duration time) {
        return Math.max(1, (time.toMillis() + 999) / 1000);
    }

    private KeyMeter meter(Key key) {
        return meters.computeIfAbsent(key.id(), id -> new KeyMeter(key.limits(), clock));
    }
}
