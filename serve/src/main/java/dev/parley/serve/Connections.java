package dev.parley.serve;

import dev.parley.serve.log.AccessLog;
import dev.parley.serve.work.RequestMemory;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import java.time.Duration;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * How connections are taken, and when they are cut: nobody may hold one by sending slowly, nor fill memory by sending much. What
 * is refused before it reaches a route is told in the shape of OpenAI's API all the same.
 */
final class Connections {

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
    record Limits(int headBytes, int headers, Duration idle, Duration head, Duration bodyStart, long bodyRate, Duration body, int most) {

        /** Enough for every client that means well, on a slow line too. */
        static final Limits STANDARD = new Limits(16 << 10, 200, Duration.ofSeconds(30), Duration.ofSeconds(15), Duration.ofSeconds(15), 500, Duration.ofMinutes(5), 4096);
    }

    private final ServerSettings settings;
    private final Limits limits;
    private final AccessLog log;

    Connections(ServerSettings settings, Limits limits, AccessLog log) {
        this.settings = settings;
        this.limits = limits;
        this.log = log;
    }

    void configure(JavalinConfig config) {
        config.jetty.modifyHttpConfiguration(this::configure);
        config.jetty.modifyServer(this::configure);
        config.jetty.modifyServletContextHandler(context -> context.setErrorHandler(new JettyErrors()));
        config.jetty.addConnector(this::connector);
        // An answer that is kept for the log must be readable there.
        if (log.wantsTexts()) config.http.compressionStrategy = CompressionStrategy.NONE;
    }

    private void configure(HttpConfiguration http) {
        http.setRequestHeaderSize(limits.headBytes());
        http.setSendServerVersion(false);
        // The model "org/name" is one part of a path, with its / written as %2F.
        http.setUriCompliance(UriCompliance.DEFAULT.with("parley", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR));
        http.setMaxUnconsumedRequestContentReads(64);
    }

    private void configure(Server server) {
        server.insertHandler(new RequestGuard(limits, new BodyLimits(settings.largestBody()), RequestMemory.ofHeap(settings.auth()), log.wantsTexts()));
        server.setErrorHandler(new JettyErrors());
        server.setRequestLog(log);
        server.addBean(new NetworkConnectionLimit(limits.most(), server));
    }

    private ServerConnector connector(Server server, HttpConfiguration http) {
        var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(limits.idle().toMillis());
        connector.addBean(new HeadDeadline(connector, limits.head()));
        return connector;
    }
}
