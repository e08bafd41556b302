package dev.parley.cli;

/** The user interrupted; the message says what was kept and how to go on. */
public final class Interrupted extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what was kept, and how to go on
     */
    public Interrupted(String message) {
        super(message);
    }
}
