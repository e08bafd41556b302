package dev.parley.model;

/** A model that cannot be loaded, or input that it cannot take; the message is one sentence for the person who can mend it. */
public final class ModelException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one with a sentence for whoever can mend it.
     *
     * @param message what is wrong, where, and what to do
     */
    public ModelException(String message) {
        super(message);
    }
}
