package dev.parley.train;

/** Training that cannot begin or go on; the message is one sentence for the person who can mend it. */
public final class TrainingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Makes one with a sentence for whoever can mend it. */
    public TrainingException(String message) {
        super(message);
    }
}
