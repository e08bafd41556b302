package dev.parley.serve.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The client at the other end of a connection. HTTP/1.1 says nothing of its leaving, so the connection is read: its end means that the
 * client has left, as most servers take it.
 *
 * <p>Nobody else reads meanwhile: Jetty reads a connection on the thread that handles its request, which is the one that asks here,
 * and waits for more only once the request is answered. What a client sends ahead, its next request, is given back to the
 * connection, and then not looked for again.
 */
final class ConnectionPresence implements ClientPresence {

    private final Connection connection;
    private final Scheduler scheduler;
    private boolean sendsAhead;

    ConnectionPresence(Connection connection, Scheduler scheduler) {
        this.connection = connection;
        this.scheduler = scheduler;
    }

    @Override
    public Scheduler.Task nextLook(Runnable look) {
        return scheduler.schedule(look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean isThere() {
        if (!connection.getEndPoint().isOpen()) return false;
        if (sendsAhead || !(connection instanceof Connection.UpgradeFrom gives) || !(connection instanceof Connection.UpgradeTo takes))
            return true;
        var ahead = gives.onUpgradeFrom(); // what came with this request already
        if (ahead == null || !ahead.hasRemaining()) {
            ahead = ByteBuffer.allocate(1);
            if (!read(connection, ahead)) return false;
        }
        sendsAhead = ahead.hasRemaining();
        if (sendsAhead) takes.onUpgradeTo(ahead);
        return true;
    }

    /** Reads what there is without waiting. @return false at the connection's end */
    private static boolean read(Connection connection, ByteBuffer into) {
        BufferUtil.clear(into); // Jetty fills a buffer from its limit on
        try {
            return connection.getEndPoint().fill(into) >= 0;
        } catch (IOException e) {
            return false;
        }
    }
}
