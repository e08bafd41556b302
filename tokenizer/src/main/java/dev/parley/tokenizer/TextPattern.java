package dev.parley.tokenizer;

import java.util.regex.Pattern;

/** What {@code tokenizer.json} looks for in text: a string as it is, or a regular expression. */
final class TextPattern {

    /** Characters that an expression may look at, for each of the text and at least: a search that goes wild ends here. */
    private static final long LOOKS_EACH = 2_000;
    private static final long LOOKS = 20_000_000;

    private final String source;
    private final boolean literal;
    private final Pattern pattern;

    private TextPattern(String source, boolean literal, Pattern pattern) {
        this.source = source;
        this.literal = literal;
        this.pattern = pattern;
    }

    static TextPattern literal(String text) {
        if (text.isEmpty()) throw new IllegalArgumentException("a pattern is empty");
        return new TextPattern(text, true, Pattern.compile(text, Pattern.LITERAL));
    }

    /** @throws IllegalArgumentException if the expression cannot be read */
    static TextPattern regex(String regex) {
        return new TextPattern(regex, false, RubyRegex.compile(regex));
    }

    String source() {
        return source;
    }

    boolean isLiteral() {
        return literal;
    }

    /** Takes the matches one after the other. */
    @FunctionalInterface
    interface Matches {
        void match(int start, int end);
    }

    /**
     * All matches from left to right; an empty one not where a match has just ended.
     *
     * @throws TokenizerException if the expression takes more work than any sensible one
     */
    void find(CharSequence text, Matches matches) {
        var matcher = pattern.matcher(literal ? text : new Counted(text, new long[] {LOOKS + LOOKS_EACH * text.length()}));
        int from = 0, last = -1;
        try {
            while (from <= text.length() && matcher.find(from)) {
                int start = matcher.start(), end = matcher.end();
                if (start == end && end == last) {
                    from = end + (end < text.length() ? Character.charCount(Character.codePointAt(text, end)) : 1);
                    continue;
                }
                matches.match(start, end);
                from = last = end;
            }
        } catch (StackOverflowError e) {
            throw new TokenizerException("The pattern " + source + " goes too deep in a text of " + text.length() + " characters.");
        }
    }

    /** Text that counts how often it is looked at. */
    private record Counted(CharSequence text, long[] left) implements CharSequence {

        @Override
        public char charAt(int index) {
            if (--left[0] < 0) throw new TokenizerException(
                    "A pattern of the tokenizer needs too much work for a text of " + text.length() + " characters.");
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
