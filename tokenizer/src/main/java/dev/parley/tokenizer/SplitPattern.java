package dev.parley.tokenizer;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@link PreTokenizer.Split} looks for: the published expressions by code of ours, others by {@link TextPattern}, to which
 * a broken byte is U+FFFD.
 */
final class SplitPattern {

    private static final String REST = "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

    /** GPT-4's, as OpenAI publishes it: possessive, and otherwise the same. */
    private static final String CL100K = "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| "
            + "?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";
    private static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    static final String QWEN2 = CONTRACTIONS + REST.formatted("\\p{N}");

    private static final Map<String, WordPattern> KNOWN = Map.of(
            CONTRACTIONS + REST.formatted("\\p{N}{1,3}"), new WordPattern(3), CL100K, new WordPattern(3), QWEN2, new WordPattern(1));

    private final TextPattern pattern;
    private final Optional<WordPattern> own;
    private final boolean gpt2;

    SplitPattern(TextPattern pattern) {
        this.pattern = pattern;
        own = pattern.isLiteral() ? Optional.empty() : Optional.ofNullable(KNOWN.get(pattern.source()));
        gpt2 = !pattern.isLiteral() && pattern.source().equals(GPT2);
    }

    TextPattern pattern() {
        return pattern;
    }

    /** Cuts at matches; the code of ours knows only expressions that match all of a text, so that each match is a piece. */
    void split(SplitBehavior behavior, boolean invert, byte[] text, int from, int to, int origin, PieceSink sink) {
        var eachMatch = behavior == SplitBehavior.ISOLATED || behavior == SplitBehavior.REMOVED && invert;
        if (eachMatch && own.isPresent()) own.get().split(text, from, to, origin, sink);
        else if (eachMatch && gpt2) Gpt2Pattern.split(text, from, to, origin, sink);
        else matches(behavior, invert, text, from, to, origin, sink);
    }

    private void matches(SplitBehavior behavior, boolean invert, byte[] text, int from, int to, int origin, PieceSink sink) {
        var characters = new StringBuilder(to - from);
        var byteOf = new int[to - from + 1]; // of each char
        for (int at = from; at < to;) {
            int character = Utf8.decode(text, at, to), start = characters.length();
            characters.appendCodePoint(character >>> 3);
            for (int i = start; i < characters.length(); i++) byteOf[i] = at;
            at += character & 7;
        }
        byteOf[characters.length()] = to;
        var spans = new Spans(invert);
        pattern.find(characters, (start, end) -> {
            if (start > spans.end()) spans.add(start, false);
            spans.add(end, true);
        });
        if (spans.end() < characters.length()) spans.add(characters.length(), false);
        behavior.cut(spans.ends, spans.isMatch, spans.count, (start, end) -> sink.piece(text, byteOf[start], byteOf[end], origin));
    }

    /** Neighbouring spans of a text, matches and what is between. */
    private static final class Spans {

        private final boolean invert;
        private int[] ends = new int[32];
        private boolean[] isMatch = new boolean[32];
        private int count;

        Spans(boolean invert) {
            this.invert = invert;
        }

        int end() {
            return count == 0 ? 0 : ends[count - 1];
        }

        void add(int end, boolean match) {
            if (count == ends.length) {
                ends = Arrays.copyOf(ends, count * 2);
                isMatch = Arrays.copyOf(isMatch, count * 2);
            }
            ends[count] = end;
            isMatch[count++] = match != invert;
        }
    }
}
