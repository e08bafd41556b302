package dev.parley.serve.gate;

import dev.parley.serve.ServerSettings;
import dev.parley.serve.accounts.Addresses;
import dev.parley.serve.http.ApiError;
import io.javalin.http.Context;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which names mean this server, and whose pages may call it. A page of any site can make a browser send requests here: to
 * another name that it lets point at this machine (DNS rebinding), or across origins. Names that are not known and origins that
 * are not allowed are refused.
 */
final class Sites {

    private final Set<String> hosts = new HashSet<>(Set.of("localhost", "127.0.0.1", bare("::1")));
    private final Set<String> origins;
    private final boolean trustProxy;

    Sites(ServerSettings settings) {
        hosts.add(bare(settings.host()));
        settings.allowedHosts().forEach(host -> hosts.add(bare(host)));
        origins = Set.copyOf(settings.allowedOrigins());
        trustProxy = settings.trustProxy();
    }

    /** @throws ApiError if the request means another server */
    void checkHost(Context request) {
        var named = bare(String.valueOf(request.req().getServerName()));
        // An address, other than a name, cannot be made to point here by others.
        if (hosts.contains(named) || named.equals(bare(request.req().getLocalAddr()))) return;
        throw ApiError.of(403, "unknown_host", "This server is not known as " + shortened(named) + "; restart it with --allowed-host "
                + shortened(named) + " if it should be.");
    }

    /**
     * Whether a page of another site sends this, which is allowed to.
     *
     * @throws ApiError if it is not allowed to
     */
    boolean comesFromAllowedSite(Context request) {
        var origin = request.req().getHeader("Origin");
        if (origin == null || isOwn(origin, request)) return false;
        if (origins.contains(origin)) return true;
        throw ApiError.of(403, "unknown_origin", "Pages from " + shortened(origin)
                + " may not call this server; restart it with --allowed-origin " + shortened(origin) + " if they should.");
    }

    private boolean isOwn(String origin, Context request) {
        var https = RemoteClient.of(request, trustProxy).https();
        var host = request.req().getHeader("Host");
        if (host == null) return false;
        // Behind a proxy that is not believed we cannot know what it speaks to the client.
        return origin.equals("https://" + host) || !https && origin.equals("http://" + host);
    }

    /** Lets a page of an allowed site read the answer; credentials of browsers remain forbidden. */
    void allowReading(Context request) {
        request.header("Access-Control-Allow-Origin", request.req().getHeader("Origin"));
        request.header("Vary", "Origin");
        request.header("Access-Control-Expose-Headers",
                "Retry-After, X-Parley-Warning, x-ratelimit-limit-requests, x-ratelimit-limit-tokens, "
                        + "x-ratelimit-remaining-requests, x-ratelimit-remaining-tokens, x-ratelimit-reset-requests, "
                        + "x-ratelimit-reset-tokens");
    }

    /** Answers the question of a browser whether an allowed site may send a request (WHATWG Fetch, section 3.3). */
    static boolean answersPreflight(Context request) {
        if (!request.req().getMethod().equals("OPTIONS") || request.req().getHeader("Access-Control-Request-Method") == null) return false;
        request.header("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
        askedHeaders(request).ifPresent(names -> request.header("Access-Control-Allow-Headers", names));
        request.header("Access-Control-Max-Age", "600").status(204);
        return true;
    }

    private static Optional<String> askedHeaders(Context request) {
        return Optional.ofNullable(request.req().getHeader("Access-Control-Request-Headers"))
                .filter(names -> names.matches("[A-Za-z0-9, -]{1,2000}"));
    }

    /** A host without port and brackets, in one form. */
    private static String bare(String host) {
        var name = host.strip().toLowerCase(Locale.ROOT);
        if (name.startsWith("[")) return Addresses.canonical(name);
        var colon = name.indexOf(':');
        if (colon >= 0 && colon == name.lastIndexOf(':')) name = name.substring(0, colon);
        if (name.endsWith(".")) name = name.substring(0, name.length() - 1);
        return name.contains(":") ? Addresses.canonical(name) : name;
    }

    private static String shortened(String text) {
        var plain = text.replaceAll("[^\\x21-\\x7e]", "?");
        return plain.length() > 100 ? plain.substring(0, 100) + "…" : plain;
    }
}
