package dev.parley.serve.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;

/**
 * Reads the rest of a body that its route did not need, or that was refused unread. Once the answer is sent, Jetty closes a connection
 * on which a body is still coming, and the client's next request on it would be lost. A route that sends its answer itself must have it
 * read before.
 */
public final class UnreadBodies implements Routes {

    private static final int MOST = 1 << 20; // of a larger rest, closing is the cheaper end, which the client is told of

    @Override
    public void addTo(RoutesConfig routes) {
        routes.after(UnreadBodies::read);
    }

    /** Reads the rest, or says that the connection ends; nothing where the answer has begun already. */
    public static void read(Context request) {
        if (request.res().isCommitted()) return;
        if (request.req().getHeader("Expect") != null || !endsSoon(request)) request.header("Connection", "close");
    }

    private static boolean endsSoon(Context request) {
        try {
            return request.req().getInputStream().skip(MOST) < MOST;
        } catch (IOException | RuntimeException e) {
            return false; // it is broken, too large or too slow
        }
    }
}
