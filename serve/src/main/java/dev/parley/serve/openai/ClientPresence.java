package dev.parley.serve.openai;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.Connection;

/**
 * Whether a client is still there while nothing is written to it. HTTP/1.1 says nothing of that, so the connection is read: its
 * end means that the client has left, as most servers take it; what a client sends ahead is given back to the connection.
 */
@FunctionalInterface
interface ClientPresence {

    boolean isThere();

    /** Looks at the connection of a request, whose body has been read to its end. */
    static ClientPresence of(Context request) {
        var connection = ServletContextRequest.getServletContextRequest(request.req()).getConnectionMetaData().getConnection();
        return () -> isOpen(connection);
    }

    private static boolean isOpen(Connection connection) {
        var ahead = ByteBuffer.allocate(1);
        ahead.limit(0); // Jetty's buffers are filled from their limit on
        try {
            if (!connection.getEndPoint().isOpen()) return false;
            var read = connection.getEndPoint().fill(ahead);
            if (read > 0 && connection instanceof Connection.UpgradeTo takesBack) takesBack.onUpgradeTo(ahead);
            return read >= 0;
        } catch (IOException e) {
            return false;
        }
    }
}
