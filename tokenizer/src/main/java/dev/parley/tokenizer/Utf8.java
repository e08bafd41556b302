package dev.parley.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * Reads UTF-8 that may be broken (Unicode 16.0, table 3-7): a byte that does not begin or continue a well-formed
 * character stands alone as U+FFFD.
 */
final class Utf8 {

    private static final int BROKEN = 0xFFFD << 3 | 1;

    private Utf8() {}

    /** The code point at {@code at}, shifted left by 3, and in the low 3 bits the number of its bytes. */
    static int decode(byte[] text, int at, int to) {
        int lead = text[at] & 0xff;
        if (lead < 0x80) return lead << 3 | 1;
        int length = lengthOf(lead);
        if (length == 0 || at + length > to || prefixLength(text, at, at + length) < length) return BROKEN;
        int codePoint = lead & 0xff >> length + 1;
        for (int i = 1; i < length; i++) codePoint = codePoint << 6 | text[at + i] & 0x3f;
        return codePoint << 3 | length;
    }

    /**
     * The text of bytes. Each longest part that begins a character and cannot go on, and each byte that begins none, becomes
     * one U+FFFD, as the Unicode standard recommends (16.0, section 3.9); Java's own decoder makes one of a whole surrogate.
     */
    static String text(byte[] bytes, int to) {
        var text = new String(bytes, 0, to, StandardCharsets.UTF_8);
        if (text.indexOf('\ufffd') < 0) return text;
        var built = new StringBuilder(to);
        for (int at = 0; at < to;) {
            int character = decode(bytes, at, to);
            built.appendCodePoint(character >>> 3);
            int length = lengthOf(bytes[at] & 0xff);
            at += character != BROKEN ? character & 7 : length < 2 ? 1 : prefixLength(bytes, at, Math.min(to, at + length));
        }
        return built.toString();
    }

    /**
     * How many bytes at the end of {@code text[0, length)} are the beginning of a character that more bytes
     * could complete: 0 to 3.
     */
    static int unfinished(byte[] text, int length) {
        for (int back = 1; back <= Math.min(3, length); back++) {
            int lead = text[length - back] & 0xff;
            if ((lead & 0xc0) == 0x80) continue;
            boolean open = lengthOf(lead) > back && prefixLength(text, length - back, length) == back;
            return open ? back : 0;
        }
        return 0;
    }

    /** How many bytes the lead byte announces; 0 if it cannot begin a character. */
    private static int lengthOf(int lead) {
        if (lead < 0x80) return 1;
        if (lead < 0xc2 || lead > 0xf4) return 0;
        return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    }

    /** How many bytes of {@code text[at, to)}, the lead byte among them, agree with a well-formed character. */
    private static int prefixLength(byte[] text, int at, int to) {
        int lead = text[at] & 0xff;
        for (int i = at + 1; i < to; i++) {
            int next = text[i] & 0xff;
            int low = i > at + 1 ? 0x80 : lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
            int high = i > at + 1 ? 0xbf : lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
            if (next < low || next > high) return i - at;
        }
        return to - at;
    }
}
