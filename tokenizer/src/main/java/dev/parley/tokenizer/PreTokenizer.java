package dev.parley.tokenizer;

import static dev.parley.tokenizer.CharacterClass.NUMBER;
import static dev.parley.tokenizer.CharacterClass.SPACE;

import java.util.List;

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
            case Split part -> part.pattern.split(text, from, to, origin, sink);
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
            case Split _, Whole _ -> false;
            case Sequence part -> part.parts().stream().allMatch(inner -> canCutBefore(inner, text, at));
        };
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
            for (int at = from; at < to; ) {
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

    /** Cuts by a regular expression: matches, and what lies between them. */
    record Split(SplitPattern pattern) implements PreTokenizer {}

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

    /** Each digit alone, then GPT-2's byte level: numbers of any length are read digit by digit. */
    static PreTokenizer gpt2WithIndividualDigits() {
        return new Sequence(List.of(new Digits(true), gpt2()));
    }
}
