package dev.parley.train;

import java.util.function.LongSupplier;

/**
 * How long a run may train, instead of how many steps: it ends on time whatever the machine's speed is and becomes. The
 * schedule of the learning rate follows the part of the time that is over, as it otherwise follows the part of the steps.
 *
 * @param seconds of training, those before a resume counted
 * @param nanoTime the clock, as {@link System#nanoTime()}
 */
public record TimeLimit(double seconds, LongSupplier nanoTime) {

    /** @throws IllegalArgumentException if the time is not above 0 */
    public TimeLimit {
        if (!(seconds > 0)) throw new IllegalArgumentException("A time limit of " + seconds + " seconds is not above 0.");
    }

    /** By the machine's clock. */
    public static TimeLimit ofSeconds(double seconds) {
        return new TimeLimit(seconds, System::nanoTime);
    }
}
