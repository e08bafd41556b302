package dev.parley.cli;

/** Options that do not go together; the message is a sentence that says what to do. The exit code is that of wrong usage. */
public final class WrongUsage extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what does not go together, and what to do
     */
    public WrongUsage(String message) {
        super(message);
    }
}
