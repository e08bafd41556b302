package dev.parley.data.cleaning;

import java.util.List;

/**
 * Steps one after the other, until one drops the document.
 *
 * <pre>{@code
 * var cleaned = new Cleaning(CleaningSteps.of(List.of("web"))).apply(text);
 * }</pre>
 *
 * @param steps in the order in which they are applied
 */
public record Cleaning(List<CleaningStep> steps) {

    /** Copies the list. */
    public Cleaning {
        steps = List.copyOf(steps);
    }

    /**
     * What became of a document.
     *
     * @param draft as the last step left it that did not drop it
     * @param removed bytes of UTF-8 that each step took out, negative where it added some; what a drop takes is not in it
     * @param changed whether each step changed the text
     * @param droppedBy number of the step that dropped it, or -1
     * @param rule of that step, or empty
     */
    public record Cleaned(DocumentDraft draft, int[] removed, boolean[] changed, int droppedBy, String rule) {

        /** Whether it stays. */
        public boolean isKept() {
            return droppedBy < 0;
        }
    }

    /** Applies all steps to a document. */
    public Cleaned apply(String text) {
        var draft = new DocumentDraft(text);
        var removed = new int[steps.size()];
        var changed = new boolean[steps.size()];
        for (int i = 0; i < removed.length; i++) {
            switch (steps.get(i).apply(draft)) {
                case Outcome.Dropped(var rule) -> {
                    return new Cleaned(draft, removed, changed, i, rule);
                }
                case Outcome.Kept(var next) -> {
                    if (next != draft) {
                        changed[i] = true;
                        removed[i] = utf8Bytes(draft.text()) - utf8Bytes(next.text());
                    }
                    draft = next;
                }
            }
        }
        return new Cleaned(draft, removed, changed, -1, "");
    }

    /** Bytes of a text in UTF-8, counted without encoding it. */
    public static int utf8Bytes(String text) {
        var bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c >= 0x80) bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        return bytes;
    }
}
