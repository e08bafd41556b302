package dev.parley.data.cleaning;

/**
 * A step of cleaning: a function of one document, which changes it, or drops it and says for which rule. Steps keep no state, so that
 * threads share them.
 */
public sealed interface CleaningStep permits UnicodeRepair, ControlCharacters, Whitespace, RepeatedParts, Length, GopherQuality,
        GopherRepetition, C4Lines, C4Page, LanguageFilter, Masking {

    /** The name that recipes and reports use. */
    String name();

    /** Applies it. */
    Outcome apply(DocumentDraft draft);
}
