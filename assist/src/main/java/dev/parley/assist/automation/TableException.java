package dev.parley.assist.automation;

/** A table, a template or a journal that cannot be used; one sentence for whoever made it. */
public final class TableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what is wrong, where, and what to do
     */
    public TableException(String message) {
        super(message);
    }
}
