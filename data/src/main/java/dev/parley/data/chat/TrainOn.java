package dev.parley.data.chat;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which tokens of a conversation are targets. What tools answer never is. */
public enum TrainOn {

    /** What the assistant says, thinks and calls, with the token that ends each turn. */
    ASSISTANT,

    /** The assistant's last message alone. */
    LAST_ASSISTANT,

    /** Everything, what the user says and the template writes included. */
    ALL;

    /** Its name in recipes and options. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * A choice by its name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static TrainOn named(String label) {
        return Arrays.stream(values()).filter(choice -> choice.label().equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("train_on is " + label + "; it is one of "
                        + Arrays.stream(values()).map(TrainOn::label).collect(Collectors.joining(", ")) + "."));
    }
}
