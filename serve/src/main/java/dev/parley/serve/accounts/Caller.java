package dev.parley.serve.accounts;

import dev.parley.serve.http.RequestMemory;
import io.javalin.http.Context;
import java.util.Optional;

/**
 * Who sent a request. Where nobody has to log in, all are {@link #LOCAL}.
 *
 * @param id of the user, or of a key that speaks for itself alone
 * @param name of the user, or of the key
 * @param meter counts the tokens of this request
 */
public record Caller(String id, String name, Meter meter) {

    /** The one user of a server without accounts. */
    public static final Caller LOCAL = new Caller("local", "local");

    private static final String ATTRIBUTE = Caller.class.getName();

    /** A caller whose tokens nobody counts. */
    public Caller(String id, String name) {
        this(id, name, Meter.NONE);
    }

    /**
     * Who sent this request, as was found when it came in.
     *
     * @throws IllegalStateException if it was let in without asking, which would be our fault
     */
    public static Caller of(Context request) {
        return find(request).orElseThrow(() -> new IllegalStateException(request.path() + " was let in without a known caller."));
    }

    /** The same; empty where who calls is not asked for, as at a login. */
    public static Optional<Caller> find(Context request) {
        return Optional.ofNullable(request.attribute(ATTRIBUTE));
    }

    /** Keeps it with the request, whose memory is the caller's from now on. */
    public void keepWith(Context request) {
        RequestMemory.of(request).ifPresent(share -> share.belongsTo(id));
        request.attribute(ATTRIBUTE, this);
    }

    /** Sets tokens aside for a request, as {@link Meter#reserve} does. They must be settled. */
    public Reservation reserve(long prompt, long answers, boolean flexible) {
        return new Reservation(meter, prompt, meter.reserve(prompt, answers, flexible));
    }
}
