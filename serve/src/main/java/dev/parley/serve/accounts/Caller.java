package dev.parley.serve.accounts;

import io.javalin.http.Context;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Who sent a request. Where nobody has to log in, all are {@link #LOCAL}.
 *
 * @param id of the user, or of a key that speaks for itself alone
 * @param name of the user, or of the key
 * @param meter is told of the tokens that this request has used
 */
public record Caller(String id, String name, LongConsumer meter) {

    /** The one user of a server without accounts. */
    public static final Caller LOCAL = new Caller("local", "local");

    private static final String ATTRIBUTE = Caller.class.getName();

    /** A caller whose tokens nobody counts. */
    public Caller(String id, String name) {
        this(id, name, tokens -> {});
    }

    /**
     * Who sent this request, as was found when it came in.
     *
     * @throws IllegalStateException if it was let in without asking, which would be our fault
     */
    public static Caller of(Context request) {
        return find(request).orElseThrow(() -> new IllegalStateException(request.path() + " was let in without asking who calls."));
    }

    /** The same; empty where who calls is not asked for, as at a login. */
    public static Optional<Caller> find(Context request) {
        return Optional.ofNullable(request.attribute(ATTRIBUTE));
    }

    /** Keeps it with the request. */
    public void keepWith(Context request) {
        request.attribute(ATTRIBUTE, this);
    }

    /** Counts tokens, read and made, of an answer that has ended. It may be called when the request itself is over. */
    public void spent(long tokens) {
        meter.accept(tokens);
    }
}
