package dev.parley.serve.accounts;

import java.time.InstantSource;

/** So many at once, and more as time passes: a bucket that fills steadily up to its brim. */
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
    boolean tryTake() {
        return tryTake(1);
    }

    /** Takes so many, if they are there. */
    synchronized boolean tryTake(double amount) {
        fill();
        if (level < amount) return false;
        level -= amount;
        return true;
    }

    /** Puts back what was taken in vain; what was used beyond what was taken is less than nothing, and has to be made good. */
    synchronized void giveBack(double amount) {
        fill();
        level = Math.min(capacity, level + amount);
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
