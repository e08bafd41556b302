package dev.parley.tokenizer;

import static dev.parley.tokenizer.CharacterClass.NUMBER;
import static dev.parley.tokenizer.CharacterClass.SPACE;

import java.util.List;
import java.util.Optional;

/**
 * How text is cut into pieces before merging; no token ever crosses the end of a piece. The names are those of
 * {@code tokenizer.json}. Text is bytes here, so that any bytes at all can be cut: those that are not UTF-8 count
 * as characters that are neither letter, number nor space.
 */
public sealed interface PreTokenizer {

    /** Cuts {@code text[from, to)}; {@code origin} is passed on, see {@link PieceSink}. */
    private void split(byte[] text, int from, int to, int origin, PieceSink sink) {
        switch (this) {
            case ByteLevel part -> part.cut(text, from, to, origin, sink);
            case Digits part -> part.cut(text, from, to, origin, sink);
            case Sequence part -> part.cut(text, from, to, origin, sink, 0);
            case Split part -> part.pattern.split(part.behavior, part.invert, text, from, to, origin, sink);
            case Metaspace part -> part.cut(text, from, to, origin, sink);
            case CharacterSplit part -> part.cut(text, from, to, origin, sink);
            case Whole _ -> sink.piece(text, from, to, origin);
        }
    }

    /** Hands the pieces of a text's part to a sink. */
    static void split(PreTokenizer how, byte[] text, int from, int to, PieceSink sink) {
        if (from < to) how.split(text, from, to, 0, sink);
    }

    /**
     * True if text cut in two before {@code at} is certain to give the same pieces as the whole. It may be false
     * for some places where this is so.
     */
    static boolean canCutBefore(PreTokenizer how, byte[] text, int at) {
        return switch (how) {
            case ByteLevel part -> part.useRegex() && endsBefore(text, at)
                    && (text[at] == ' ' || text[at] == '\n' && !part.addPrefixSpace());
            case Digits _ -> text[at] == ' ' || text[at] == '\n';
            case Split _,Metaspace _,CharacterSplit _,Whole _ -> false;
            case Sequence part -> part.parts().stream().allMatch(inner -> canCutBefore(inner, text, at));
        };
    }

    /** How spaces are marked before anything is cut. */
    static Optional<Metaspace> metaspace(PreTokenizer how) {
        var first = how instanceof Sequence several ? several.parts.getFirst() : how;
        return first instanceof Metaspace m ? Optional.of(m) : Optional.empty();
    }

    /** True if the character before {@code at} is ASCII or CJK and no white space. */
    private static boolean endsBefore(byte[] text, int at) {
        if (at == 0) return false;
        if (text[at - 1] >= 0) return CharacterClass.ofAscii(text[at - 1]) != SPACE;
        if (at < 3) return false;
        int character = Utf8.decode(text, at - 3, at);
        return (character & 7) == 3 && CharacterClass.of(character >>> 3) != SPACE;
    }

    /**
     * GPT-2's byte level.
     *
     * @param addPrefixSpace puts a space before text that does not start with one
     * @param trimOffsets kept for the file; it does not change ids
     * @param useRegex cuts by GPT-2's pattern; if false, text stays whole
     */
    record ByteLevel(boolean addPrefixSpace, boolean trimOffsets, boolean useRegex) implements PreTokenizer {

        private void cut(byte[] text, int from, int to, int origin, PieceSink sink) {
            if (addPrefixSpace && text[from] != ' ') {
                var spaced = new byte[to - from + 1];
                spaced[0] = ' ';
                System.arraycopy(text, from, spaced, 1, to - from);
                pieces(spaced, 0, spaced.length, origin + from - 1, sink);
            } else {
                pieces(text, from, to, origin, sink);
            }
        }

        private void pieces(byte[] text, int from, int to, int origin, PieceSink sink) {
            if (useRegex) Gpt2Pattern.split(text, from, to, origin, sink);
            else sink.piece(text, from, to, origin);
        }
    }

    /**
     * Cuts numbers from the rest. A number is any character of {@code \p{N}}.
     *
     * @param individualDigits each character of a number alone; if false, a run of them stays together
     */
    record Digits(boolean individualDigits) implements PreTokenizer {

        private void cut(byte[] text, int from, int to, int origin, PieceSink sink) {
            int start = from;
            boolean inNumber = false;
            for (int at = from; at < to;) {
                int character = Utf8.decode(text, at, to);
                boolean number = CharacterClass.of(character >>> 3) == NUMBER;
                if (at > start && (number != inNumber || number && individualDigits)) {
                    sink.piece(text, start, at, origin);
                    start = at;
                }
                inNumber = number;
                at += character & 7;
            }
            if (start < to) sink.piece(text, start, to, origin);
        }
    }

    /**
     * Cuts by a pattern.
     *
     * @param invert takes what is between matches for the matches
     */
    record Split(SplitPattern pattern, SplitBehavior behavior, boolean invert) implements PreTokenizer {}

    /** When {@link Metaspace} puts a mark before a text. */
    enum Prepend { ALWAYS, FIRST, NEVER }

    /**
     * Spaces as marks, as SentencePiece has them (Kudo and Richardson 2018, arXiv:1808.06226, section 3.2). The tokenizer writes
     * the marks before text becomes bytes; here text is only cut before each, where the file says so.
     *
     * @param mark one character, usually U+2581
     * @param prepend whether a mark goes before text that has none: before each part between added tokens, or the first
     */
    record Metaspace(String mark, Prepend prepend, boolean split) implements PreTokenizer {

        /** Text with its spaces marked. @param first whether it begins the whole text */
        TextNormalizer.Normalized mark(TextNormalizer.Normalized text, boolean first) {
            var marked = new TextNormalizer.Replace(TextPattern.literal(" "), mark).applyWithOrigin(text);
            return prefixed(marked.text(), first) ? new TextNormalizer.Prepend(mark).applyWithOrigin(marked) : marked;
        }

        String mark(String text, boolean first) {
            var marked = text.replace(" ", mark);
            return prefixed(marked, first) ? mark + marked : marked;
        }

        private boolean prefixed(String marked, boolean first) {
            return !marked.isEmpty() && !marked.startsWith(mark) && (prepend == Prepend.ALWAYS || prepend == Prepend.FIRST && first);
        }

        private void cut(byte[] text, int from, int to, int origin, PieceSink sink) {
            if (!split) {
                sink.piece(text, from, to, origin);
                return;
            }
            var marked = mark.codePointAt(0);
            var start = from;
            for (int at = from; at < to;) {
                int character = Utf8.decode(text, at, to);
                if (character >>> 3 == marked && at > start) {
                    sink.piece(text, start, at, origin);
                    start = at;
                }
                at += character & 7;
            }
            if (start < to) sink.piece(text, start, to, origin);
        }
    }

    /** Kinds of characters to cut at. */
    enum Characters { WHITE_SPACE, PUNCTUATION, WORDS, ONE }

    /**
     * Cuts by the kind of each character: at white space, which is left out ({@code WhitespaceSplit}), at punctuation, into words and
     * what is neither word nor white space ({@code Whitespace}), or at one character, which is left out.
     *
     * @param behavior what becomes of punctuation; the other kinds have their own
     * @param delimiter the one character
     */
    record CharacterSplit(Characters kind, SplitBehavior behavior, int delimiter) implements PreTokenizer {

        private static final int PUNCTUATION = 1 << Character.CONNECTOR_PUNCTUATION | 1 << Character.DASH_PUNCTUATION
                | 1 << Character.START_PUNCTUATION
                | 1 << Character.END_PUNCTUATION | 1 << Character.INITIAL_QUOTE_PUNCTUATION | 1 << Character.FINAL_QUOTE_PUNCTUATION
                | 1 << Character.OTHER_PUNCTUATION;

        private void cut(byte[] text, int from, int to, int origin, PieceSink sink) {
            var ends = new int[to - from];
            var isMatch = new boolean[to - from];
            var count = 0;
            var before = -1;
            for (int at = from; at < to;) {
                int character = Utf8.decode(text, at, to), kindOf = kindOf(character >>> 3);
                if (count > 0 && kindOf == before && (kind == Characters.WORDS || kindOf == 0)) count--;
                at += character & 7;
                ends[count] = at - from;
                isMatch[count++] = kindOf == 1;
                before = kindOf;
            }
            behavior.cut(ends, isMatch, count, (start, end) -> sink.piece(text, from + start, from + end, origin));
        }

        /** 1 for what is cut at; characters of one of the other kinds stay together. */
        private int kindOf(int codePoint) {
            return switch (kind) {
                case WHITE_SPACE -> CharacterClass.of(codePoint) == SPACE ? 1 : 0;
                case PUNCTUATION -> isPunctuation(codePoint) ? 1 : 0;
                case ONE -> codePoint == delimiter ? 1 : 0;
                case WORDS -> CharacterClass.of(codePoint) == SPACE ? 1 : CharacterClass.isWord(codePoint) ? 2 : 0;
            };
        }

        private static boolean isPunctuation(int codePoint) {
            var ascii = codePoint >= '!' && codePoint <= '/' || codePoint >= ':' && codePoint <= '@' || codePoint >= '[' && codePoint <= '`'
                    || codePoint >= '{' && codePoint <= '~';
            return ascii || (1 << Character.getType(codePoint) & PUNCTUATION) != 0;
        }
    }

    /** Cuts nothing. */
    record Whole() implements PreTokenizer {}

    /** Several, one after the other: each cuts the pieces of the one before. */
    record Sequence(List<PreTokenizer> parts) implements PreTokenizer {

        /** @throws IllegalArgumentException if there is no part */
        public Sequence {
            parts = List.copyOf(parts);
            if (parts.isEmpty()) throw new IllegalArgumentException("A sequence of pre-tokenizers needs at least one part.");
        }

        private void cut(byte[] text, int from, int to, int origin, PieceSink sink, int index) {
            PieceSink next = index == parts.size() - 1 ? sink
                    : (bytes, start, end, shift) -> cut(bytes, start, end, shift, sink, index + 1);
            parts.get(index).split(text, from, to, origin, next);
        }
    }

    /** GPT-2's own: byte level, no prefix space. */
    static PreTokenizer gpt2() {
        return new ByteLevel(false, true, true);
    }

    /** Qwen2's: its published expression, of which a digit stands alone, then byte level. */
    static PreTokenizer qwen2() {
        return new Sequence(List.of(new Split(new SplitPattern(TextPattern.regex(SplitPattern.QWEN2)), SplitBehavior.ISOLATED, false),
                new ByteLevel(false, false, false)));
    }

    /** Each digit alone, then GPT-2's byte level: numbers of any length are read digit by digit. */
    static PreTokenizer gpt2WithIndividualDigits() {
        return new Sequence(List.of(new Digits(true), gpt2()));
    }
}
