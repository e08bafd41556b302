package dev.parley.hub;

import dev.parley.hub.HubException.Reason;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/** Tries again what may go better the next time, and waits longer each time. */
final class Retries {

    /** One try. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws RetryableException, InterruptedException;
    }

    private final HubSettings.Pace pace;
    private final HubListener listener;

    Retries(HubSettings.Pace pace, HubListener listener) {
        this.pace = pace;
        this.listener = listener;
    }

    /** @throws HubException UNREACHABLE, naming what was wanted, when as many tries as the pace allows brought nothing */
    <T> T of(String wanted, Attempt<T> attempt) {
        return of(wanted, () -> 0, attempt);
    }

    /**
     * @param progress grows as a try brings something: then the count begins anew
     * @throws HubException as above, or INTERRUPTED
     */
    <T> T of(String wanted, LongSupplier progress, Attempt<T> attempt) {
        var failed = 0;
        while (true) {
            var before = progress.getAsLong();
            try {
                return attempt.run();
            } catch (RetryableException trouble) {
                failed = progress.getAsLong() > before ? 1 : failed + 1;
                pause(wanted, trouble, failed);
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }
    }

    private void pause(String wanted, RetryableException trouble, int failed) {
        var told = wanted + ": " + trouble.getMessage();
        var asked = trouble.askedWait();
        if (asked.isPresent() && asked.get().compareTo(pace.longest()) > 0) {
            throw new HubException(Reason.UNREACHABLE,
                    told + ", and asks to wait " + asked.get().toSeconds() + " seconds; try again then.");
        }
        if (failed >= pace.tries()) throw new HubException(Reason.UNREACHABLE, told + "; try again later.");
        var wait = asked.orElseGet(() -> backoff(failed));
        if (wait.toSeconds() >= 2) listener.note(told + "; trying again in " + wait.toSeconds() + " s.");
        try {
            Thread.sleep(wait);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Twice as long each time, less a random part, so that many who were refused together do not come back together. */
    private Duration backoff(int failed) {
        var whole = Math.min(pace.longest().toMillis(), pace.first().toMillis() << Math.min(20, failed - 1));
        return Duration.ofMillis(whole - ThreadLocalRandom.current().nextLong(whole / 2 + 1));
    }

    static HubException interrupted() {
        Thread.currentThread().interrupt();
        return new HubException(Reason.INTERRUPTED,
                "The download was interrupted; what has come is kept, and the next try goes on from there.");
    }

    /** The header Retry-After: seconds, or a date (RFC 9110, section 10.2.3); nothing where it is neither. */
    static Optional<Duration> retryAfter(String header, ZonedDateTime now) {
        var text = header.strip();
        if (text.matches("[0-9]{1,9}")) return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        try {
            var wait = Duration.between(now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME));
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
