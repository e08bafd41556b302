package dev.parley.data.cleaning;

/**
 * Keeps documents of some length. A character of a script without spaces is a word.
 *
 * @param minWords fewest words
 * @param maxWords most words
 */
public record Length(int minWords, int maxWords) implements CleaningStep {

    /** Checks it. */
    public Length {
        if (minWords < 0 || maxWords < minWords)
            throw new IllegalArgumentException("length keeps from " + minWords + " to " + maxWords + " words, which is none.");
    }

    @Override
    public String name() {
        return "length";
    }

    @Override
    public Outcome apply(DocumentDraft draft) {
        var n = draft.words().count();
        if (n < minWords) return new Outcome.Dropped("fewer than " + minWords + " words");
        return Outcome.keptIf(n <= maxWords, draft, "more than " + maxWords + " words");
    }
}
