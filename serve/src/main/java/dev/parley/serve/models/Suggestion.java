package dev.parley.serve.models;

import java.util.Optional;

/**
 * A question that a new conversation may begin with.
 *
 * @param text at most {@link #LONGEST} characters in one line
 * @param language that it is in, such as {@code en} or {@code zh}; empty where it is for all readers
 */
public record Suggestion(String text, Optional<String> language) {

    /** Characters of a text at most. */
    public static final int LONGEST = 200;

    /** @throws IllegalArgumentException if the page could not show it */
    public Suggestion {
        if (text.isBlank() || text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a suggestion's \"text\" is one line of 1 to " + LONGEST + " characters");
        }
        language.filter(l -> !l.matches("[a-z]{2,3}")).ifPresent(l -> {
            throw new IllegalArgumentException("a suggestion's \"language\" is two or three letters, such as \"en\"");
        });
    }

    /** A suggestion in a language. */
    public static Suggestion of(String language, String text) {
        return new Suggestion(text, Optional.of(language));
    }
}
