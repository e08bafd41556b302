package dev.parley.generate.sampling;

import dev.parley.tokenizer.Tokenizer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Watches a stream of text for stop strings, and holds back what may be the beginning of one: a reader never sees a part
 * of a stop string, wherever the tokens' borders lie.
 */
public final class StopStrings {

    private final List<String> stops;
    private String held = "";
    private Optional<String> found = Optional.empty();

    /** Watches one text for these strings. */
    public StopStrings(List<String> stops) {
        this.stops = stops;
    }

    /** The special tokens whose names hold a stop string, with that string: they show no text in which it could be found. */
    public static Map<Integer, String> tokens(List<String> stops, Optional<Tokenizer> tokenizer) {
        var tokens = new HashMap<Integer, String>();
        if (stops.isEmpty() || tokenizer.isEmpty()) return tokens;
        tokenizer.get().tokensWithoutText().forEach(token -> stops.stream().filter(token.content()::contains)
                .max(Comparator.comparingInt(String::length)).ifPresent(stop -> tokens.put(token.id(), stop)));
        return tokens;
    }

    /** Takes more text and gives what is certain to be shown. After a stop string nothing more is. */
    public String push(String text) {
        if (found.isPresent()) return "";
        var firstNew = held.length();
        held += text;
        for (int end = firstNew + 1; end <= held.length(); end++) { // the first to be complete, wherever the text was cut
            var seen = held.substring(0, end);
            var longest = stops.stream().filter(seen::endsWith).max(Comparator.comparingInt(String::length));
            if (longest.isPresent()) {
                found = longest;
                return release(end - longest.get().length(), end);
            }
        }
        var safe = held.length() - longestBeginning();
        return release(safe, safe);
    }

    /** The longest end of what is held that begins a stop string. */
    private int longestBeginning() {
        var longest = 0;
        for (var stop : stops) {
            for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
                if (stop.startsWith(held.substring(held.length() - n))) longest = n;
            }
        }
        return longest;
    }

    private String release(int shown, int dropped) {
        var text = held.substring(0, shown);
        held = found.isPresent() ? "" : held.substring(dropped);
        return text;
    }

    /** What was held back after all, at the end of the stream. */
    public String finish() {
        var rest = held;
        held = "";
        return rest;
    }

    /** The stop string that has come; empty as long as none has. */
    public Optional<String> found() {
        return found;
    }
}
