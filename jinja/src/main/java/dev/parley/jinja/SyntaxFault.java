package dev.parley.jinja;

/** What makes a template unreadable, and on which line; {@link Template} adds the file. */
final class SyntaxFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int line;

    SyntaxFault(int line, String message) {
        super(message, null, false, false);
        this.line = line;
    }

    int line() {
        return line;
    }
}
