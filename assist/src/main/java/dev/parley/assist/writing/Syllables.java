package dev.parley.assist.writing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Counts the syllables of English words by the rules of spelling, and by a list of words that the rules get wrong. Of the words of our
 * own list that are no exceptions, {@code docs/writing.md} says how many it gets right; names and rare words are less sure.
 */
public final class Syllables {

    private static final Pattern WORD = Pattern.compile("[a-z']+");
    private static final Map<String, Integer> EXCEPTIONS = read();

    private Syllables() {}

    /** Those of a text, a line of a poem for one. */
    public static int of(String text) {
        var count = 0;
        var words = WORD.matcher(text.toLowerCase(Locale.ROOT).replace('\u2019', '\''));
        while (words.find()) count += ofWord(words.group());
        return count;
    }

    private static int ofWord(String word) {
        var known = EXCEPTIONS.get(word);
        return known != null ? known : byRules(word);
    }

    static int byRules(String word) {
        var state = WordState.START;
        for (var c : word.toCharArray()) state = state.after(c);
        return Math.max(word.indexOf('\'') < 0 || word.length() > 3 ? 1 : 0, state.total());
    }

    /** Words that the rules get wrong, with their syllables. */
    static Map<String, Integer> exceptions() {
        return EXCEPTIONS;
    }

    private static Map<String, Integer> read() {
        var words = new HashMap<String, Integer>();
        try (var lines = new BufferedReader(new InputStreamReader(Syllables.class.getResourceAsStream("syllable-exceptions.txt"),
                StandardCharsets.US_ASCII))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var parts = line.strip().split("\\s+");
                for (int i = 1; i < parts.length; i++) words.put(parts[i], Integer.parseInt(parts[0]));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(words);
    }
}
