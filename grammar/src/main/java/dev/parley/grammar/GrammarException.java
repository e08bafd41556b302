package dev.parley.grammar;

/** A schema, pattern or grammar that cannot be read or honoured; the message says what and where, for whoever wrote it. */
public final class GrammarException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    /** A fault in one sentence. */
    public GrammarException(String message) {
        super(message);
    }
}
