package dev.parley.data.cleaning;

import java.util.HashSet;

/**
 * Takes out lines, or paragraphs, that the same document has said before; spaces around them do not count. Menus and footers that a page
 * repeats go so.
 *
 * @param part which parts
 * @param minCharacters how long a part is at least; shorter ones may repeat, as the lines of verse and code do
 */
public record RepeatedParts(Part part, int minCharacters) implements CleaningStep {

    /** What is compared. */
    public enum Part {
        /** Lines. */
        LINES,
        /** Paragraphs, which blank lines divide. */
        PARAGRAPHS
    }

    @Override
    public String name() {
        return part == Part.LINES ? "duplicate-lines" : "duplicate-paragraphs";
    }

    @Override
    public Outcome apply(DocumentDraft draft) {
        var text = draft.text();
        var mark = part == Part.LINES ? "\n" : "\n\n";
        if (text.indexOf(mark) < 0) return new Outcome.Kept(draft);
        var seen = new HashSet<String>();
        var clean = new StringBuilder(text.length());
        for (int from = 0; from <= text.length();) {
            var end = text.indexOf(mark, from);
            if (end < 0) end = text.length();
            var said = text.substring(from, end).strip();
            if (said.length() < minCharacters || seen.add(said)) {
                if (from > 0 && !clean.isEmpty()) clean.append(mark);
                clean.append(text, from, end);
            }
            from = end + mark.length();
        }
        return new Outcome.Kept(clean.length() == text.length() ? draft : draft.with(clean.toString()));
    }
}
