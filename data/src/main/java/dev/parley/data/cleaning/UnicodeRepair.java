package dev.parley.data.cleaning;

import java.text.Normalizer;
import java.util.BitSet;

/**
 * Repairs what wrong decoding left: mojibake ({@link Mojibake}), U+FFFD and halves of surrogate pairs, which stand for characters that
 * are lost, and letters written in parts, which become one character (NFC).
 *
 * @param mostLost part of a document's characters that may be lost; beyond it the document is dropped, below it they are taken out
 */
public record UnicodeRepair(double mostLost) implements CleaningStep {

    private static final char LOST = '\uFFFD';

    /** Checks it. */
    public UnicodeRepair {
        if (!(mostLost >= 0 && mostLost <= 1)) throw new IllegalArgumentException("unicode: most_lost is " + mostLost + ", not from 0 to 1.");
    }

    @Override
    public String name() {
        return "unicode";
    }

    @Override
    public Outcome apply(DocumentDraft draft) {
        var text = draft.text();
        var ascii = 0;
        while (ascii < text.length() && text.charAt(ascii) < 0x80) ascii++;
        if (ascii == text.length()) return new Outcome.Kept(draft);
        text = Mojibake.repaired(text);
        var lost = lost(text);
        if (lost > mostLost * text.length()) return new Outcome.Dropped("lost characters");
        if (lost > 0) text = withoutLost(text);
        if (mayBeInParts(text)) text = Normalizer.normalize(text, Normalizer.Form.NFC);
        return new Outcome.Kept(draft.with(text));
    }

    private static boolean isLost(String text, int i) {
        var c = text.charAt(i);
        if (c < 0xD800) return false;
        if (Character.isHighSurrogate(c)) return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        if (Character.isLowSurrogate(c)) return i == 0 || !Character.isHighSurrogate(text.charAt(i - 1));
        return c == LOST;
    }

    private static int lost(String text) {
        var lost = 0;
        for (int i = 0; i < text.length(); i++) if (isLost(text, i)) lost++;
        return lost;
    }

    private static String withoutLost(String text) {
        var clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) if (!isLost(text, i)) clean.append(text.charAt(i));
        return clean.toString();
    }

    private static boolean mayBeInParts(String text) {
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c >= 0x300 && Parts.MAY_BE.get(c)) return true;
        }
        return false;
    }

    /** Characters that NFC may change, or join with the one before; Chinese characters and Korean syllables are none of them. */
    private static final class Parts {

        private static final BitSet MAY_BE = new BitSet(1 << 16);

        static {
            for (int c = 0x300; c <= 0xFFFF; c++) {
                if (c == 0x3400) c = 0xA000;
                if (c == 0xAC00) c = 0xD7A4;
                var type = Character.getType(c);
                var mark = type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
                var half = Character.isSurrogate((char) c);
                if (mark || half || c >= 0x1160 && c <= 0x11FF || !Normalizer.isNormalized(Character.toString(c), Normalizer.Form.NFC))
                    MAY_BE.set(c);
            }
        }
    }
}
