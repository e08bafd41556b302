package dev.parley.assist;

/** Something is wrong with an assistant; the message is a sentence that says what, where and what to do. */
public final class AssistantException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Makes one with a sentence for whoever can mend it. */
    public AssistantException(String message) {
        super(message);
    }

    /** Makes one with a sentence and what caused it. */
    public AssistantException(String message, Throwable cause) {
        super(message, cause);
    }
}
