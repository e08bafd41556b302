package dev.parley.serve.gate;

import dev.parley.serve.ServerSettings;
import dev.parley.serve.accounts.Admission;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.accounts.Key;
import dev.parley.serve.accounts.KeyMeters;
import dev.parley.serve.accounts.Keys;
import dev.parley.serve.accounts.Meter;
import dev.parley.serve.accounts.Sessions;
import dev.parley.serve.accounts.User;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ApiPaths;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.http.UnreadBodies;
import dev.parley.serve.store.Database;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What every request passes first. It refuses those that come too late, mean another server or come from a page that may not call this
 * one, and finds out who calls: where callers have to say who they are, by a key ({@code Authorization: Bearer sk-parley-…}, or
 * {@code x-api-key}) or by the session of a browser; else all are {@link Caller#LOCAL}.
 *
 * <p>What is not named here as open asks for it: a route that is added later is closed until it is named.
 */
public final class Gate implements Routes {

    private static final Set<String> OPEN = Set.of("GET /health", "GET /ready", "GET /api/session", "POST /api/login");
    private static final Set<String> ALWAYS_ANSWERED = Set.of("/health", "/ready");
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final String BEARER = "Bearer ";

    private final boolean login;
    private final boolean trustProxy;
    private final BooleanSupplier stopping;
    private final Sites sites;
    private final BrowserCookie cookie;
    private final Sessions sessions;
    private final Keys keys;
    private final KeyMeters meters;

    /** @param stopping whether the server is being stopped, and answers nothing but how it is */
    public Gate(ServerSettings settings, Database database, BooleanSupplier stopping) {
        login = settings.auth();
        trustProxy = settings.trustProxy();
        this.stopping = stopping;
        sites = new Sites(settings);
        cookie = new BrowserCookie(trustProxy);
        sessions = new Sessions(database);
        keys = new Keys(database);
        meters = new KeyMeters(keys);
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.before(this::pass);
    }

    private void pass(Context request) {
        RequestNotes.of(request).address(RemoteClient.of(request, trustProxy).address());
        SecurityHeaders.put(request, isPage(request));
        // Their routes want no body, and may begin to answer, after which nothing could be told of the connection's end any more.
        if (isReading(request)) UnreadBodies.read(request);
        if (stopping.getAsBoolean() && !ALWAYS_ANSWERED.contains(request.path()))
            throw ApiError.of(503, "stopping", "The server is shutting down.");
        sites.checkHost(request);
        var otherSite = sites.comesFromAllowedSite(request);
        if (otherSite && passesOtherSite(request)) return;
        find(request, otherSite).ifPresent(caller -> caller.keepWith(request));
    }

    /** @return whether it is answered already */
    private boolean passesOtherSite(Context request) {
        if (ApiPaths.isPages(request.path()))
            throw ApiError.of(403, "unknown_origin", "Other sites' pages may call the APIs of clients, but not that of this page.");
        sites.allowReading(request);
        if (!Sites.answersPreflight(request)) return false;
        request.skipRemainingHandlers();
        return true;
    }

    /** Who calls; empty where nobody needs to say so and nobody does. */
    private Optional<Caller> find(Context request, boolean otherSite) {
        var isOpen = isPage(request) || OPEN.contains(method(request) + " " + request.path());
        if (!login || isOpen) {
            if (ApiPaths.isPages(request.path())) checkToken(request);
            return login ? Optional.empty() : Optional.of(noted(Caller.LOCAL.id(), Caller.LOCAL.name(), "", Meter.NONE, request));
        }
        var key = bearer(request).or(() -> apiKey(request));
        if (key.isPresent()) return Optional.of(ofKey(key.get(), request));
        // A page of another site speaks by keys alone: the browser would send the cookie along unasked.
        var user = otherSite ? Optional.<User>empty() : cookie.secret(request).flatMap(sessions::find);
        if (user.isEmpty()) throw unknown("login_required",
                "Authentication required: send Authorization: Bearer with a key (./parley keys create), or log in on the web page.",
                request);
        checkToken(request);
        return user.map(u -> noted(u.id(), u.name(), u.name(), Meter.NONE, request));
    }

    private void checkToken(Context request) {
        if (!isReading(request)) cookie.checkToken(request);
    }

    private static boolean isReading(Context request) {
        return READING.contains(request.req().getMethod());
    }

    private Caller ofKey(String secret, Context request) {
        var key = keys.check(secret).orElseThrow(() -> unknown("invalid_api_key", "This key is unknown, expired or revoked.", request));
        var wait = meters.tryNow(key);
        meters.headers(key).forEach(request::header);
        if (wait.isPresent()) {
            RequestNotes.of(request).caller(key.shown());
            throw mustWait(key, wait.get(), request);
        }
        return noted(key.owner().map(User::id).orElse("key-" + key.id()), key.owner().map(User::name).orElse(key.name()), key.shown(),
                meterOf(key, request), request);
    }

    private static ApiError mustWait(Key key, Admission.Wait wait, Context request) {
        var seconds = KeyMeters.seconds(wait.time());
        request.header("Retry-After", Long.toString(seconds));
        return ApiError.of(429, "rate_limit_exceeded",
                "The key " + key.shown() + " is limited to " + wait.limit() + "; try again in " + seconds + " s.");
    }

    private Meter meterOf(Key key, Context request) {
        return new Meter() {
            @Override
            public void settle(long reserved, long used) {
                meters.settle(key, reserved, used);
            }

            @Override
            public long reserve(long prompt, long answers, boolean flexible) {
                return switch (meters.reserve(key, prompt, answers, flexible)) {
                    case Admission.Granted granted -> granted.answers();
                    case Admission.Wait wait -> throw mustWait(key, wait, request);
                    case Admission.TooMany(var limit) -> throw ApiError.badRequest("max_tokens",
                            "This request has " + prompt + " prompt tokens and may generate " + answers
                                    + ", but the key " + key.shown() + " is limited to " + limit
                                    + ": lower max_tokens or n, or shorten the prompt.");
                };
            }
        };
    }

    /** A caller whose tokens are counted for the access log too. */
    private static Caller noted(String id, String name, String shown, Meter meter, Context request) {
        var notes = RequestNotes.of(request);
        notes.caller(shown);
        return new Caller(id, name, new Noted(meter, notes));
    }

    private record Noted(Meter meter, RequestNotes notes) implements Meter {

        @Override
        public void settle(long reserved, long used) {
            notes.spent(used);
            meter.settle(reserved, used);
        }

        @Override
        public long reserve(long prompt, long answers, boolean flexible) {
            return meter.reserve(prompt, answers, flexible);
        }
    }

    private static Optional<String> bearer(Context request) {
        var header = Optional.ofNullable(request.req().getHeader("Authorization"));
        return header.filter(h -> h.regionMatches(true, 0, BEARER, 0, BEARER.length())).map(h -> h.substring(BEARER.length()).strip());
    }

    /** As Anthropic's clients send it. */
    private static Optional<String> apiKey(Context request) {
        return Optional.ofNullable(request.req().getHeader("x-api-key")).map(String::strip);
    }

    /** 401, with the header that belongs to it. */
    static ApiError unknown(String code, String message, Context request) {
        request.header("WWW-Authenticate", "Bearer realm=\"parley\"");
        return ApiError.of(401, code, message);
    }

    /** Whether it asks for a file of the page. */
    private static boolean isPage(Context request) {
        var path = request.path();
        return method(request).equals("GET") && (path.equals("/") || path.equals("/favicon.ico") || path.startsWith("/assets/"));
    }

    private static String method(Context request) {
        var method = request.req().getMethod();
        return method.equals("HEAD") ? "GET" : method;
    }
}
