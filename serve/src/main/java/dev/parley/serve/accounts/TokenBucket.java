package dev.parley.serve.accounts;

import java.time.InstantSource;

/**
 * So many at once, and more as time passes: a bucket that fills steadily up to its brim. What is known only afterwards, such as
 * the tokens of an answer, may be taken below zero; then nothing is there until that is made good.
 */
final class TokenBucket {

    private final double capacity;
    private final double perMilli;
    private final InstantSource clock;
    private double level;
    private long filled;

    /** A full one. @param perMinute what flows in */
    TokenBucket(double capacity, double perMinute, InstantSource clock) {
        this.capacity = capacity;
        this.perMilli = perMinute / 60_000;
        this.clock = clock;
        this.level = capacity;
        this.filled = clock.millis();
    }

    /** Takes one, if it is there. */
    synchronized boolean tryTake() {
        fill();
        if (level < 1) return false;
        level -= 1;
        return true;
    }

    /** Takes, whether it is there or not. */
    synchronized void take(double amount) {
        fill();
        level -= amount;
    }

    /** Puts back what was taken in vain. */
    synchronized void giveBack() {
        fill();
        level = Math.min(capacity, level + 1);
    }

    /** What is there in whole, at least 0. */
    synchronized long there() {
        fill();
        return Math.max(0, (long) level);
    }

    /** Milliseconds until so many are there; at least so many fit in. */
    synchronized long millisUntil(double amount) {
        fill();
        return level >= amount ? 0 : (long) Math.ceil((amount - level) / perMilli);
    }

    long millisUntilFull() {
        return millisUntil(capacity);
    }

    private void fill() {
        var now = clock.millis();
        // A clock that is set back takes nothing away.
        level = Math.min(capacity, level + Math.max(0, now - filled) * perMilli);
        filled = now;
    }
}
