package dev.parley.tokenizer;

import static dev.parley.tokenizer.CharacterClass.LETTER;
import static dev.parley.tokenizer.CharacterClass.NUMBER;
import static dev.parley.tokenizer.CharacterClass.OTHER;
import static dev.parley.tokenizer.CharacterClass.SPACE;

/**
 * GPT-4's way of cutting text into pieces, and those of Llama 3 and Qwen, which differ in how many digits stay together, written
 * out by hand: what this regular expression matches, one match after the other.
 * {@snippet lang = "text":
 * (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 * }
 *
 * @param digits that stay together at most
 */
record WordPattern(int digits) {

    void split(byte[] text, int from, int to, int origin, PieceSink sink) {
        for (int at = from; at < to;) {
            int end = pieceEnd(text, at, to);
            sink.piece(text, at, end, origin);
            at = end;
        }
    }

    private int pieceEnd(byte[] text, int at, int to) {
        int first = text[at];
        if (first == '\'') {
            int contraction = contraction(text, at, to);
            if (contraction > 0) return at + contraction;
        }
        int character = Utf8.decode(text, at, to);
        int kind = CharacterClass.of(character >>> 3);
        if (kind == LETTER) return letters(text, at, to);
        if (kind == NUMBER) return numbers(text, at, to);
        int next = at + (character & 7);
        int nextKind = next < to ? kindAt(text, next, to) : -1;
        if (first != '\r' && first != '\n' && nextKind == LETTER) return letters(text, next, to);
        if (kind == OTHER || first == ' ' && nextKind == OTHER) return symbols(text, kind == OTHER ? at : next, to);
        return space(text, at, to);
    }

    private static int kindAt(byte[] text, int at, int to) {
        int first = text[at];
        return first >= 0 ? CharacterClass.ofAscii(first) : CharacterClass.of(Utf8.decode(text, at, to) >>> 3);
    }

    /** Also in capitals; the long s is an s to those who do not tell capitals apart. */
    private static int contraction(byte[] text, int at, int to) {
        int next = at + 1 < to ? text[at + 1] | 0x20 : 0;
        int third = at + 2 < to ? text[at + 2] | 0x20 : 0;
        if (at + 2 < to && text[at + 1] == (byte) 0xc5 && text[at + 2] == (byte) 0xbf) return 3;
        return switch (next) {
            case 's', 't', 'm', 'd' -> 2;
            case 'r', 'v' -> third == 'e' ? 3 : 0;
            case 'l' -> third == 'l' ? 3 : 0;
            default -> 0;
        };
    }

    private static int letters(byte[] text, int at, int to) {
        while (at < to) {
            int first = text[at];
            if (first >= 0) {
                if (CharacterClass.ofAscii(first) != LETTER) return at;
                at++;
            } else {
                int character = Utf8.decode(text, at, to);
                if (CharacterClass.of(character >>> 3) != LETTER) return at;
                at += character & 7;
            }
        }
        return at;
    }

    private int numbers(byte[] text, int at, int to) {
        for (int n = 0; n < digits && at < to; n++) {
            int character = Utf8.decode(text, at, to);
            if (CharacterClass.of(character >>> 3) != NUMBER) return at;
            at += character & 7;
        }
        return at;
    }

    /** What is neither letter, number nor space, and the line ends after it. */
    private static int symbols(byte[] text, int at, int to) {
        while (at < to && kindAt(text, at, to) == OTHER) at += Utf8.decode(text, at, to) & 7;
        while (at < to && (text[at] == '\r' || text[at] == '\n')) at++;
        return at;
    }

    /** White space goes up to its last line end; without one, before a word it leaves its last character to the word. */
    private static int space(byte[] text, int from, int to) {
        int last = from, lineEnd = from, at = from;
        while (at < to) {
            int character = Utf8.decode(text, at, to);
            if (CharacterClass.of(character >>> 3) != SPACE) break;
            last = at;
            at += character & 7;
            if (text[at - 1] == '\r' || text[at - 1] == '\n') lineEnd = at;
        }
        if (lineEnd > from) return lineEnd;
        return at == to || last == from ? at : last;
    }
}
