package dev.parley.assist.moderation;

/** A guard model gave no judgement, or is none. The message is one sentence for the person who chose it. */
public final class GuardModelException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why there is no judgement. */
    public GuardModelException(String message) {
        super(message);
    }

    /** Why there is no judgement, and what led to it. */
    public GuardModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
