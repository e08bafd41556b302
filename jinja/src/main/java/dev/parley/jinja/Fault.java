package dev.parley.jinja;

/** What is wrong, said where the line is not known; {@link Template} adds file and line. */
final class Fault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Whether the template itself refused, by raise_exception. */
    private final boolean refusal;

    Fault(String message) {
        this(message, false);
    }

    private Fault(String message, boolean refusal) {
        super(message, null, false, false);
        this.refusal = refusal;
    }

    static Fault refusal(String message) {
        return new Fault(message, true);
    }

    boolean isRefusal() {
        return refusal;
    }
}
