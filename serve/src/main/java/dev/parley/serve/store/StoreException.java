package dev.parley.serve.store;

import java.sql.SQLException;

/** The database cannot be reached, or cannot do what was asked. */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Whether it was broken off because its time was over: codes of SQLite (SQLITE_INTERRUPT) and of PostgreSQL (query_canceled). */
    public boolean tookTooLong() {
        return getCause() instanceof SQLException cause && (cause.getErrorCode() == 9 || "57014".equals(cause.getSQLState()));
    }

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
