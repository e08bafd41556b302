package dev.parley.data.chat;

import java.util.Locale;

/** What becomes of a conversation that is longer than the context. */
public enum TooLong {

    /** It is left out, and counted. */
    LEAVE_OUT,

    /** Its beginning is kept; without a target in it, it is left out. */
    TRUNCATE;

    /** Its name in recipes and options. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * A choice by its name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static TooLong named(String label) {
        for (var choice : values()) if (choice.label().equals(label)) return choice;
        throw new IllegalArgumentException("too_long is " + label + "; it is leave_out or truncate.");
    }
}
