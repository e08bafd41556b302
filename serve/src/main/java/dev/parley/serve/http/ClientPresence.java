package dev.parley.serve.http;

import io.javalin.http.Context;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.util.thread.Scheduler;

/** Whether somebody still waits for an answer, while nothing is written to them. */
public interface ClientPresence {

    /** Time between two looks at a connection. */
    long LOOK_MILLIS = 250;

    /** Looks at the connection of a request, whose body has been read to its end. */
    static ClientPresence of(Context request) {
        var connection = ServletContextRequest.getServletContextRequest(request.req()).getConnectionMetaData();
        return new ConnectionPresence(connection.getConnection(), connection.getConnector().getScheduler());
    }

    /** Says when it is time to look, once; it can be cancelled. It is to return at once. */
    Scheduler.Task nextLook(Runnable look);

    /** To be asked by the thread that handles the request. */
    boolean isThere();

    /**
     * As {@link #isThere()}.
     *
     * @throws ClientGone if it is not
     */
    default void requireThere() {
        if (!isThere()) throw new ClientGone();
    }
}
