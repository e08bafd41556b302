package dev.parley.serve.gate;

import dev.parley.serve.accounts.Secrets;
import dev.parley.serve.accounts.Sessions;
import dev.parley.serve.http.ApiError;
import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import java.util.Optional;

/**
 * The one cookie: a secret that the browser keeps, of a session or, before a login and on servers without accounts, of this browser
 * alone. From it follows the token that every change by the page carries in a header ({@link #HEADER}): another site can make the
 * browser send the cookie, but can neither read it nor set the header.
 */
final class BrowserCookie {

    static final String HEADER = "X-Parley-CSRF";

    private static final String PURPOSE = "parley csrf";

    private final boolean trustProxy;

    BrowserCookie(boolean trustProxy) {
        this.trustProxy = trustProxy;
    }

    /** The secret that the browser sends, if it looks like one of ours. */
    Optional<String> secret(Context request) {
        return Optional.ofNullable(request.cookie(name(request))).filter(Secrets::looksLikeOne);
    }

    /** Gives the browser the secret of a session. */
    void keepSession(Context request, String secret) {
        request.cookie(cookie(request, secret, (int) Sessions.LONGEST.toSeconds()));
    }

    /** Gives the browser a secret that stands for nobody, until it is closed. */
    String keepNew(Context request) {
        var secret = Secrets.word(Secrets.LENGTH);
        request.cookie(cookie(request, secret, -1));
        return secret;
    }

    /** What the page sends with each change. */
    String token(String secret) {
        return Secrets.derived(secret, PURPOSE);
    }

    /** @throws ApiError if the page did not send the token that belongs to the cookie */
    void checkToken(Context request) {
        var sent = Optional.ofNullable(request.req().getHeader(HEADER));
        var secret = secret(request);
        if (sent.isPresent() && secret.isPresent() && Secrets.equal(sent.get(), token(secret.get()))) return;
        throw ApiError.of(403, "csrf",
                "This request needs the header " + HEADER + " with the token that GET /api/session gives this browser; reload the page.");
    }

    private Cookie cookie(Context request, String secret, int seconds) {
        return new Cookie(name(request), secret, "/", seconds, isSecure(request), true, null, SameSite.STRICT);
    }

    /**
     * Cookies are not kept apart by port: two servers on this machine must not take each other's. With HTTPS the prefix forbids
     * that another host of the domain sets ours (RFC 6265bis, section 4.1.3.2).
     */
    private String name(Context request) {
        return (isSecure(request) ? "__Host-" : "") + "parley-" + request.req().getLocalPort();
    }

    private boolean isSecure(Context request) {
        return RemoteClient.of(request, trustProxy).https();
    }
}
