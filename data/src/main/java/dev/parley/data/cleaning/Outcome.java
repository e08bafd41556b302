package dev.parley.data.cleaning;

/** What a step makes of a document. */
public sealed interface Outcome {

    /** It stays. @param draft what the step made of it, or the same */
    record Kept(DocumentDraft draft) implements Outcome {}

    /** It goes. @param rule of the step that it broke, in a word or two */
    record Dropped(String rule) implements Outcome {}

    /** The document stays if it keeps a rule. */
    static Outcome keptIf(boolean kept, DocumentDraft draft, String rule) {
        return kept ? new Kept(draft) : new Dropped(rule);
    }
}
