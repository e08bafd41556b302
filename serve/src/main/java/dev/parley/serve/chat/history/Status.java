package dev.parley.serve.chat.history;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How far a message is. */
public enum Status {
    DONE,
    RUNNING,
    /** Its server ended before it did. */
    INTERRUPTED,
    FAILED,
    CANCELLED;

    /** As the API names it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By its name in the API. */
    public static Optional<Status> of(String label) {
        return Stream.of(values()).filter(s -> s.label().equals(label)).findFirst();
    }
}
