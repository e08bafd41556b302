package dev.parley.serve.accounts;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock whose hands a test moves. */
final class Hands implements InstantSource {

    private Instant now = Instant.parse("2026-01-31T23:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    void move(Duration time) {
        now = now.plus(time);
    }
}
