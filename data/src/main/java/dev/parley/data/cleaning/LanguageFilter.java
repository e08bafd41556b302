package dev.parley.data.cleaning;

import java.util.Set;

/**
 * Keeps documents of some languages, which {@link LanguageDetector} tells.
 *
 * @param keep codes such as {@code en}, {@code zh}
 * @param minConfidence of the detector; 0.5 is a tie of two languages
 */
public record LanguageFilter(Set<String> keep, double minConfidence) implements CleaningStep {

    /** Copies the set. */
    public LanguageFilter {
        keep = Set.copyOf(keep);
        if (keep.isEmpty()) throw new IllegalArgumentException("language: name the languages to keep, such as keep: [en, zh].");
    }

    @Override
    public String name() {
        return "language";
    }

    @Override
    public Outcome apply(DocumentDraft draft) {
        var guess = LanguageDetector.of(draft.text());
        if (!keep.contains(guess.language())) return new Outcome.Dropped(guess.language());
        return Outcome.keptIf(guess.confidence() >= minConfidence, draft, "doubtful " + guess.language());
    }
}
