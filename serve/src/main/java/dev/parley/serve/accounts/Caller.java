package dev.parley.serve.accounts;

import io.javalin.http.Context;

/**
 * Who sent a request. Where nobody has to log in, all are {@link #LOCAL}.
 *
 * @param id of the user
 * @param name of the user, or of the key
 */
public record Caller(String id, String name) {

    /** The one user of a server without accounts. */
    public static final Caller LOCAL = new Caller("local", "local");

    private static final String ATTRIBUTE = Caller.class.getName();

    /**
     * Who sent this request, as was found when it came in.
     *
     * @throws IllegalStateException if it was let in without asking, which would be our fault
     */
    public static Caller of(Context request) {
        Caller caller = request.attribute(ATTRIBUTE);
        if (caller == null) throw new IllegalStateException(request.path() + " was let in without asking who calls.");
        return caller;
    }

    /** Keeps it with the request. */
    public void keepWith(Context request) {
        request.attribute(ATTRIBUTE, this);
    }
}
