package dev.parley.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression that cuts text: the published ones by code of ours, others by Java's expressions, which read the
 * characters of well-formed text and leave broken bytes between matches.
 */
final class SplitPattern {

    private static final String REST = "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

    /** GPT-4's, as OpenAI publishes it: possessive, and otherwise the same. */
    private static final String CL100K = "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";
    private static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private static final Map<String, WordPattern> KNOWN = Map.of(
            CONTRACTIONS + REST.formatted("\\p{N}{1,3}"), new WordPattern(3), CL100K, new WordPattern(3), CONTRACTIONS + REST.formatted("\\p{N}"), new WordPattern(1));

    private final String regex;
    private final Optional<WordPattern> own;
    private final Optional<Pattern> pattern;

    /** @throws IllegalArgumentException if Java cannot read the expression */
    SplitPattern(String regex) {
        this.regex = regex;
        own = Optional.ofNullable(KNOWN.get(regex));
        try {
            pattern = own.isPresent() || regex.equals(GPT2) ? Optional.empty() : Optional.of(Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("the pattern " + regex + " cannot be read (" + e.getDescription() + ")");
        }
    }

    String regex() {
        return regex;
    }

    /** Matches, and what lies between them, each a piece. */
    void split(byte[] text, int from, int to, int origin, PieceSink sink) {
        if (own.isPresent()) own.get().split(text, from, to, origin, sink);
        else if (pattern.isEmpty()) Gpt2Pattern.split(text, from, to, origin, sink);
        else matches(pattern.get(), text, from, to, origin, sink);
    }

    private static void matches(Pattern pattern, byte[] text, int from, int to, int origin, PieceSink sink) {
        var characters = new String(text, from, to - from, StandardCharsets.UTF_8);
        var matcher = pattern.matcher(characters);
        int at = from, done = 0;
        while (matcher.find()) {
            if (matcher.end() == matcher.start()) continue;
            var start = at + bytes(characters, done, matcher.start());
            var end = Math.min(to, start + bytes(characters, matcher.start(), matcher.end()));
            if (start > at) sink.piece(text, at, Math.min(to, start), origin);
            if (end > start) sink.piece(text, start, end, origin);
            at = Math.min(to, end);
            done = matcher.end();
        }
        if (at < to) sink.piece(text, at, to, origin);
    }

    private static int bytes(String text, int from, int to) {
        var n = 0;
        for (int i = from; i < to; ) {
            var c = text.codePointAt(i);
            n += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            i += Character.charCount(c);
        }
        return n;
    }
}
