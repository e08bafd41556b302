package dev.parley.data.cleaning;

import java.util.BitSet;

/**
 * Takes out what nobody sees: control characters but tab and line break, zero-width spaces, byte order marks, soft hyphens and marks of
 * writing direction. Line breaks of all systems become {@code \n}. The joiners of Indic scripts, Persian and emoji stay.
 */
public record ControlCharacters() implements CleaningStep {

    private static final String LINE_BREAKS = "\r\u0085\u2028\u2029\u000B\f";
    private static final BitSet UNSEEN = unseen();

    private static BitSet unseen() {
        var unseen = new BitSet(1 << 16);
        unseen.set(0, 0x20);
        unseen.set(0x7F, 0xA0);
        unseen.clear('\t');
        unseen.clear('\n');
        for (var c : "\u00AD\u200B\u2060\uFEFF\uFFFE\uFFFF".toCharArray()) unseen.set(c);
        unseen.set(0x200E, 0x2010);
        unseen.set(0x202A, 0x202F);
        unseen.set(0x2066, 0x206A);
        for (var c : LINE_BREAKS.toCharArray()) unseen.set(c);
        return unseen;
    }

    @Override
    public String name() {
        return "control-characters";
    }

    @Override
    public Outcome apply(DocumentDraft draft) {
        var text = draft.text();
        var first = 0;
        while (first < text.length() && !isUnseen(text.charAt(first))) first++;
        if (first == text.length()) return new Outcome.Kept(draft);
        var clean = new StringBuilder(text.length()).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            var c = text.charAt(i);
            if (!isUnseen(c)) clean.append(c);
            else if (LINE_BREAKS.indexOf(c) >= 0 && !(c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n')) clean.append('\n');
        }
        return new Outcome.Kept(draft.with(clean.toString()));
    }

    private static boolean isUnseen(char c) {
        return (c < 0x20 || c >= 0x7F) && UNSEEN.get(c); // letters of ASCII need no look
    }
}
