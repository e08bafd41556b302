package dev.parley.serve.http;

import io.javalin.config.JavalinConfig;
import java.time.Duration;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * How connections are accepted, and when they are closed: nobody can hold one by sending slowly or fill memory by sending much.
 * Requests that are refused before they reach a route get errors in the shape of OpenAI's API, too.
 */
public final class Connections {

    /**
     * The limits of a connection.
     *
     * @param headBytes of the request line and the headers; more is answered with 431
     * @param headers number of headers; more is answered with 431
     * @param idle a connection on which nothing comes for so long is closed
     * @param head a request whose headers take longer is cut off
     * @param bodyStart how long a body may come as slowly as it likes at first
     * @param bodyRate least bytes a second of a body after that, on average; a slower one is answered with 408
     * @param body how long a body may take in all, since its beginning is in memory until it is complete
     * @param most connections at once; more wait to be accepted
     */
    public record Limits(int headBytes, int headers, Duration idle, Duration head, Duration bodyStart, long bodyRate, Duration body,
            int most) {

        /** Enough for every client that means well, on a slow line too. */
        public static final Limits STANDARD = new Limits(16 << 10, 200, Duration.ofSeconds(30), Duration.ofSeconds(15),
                Duration.ofSeconds(15), 500, Duration.ofMinutes(5), 4096);
    }

    private final String host;
    private final int port;
    private final Limits limits;
    private final RequestGuard guard;
    private final RequestLog log;

    /**
     * @param host address to listen at
     * @param guard sees each request before its route does
     * @param log is told of each request when its answer has ended
     */
    public Connections(String host, int port, Limits limits, RequestGuard guard, RequestLog log) {
        this.host = host;
        this.port = port;
        this.limits = limits;
        this.guard = guard;
        this.log = log;
    }

    /** Sets up the server before it starts. */
    public void configure(JavalinConfig config) {
        config.jetty.modifyHttpConfiguration(this::configure);
        config.jetty.modifyServer(this::configure);
        config.jetty.modifyServletContextHandler(context -> context.setErrorHandler(new JettyErrors()));
        config.jetty.addConnector(this::connector);
    }

    private void configure(HttpConfiguration http) {
        http.setRequestHeaderSize(limits.headBytes());
        http.setSendServerVersion(false);
        // The model "org/name" is one part of a path, with its / written as %2F.
        http.setUriCompliance(UriCompliance.DEFAULT.with("parley", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR));
        http.setMaxUnconsumedRequestContentReads(64);
    }

    private void configure(Server server) {
        server.insertHandler(guard);
        server.setErrorHandler(new JettyErrors());
        server.setRequestLog(log);
        server.addBean(new NetworkConnectionLimit(limits.most(), server));
    }

    private ServerConnector connector(Server server, HttpConfiguration http) {
        var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(limits.idle().toMillis());
        connector.addBean(new HeadDeadline(connector, limits.head()));
        return connector;
    }
}
