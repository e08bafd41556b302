package dev.parley.serve.accounts;

import java.time.Duration;

/** Whether a key may have the tokens that it asks for. */
public sealed interface Admission {

    /**
     * They are set aside.
     *
     * @param answers how many may be made
     */
    record Granted(long answers) implements Admission {}

    /**
     * Not now.
     *
     * @param limit that forbids it, in words
     */
    record Wait(String limit, Duration time) implements Admission {}

    /**
     * Never so many at once.
     *
     * @param limit as above
     */
    record TooMany(String limit) implements Admission {}
}
