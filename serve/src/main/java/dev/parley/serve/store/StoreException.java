package dev.parley.serve.store;

/** The database cannot be reached, or cannot do what was asked. */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
