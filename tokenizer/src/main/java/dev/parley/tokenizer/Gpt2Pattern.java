package dev.parley.tokenizer;

import static dev.parley.tokenizer.CharacterClass.SPACE;

/**
 * GPT-2's way of cutting text into pieces, written out by hand: what this regular expression matches, one match
 * after the other (published with GPT-2, Radford et al. 2019).
 * {@snippet lang = "text":
 * 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 * }
 */
final class Gpt2Pattern {

    private Gpt2Pattern() {}

    static void split(byte[] text, int from, int to, int origin, PieceSink sink) {
        for (int at = from; at < to;) {
            int end = pieceEnd(text, at, to);
            sink.piece(text, at, end, origin);
            at = end;
        }
    }

    /** Where the piece that starts at {@code at} ends, when the text ends at {@code to}. */
    private static int pieceEnd(byte[] text, int at, int to) {
        int first = text[at];
        int run = at;
        if (first == '\'') {
            int contraction = contraction(text, at, to);
            if (contraction > 0) return at + contraction;
        } else if (first == ' ' && at + 1 < to && classAt(text, at + 1, to) != SPACE) {
            run = at + 1;
        }
        int kind = classAt(text, run, to);
        return kind == SPACE ? spaceEnd(text, run, to) : runEnd(text, run, to, kind);
    }

    private static int contraction(byte[] text, int at, int to) {
        int next = at + 1 < to ? text[at + 1] : 0;
        int third = at + 2 < to ? text[at + 2] : 0;
        return switch (next) {
            case 's', 't', 'm', 'd' -> 2;
            case 'r', 'v' -> third == 'e' ? 3 : 0;
            case 'l' -> third == 'l' ? 3 : 0;
            default -> 0;
        };
    }

    private static int classAt(byte[] text, int at, int to) {
        int first = text[at];
        return first >= 0 ? CharacterClass.ofAscii(first) : CharacterClass.of(Utf8.decode(text, at, to) >>> 3);
    }

    private static int runEnd(byte[] text, int from, int to, int kind) {
        int at = from;
        while (at < to) {
            int first = text[at];
            if (first >= 0) {
                if (CharacterClass.ofAscii(first) != kind) return at;
                at++;
            } else {
                int character = Utf8.decode(text, at, to);
                if (CharacterClass.of(character >>> 3) != kind) return at;
                at += character & 7;
            }
        }
        return at;
    }

    /** White space before a word leaves its last character to the word; alone or at the end it stays whole. */
    private static int spaceEnd(byte[] text, int from, int to) {
        int last = from;
        int at = from;
        while (at < to) {
            int character = Utf8.decode(text, at, to);
            if (CharacterClass.of(character >>> 3) != SPACE) return last > from ? last : at;
            last = at;
            at += character & 7;
        }
        return at;
    }
}
