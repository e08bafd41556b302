package dev.parley.serve.chat.history;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Who says a message. */
public enum Role {
    USER, ASSISTANT;

    /** As the API names it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By its name in the API. */
    public static Optional<Role> of(String label) {
        return Stream.of(values()).filter(r -> r.label().equals(label)).findFirst();
    }
}
