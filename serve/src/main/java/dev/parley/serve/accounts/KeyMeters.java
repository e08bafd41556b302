package dev.parley.serve.accounts;

import dev.parley.serve.store.StoreException;
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
    private final Map<String, Long> unkept = new ConcurrentHashMap<>(); // tokens that are to be counted in the database yet

    /** Meters by the system's clock. */
    public KeyMeters(Keys keys) {
        this(keys, InstantSource.system());
    }

    KeyMeters(Keys keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * Counts a request of a key that works.
     *
     * @return why it must wait, if it must: then it is not counted
     */
    public Optional<Admission.Wait> tryNow(Key key) {
        return meter(key).tryNow(key.tokensToday());
    }

    /** The headers that tell what a key has left. */
    public Map<String, String> headers(Key key) {
        return meter(key).headers();
    }

    /** Sets tokens aside for a request of a key, as {@link Meter#reserve} says; those that are granted are to be settled. */
    public Admission reserve(Key key, long prompt, long answers, boolean flexible) {
        return meter(key).reserve(prompt, answers, flexible);
    }

    /** Counts the tokens of a request that has ended. What cannot be kept now is kept with the next. */
    public void settle(Key key, long reserved, long used) {
        meter(key).settle(reserved, used);
        var all = used + Optional.ofNullable(unkept.remove(key.id())).orElse(0L);
        if (all <= 0) return;
        try {
            keys.count(key.id(), all);
        } catch (StoreException e) {
            unkept.merge(key.id(), all, Long::sum);
        }
    }

    /** A wait in the whole seconds of {@code Retry-After}. */
    public static long seconds(Duration time) {
        return Math.max(1, (time.toMillis() + 999) / 1000);
    }

    private KeyMeter meter(Key key) {
        return meters.computeIfAbsent(key.id(), id -> new KeyMeter(key.limits(), clock));
    }
}
