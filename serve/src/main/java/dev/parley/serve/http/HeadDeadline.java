package dev.parley.serve.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections on which the headers of a request have begun and do not end. The idle timeout is not enough: a sender who adds a
 * byte in time could hold its connection for hours (Slowloris).
 */
final class HeadDeadline extends AbstractLifeCycle implements Connection.Listener {

    private final Connector connector;
    private final Duration longest;
    private final Map<Connection, Progress> open = new ConcurrentHashMap<>();
    private volatile Scheduler.Task next;

    /** What was seen of a connection last: no request was under way, and so many bytes had come. */
    private record Progress(long requests, long bytes, long sinceNanos) {}

    HeadDeadline(Connector connector, Duration longest) {
        this.connector = connector;
        this.longest = longest;
    }

    @Override
    public void onOpened(Connection connection) {
        open.put(connection, new Progress(0, 0, System.nanoTime()));
    }

    @Override
    public void onClosed(Connection connection) {
        open.remove(connection);
    }

    @Override
    protected void doStart() {
        schedule();
    }

    @Override
    protected void doStop() {
        var last = next;
        if (last != null) last.cancel();
    }

    private void schedule() {
        next = connector.getScheduler().schedule(this::look, Math.max(50, longest.toMillis() / 5), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            open.replaceAll(this::looked);
        } finally {
            if (isRunning()) schedule();
        }
    }

    private Progress looked(Connection connection, Progress before) {
        var requests = connection.getMessagesIn();
        var headHasBegun = requests == before.requests() && connection.getMessagesOut() == requests
                && connection.getBytesIn() > before.bytes();
        if (!headHasBegun) return new Progress(requests, connection.getBytesIn(), System.nanoTime());
        if (System.nanoTime() - before.sinceNanos() > longest.toNanos()) connection.getEndPoint().close();
        return before;
    }
}
