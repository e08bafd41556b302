package dev.parley.knowledge;

/** Something is wrong with a knowledge base; the message is a sentence that says what, where and what to do. */
public final class KnowledgeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Makes one with a sentence for whoever can mend it. */
    public KnowledgeException(String message) {
        super(message);
    }

    /** Makes one with a sentence and what caused it. */
    public KnowledgeException(String message, Throwable cause) {
        super(message, cause);
    }
}
