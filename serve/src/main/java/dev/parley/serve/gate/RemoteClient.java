package dev.parley.serve.gate;

import io.javalin.http.Context;
import java.util.Locale;

/**
 * The client as the connection shows it or, behind a trusted proxy, as the proxy reports it.
 *
 * @param address of the client
 * @param https whether it speaks HTTPS, to the proxy at least
 */
record RemoteClient(String address, boolean https) {

    static RemoteClient of(Context request, boolean trustProxy) {
        var connected = request.req().getRemoteAddr();
        if (!trustProxy) return new RemoteClient(connected, false);
        // What a client sent itself stands before what the proxy has added.
        var address = last(request.req().getHeaders("X-Forwarded-For").asIterator(), connected);
        return new RemoteClient(address,
                last(request.req().getHeaders("X-Forwarded-Proto").asIterator(), "http").toLowerCase(Locale.ROOT).equals("https"));
    }

    private static String last(java.util.Iterator<String> headers, String otherwise) {
        var last = otherwise;
        while (headers.hasNext()) {
            var value = headers.next();
            last = value.substring(value.lastIndexOf(',') + 1).strip();
        }
        return last.isEmpty() ? otherwise : last;
    }
}
