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
 * How connections are taken, and when they are cut: nobody may hold one by sending slowly, nor fill memory by sending much. What
 * is refused before it reaches a route is told in the shape of OpenAI's API all the same.
 */
public final class Connections {

    /**
     * What a connection may ask for.
     *
     * @param headBytes of the request line and the headers; more is answered with 431
     * @param headers how many; more is answered with 431
     * @param idle a connection that is silent for so long is closed
     * @param head a request's head that takes longer is cut
     * @param bodyStart a body may begin as slowly as it likes for so long
     * @param bodyRate bytes a second that a body comes with afterwards, on average; a slower one is answered with 408
     * @param body the longest that a body may take in all: what has come of it is kept until it is whole
     * @param most connections at once; more wait to be taken
     */
    public record Limits(int headBytes, int headers, Duration idle, Duration head, Duration bodyStart, long bodyRate, Duration body, int most) {

        /** Enough for every client that means well, on a slow line too. */
        public static final Limits STANDARD = new Limits(16 << 10, 200, Duration.ofSeconds(30), Duration.ofSeconds(15), Duration.ofSeconds(15), 500, Duration.ofMinutes(5), 4096);
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
