package dev.parley.serve;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a server is reached and what it lets through.
 *
 * @param host address that it listens at
 * @param port 0 for any that is free
 * @param auth whether callers have to say who they are
 * @param allowedHosts names besides those of this machine's loopback by which clients may call it
 * @param allowedOrigins of other sites whose pages may call the API, such as {@code https://example.org}
 * @param trustProxy whether a proxy's word on the client's address and protocol counts
 * @param largestBody bytes of a request at most
 * @param grace how long running answers may take to finish once the server is asked to stop
 * @param accessLog where a line for each request goes; empty for standard error
 * @param logTexts whether these lines hold what was asked and answered
 */
public record ServerSettings(String host, int port, boolean auth, List<String> allowedHosts, List<String> allowedOrigins,
        boolean trustProxy,
        long largestBody, Duration grace, Optional<Path> accessLog, boolean logTexts) {

    /** Of this machine's own users, at port 8080. */
    public static final ServerSettings DEFAULT = new ServerSettings("127.0.0.1", 8080, false, List.of(), List.of(), false, 16L << 20,
            Duration.ofSeconds(30), Optional.empty(), false);

    /** @throws IllegalArgumentException if others could reach it without saying who they are, or a value cannot be */
    public ServerSettings {
        if (port < 0 || port > 65_535) throw new IllegalArgumentException("There is no port " + port + "; choose one from 1 to 65535.");
        allowedHosts = List.copyOf(allowedHosts);
        allowedOrigins = allowedOrigins.stream().map(ServerSettings::checkedOrigin).distinct().toList();
        if (!auth && !isLoopback(host)) {
            throw new IllegalArgumentException(
                    "At " + host + " anyone who can reach this machine could use the models and read all conversations: "
                            + "add --auth, or listen on 127.0.0.1 only.");
        }
    }

    /** An origin (RFC 6454, section 6.2), as browsers write it. */
    private static String checkedOrigin(String origin) {
        try {
            var uri = URI.create(origin);
            var whole = uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
            if (whole.matches("https?://[^/]+") && whole.equals(origin) && uri.getHost() != null) return origin.toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            // is said below
        }
        throw new IllegalArgumentException(origin + " is not an origin; write --allowed-origin https://example.org, without a path.");
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("This machine has no address " + host + ".");
        }
    }

    /** The same on another address; 0.0.0.0 is all of the machine's. */
    public ServerSettings withHost(String host) {
        return new ServerSettings(host, port, auth, allowedHosts, allowedOrigins, trustProxy, largestBody, grace, accessLog, logTexts);
    }

    /** The same on another port; 0 takes a free one. */
    public ServerSettings withPort(int port) {
        return new ServerSettings(host, port, auth, allowedHosts, allowedOrigins, trustProxy, largestBody, grace, accessLog, logTexts);
    }

    /** The same with or without logins and keys. */
    public ServerSettings withAuth(boolean auth) {
        return new ServerSettings(host, port, auth, allowedHosts, allowedOrigins, trustProxy, largestBody, grace, accessLog, logTexts);
    }
}
