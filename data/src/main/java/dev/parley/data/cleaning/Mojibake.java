package dev.parley.data.cleaning;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 that someone read as Windows-1252, so that "café" became "cafÃ©". A line is turned back only if all its characters beyond ASCII
 * are bytes of whole UTF-8 sequences, and these are two at least, or one of three bytes: "CAFÉ»" could be one sequence of two and is left
 * alone. Text that was read wrongly twice or three times is turned back as often.
 */
final class Mojibake {

    private static final int MOST_TIMES = 3;
    /** Characters of the bytes 0x80 to 0x9F; a byte that Windows-1252 leaves open is the control character of its number. */
    private static final String HIGH = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";

    private Mojibake() {}

    static String repaired(String text) {
        for (int time = 0; time < MOST_TIMES; time++) {
            if (!mayHold(text)) return text;
            var next = byLines(text);
            if (next.equals(text)) return text;
            text = next;
        }
        return text;
    }

    /** Whether a byte that begins a sequence stands before one that goes on in it. */
    private static boolean mayHold(String text) {
        for (int i = 0; i + 1 < text.length(); i++) {
            var c = text.charAt(i);
            if (c >= 0xC2 && c <= 0xF4 && goesOn(byteOf(text.charAt(i + 1)))) return true;
        }
        return false;
    }

    private static boolean goesOn(int b) {
        return b >= 0x80 && b <= 0xBF;
    }

    /** The byte of Windows-1252, or -1. */
    private static int byteOf(char c) {
        if (c < 0x80 || c >= 0xA0 && c <= 0xFF) return c;
        if (c < 0xA0) return c; // as Latin-1 reads it
        var high = HIGH.indexOf(c);
        return high < 0 ? -1 : 0x80 + high;
    }

    private static String byLines(String text) {
        var repaired = new StringBuilder(text.length());
        for (int from = 0; from < text.length();) {
            var end = text.indexOf('\n', from) + 1;
            if (end == 0) end = text.length();
            repaired.append(line(text.substring(from, end)));
            from = end;
        }
        return repaired.toString();
    }

    private static String line(String line) {
        var bytes = new byte[line.length()];
        int sequences = 0, long3 = 0;
        for (int i = 0; i < bytes.length; i++) {
            var b = byteOf(line.charAt(i));
            if (b < 0) return line;
            bytes[i] = (byte) b;
            if (b >= 0xC0) sequences++;
            if (b >= 0xE0) long3++;
        }
        if (sequences < 2 && long3 == 0) return line;
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return line;
        }
    }
}
