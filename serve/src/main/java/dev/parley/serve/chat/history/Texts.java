package dev.parley.serve.chat.history;

import dev.parley.serve.http.ApiError;
import java.util.Locale;

/** Texts as databases can keep them, and as searches see them. */
public final class Texts {

    private static final int MOST_TITLE = 200;
    private static final int TITLE_OF_TEXT = 60;

    private Texts() {}

    /** The text with U+FFFD for what is no character: NUL, which PostgreSQL cannot keep, and halves of surrogate pairs. */
    public static String clean(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isNone(text, i)) return cleaned(text);
        }
        return text;
    }

    private static String cleaned(String text) {
        var clean = new StringBuilder(text);
        for (int i = 0; i < text.length(); i++) {
            if (isNone(text, i)) clean.setCharAt(i, '\uFFFD');
        }
        return clean.toString();
    }

    private static boolean isNone(String text, int at) {
        var c = text.charAt(at);
        if (Character.isHighSurrogate(c)) return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        if (Character.isLowSurrogate(c)) return at == 0 || !Character.isHighSurrogate(text.charAt(at - 1));
        return c == 0;
    }

    /** As searches compare it. */
    static String folded(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** @throws ApiError if it is too long */
    public static String title(String text) {
        var title = clean(text).strip();
        if (title.length() > MOST_TITLE) throw ApiError.badRequest("title", "A title has at most " + MOST_TITLE + " characters.");
        return title;
    }

    /** The beginning of a text, to the end of a word. */
    static String titleOf(String text) {
        var line = text.strip().lines().findFirst().orElse("").strip();
        if (line.length() <= TITLE_OF_TEXT) return line;
        var end = line.lastIndexOf(' ', TITLE_OF_TEXT);
        if (end < TITLE_OF_TEXT / 2) end = Character.isHighSurrogate(line.charAt(TITLE_OF_TEXT - 1)) ? TITLE_OF_TEXT - 1 : TITLE_OF_TEXT;
        return line.substring(0, end).strip() + "…";
    }
}
