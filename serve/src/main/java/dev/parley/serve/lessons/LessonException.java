package dev.parley.serve.lessons;

/** Something about a lesson is not as it must be; the message is a sentence for who asked for it. */
public final class LessonException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** With a sentence. */
    public LessonException(String message) {
        super(message);
    }

    /** With a sentence, and what was behind it. */
    public LessonException(String message, Throwable cause) {
        super(message, cause);
    }
}
