package dev.parley.assist.turn;

import dev.parley.assist.guard.Guardrails.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An answer on its way to the user. What may still be changed waits: a citation that is not whole, and where guardrails judge the
 * output, a sentence that has not ended. Nothing is shown that the guardrails have not let pass.
 */
final class AnswerStream {

    private static final String SENTENCE_ENDS = ".!?。！？\n";
    private static final int LONGEST_CITATION = 24;

    private final Optional<Function<String, Outcome>> guard;
    private final int passages;
    private final Consumer<String> shown;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder visible = new StringBuilder();

    /**
     * @param guard judges the answer so far; empty where none does
     * @param passages that may be cited; -1 where nothing is
     * @param shown takes what may be shown
     */
    AnswerStream(Optional<Function<String, Outcome>> guard, int passages, Consumer<String> shown) {
        this.guard = guard;
        this.passages = passages;
        this.shown = shown;
    }

    /** More of the answer. */
    void push(String piece) {
        if (piece.isEmpty()) return;
        text.append(piece);
        var sure = sure();
        if (sure > 0) show(text.substring(0, sure));
    }

    /** How much of the text is certain. */
    private int sure() {
        var end = text.length();
        if (guard.isPresent()) {
            while (end > 0 && SENTENCE_ENDS.indexOf(text.charAt(end - 1)) < 0) end--;
            return end;
        }
        var open = Math.max(text.lastIndexOf("["), text.lastIndexOf("【"));
        if (passages >= 0 && open >= 0 && end - open < LONGEST_CITATION && text.indexOf("]", open) < 0 && text.indexOf("】", open) < 0)
            end = open;
        while (end > 0 && Character.isSpaceChar(text.charAt(end - 1))) end--; // one before a citation goes with it
        return end;
    }

    private void show(String certain) {
        var judged = guard.map(g -> g.apply(certain)).orElse(new Outcome(certain, false, List.of()));
        if (judged.ended()) return; // a whole answer may be judged otherwise; nothing is shown before that
        var clean = passages < 0 ? judged.text() : Citations.of(judged.text(), passages).text();
        if (clean.length() <= visible.length() || !clean.startsWith(visible.toString())) return; // changed before: the end will tell
        var more = clean.substring(visible.length());
        visible.append(more);
        shown.accept(more);
    }

    /**
     * The answer is over.
     *
     * @param last judges the whole answer
     * @return how it is to be read in the end
     */
    Outcome finish(Function<String, Outcome> last) {
        var whole = text.toString().strip();
        var judged = last.apply(whole);
        if (!judged.ended()) {
            var clean = passages < 0 ? judged.text() : Citations.of(judged.text(), passages).text();
            if (clean.startsWith(visible.toString()) && clean.length() > visible.length()) shown.accept(clean.substring(visible.length()));
        }
        return judged;
    }
}
