package dev.parley.serve.gate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.Version;
import dev.parley.serve.accounts.KeyMeters;
import dev.parley.serve.accounts.LoginThrottle;
import dev.parley.serve.accounts.Sessions;
import dev.parley.serve.accounts.User;
import dev.parley.serve.accounts.Users;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.store.Database;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Optional;

/** The routes of the page about who is logged in. */
public final class SessionRoutes implements Routes {

    private static final int MOST_NAME = 256; // before it is brought into its one form, which costs more the longer it is

    private final boolean login;
    private final boolean trustProxy;
    private final BrowserCookie cookie;
    private final Users users;
    private final Sessions sessions;
    private final LoginThrottle throttle = new LoginThrottle();

    /** Routes for a server with these settings, whose users are in this database. */
    public SessionRoutes(ServerSettings settings, Database database) {
        login = settings.auth();
        trustProxy = settings.trustProxy();
        cookie = new BrowserCookie(trustProxy);
        users = new Users(database);
        sessions = new Sessions(database);
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/api/session", this::session);
        routes.post("/api/login", this::login);
        routes.post("/api/logout", this::logout);
        routes.post("/api/password", this::password);
    }

    private void session(Context request) {
        var secret = cookie.secret(request);
        var user = secret.flatMap(this::user);
        request.json(json(user, secret.orElseGet(() -> cookie.keepNew(request))));
    }

    private void login(Context request) {
        requireLogins();
        var fields = JsonFields.of(JsonBody.read(request));
        var name = fields.requireString("name");
        if (name.length() > MOST_NAME) throw ApiError.badRequest("name", "name is too long.");
        var user = checked(name, fields.requireString("password"), request)
                .orElseThrow(() -> Gate.unknown("wrong_login", "Wrong name or password.", request));
        RequestNotes.of(request).caller(user.name());
        cookie.secret(request).ifPresent(sessions::end);
        var secret = sessions.begin(user);
        cookie.keepSession(request, secret);
        request.json(json(Optional.of(user), secret));
    }

    private void logout(Context request) {
        cookie.secret(request).ifPresent(sessions::end);
        cookie.keepNew(request);
        request.status(204);
    }

    private void password(Context request) {
        requireLogins();
        var fields = JsonFields.of(JsonBody.read(request));
        var current = fields.requireString("current");
        var wanted = fields.requireString("new");
        var secret = cookie.secret(request).orElseThrow(SessionRoutes::noSession);
        var user = user(secret).orElseThrow(SessionRoutes::noSession);
        if (checked(user.name(), current, request).isEmpty()) throw ApiError.badRequest("current", "The current password is wrong.");
        try {
            users.changeOwnPassword(user, wanted, secret);
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest("new", e.getMessage());
        }
        request.status(204);
    }

    private Optional<User> checked(String name, String password, Context request) {
        var address = RemoteClient.of(request, trustProxy).address();
        var wait = throttle.tryNow(name, address).map(KeyMeters::seconds);
        if (wait.isPresent()) {
            request.header("Retry-After", Long.toString(wait.get()));
            throw ApiError.of(429, "too_many_logins", "Too many attempts with a wrong password; try again in " + wait.get() + " s.");
        }
        var user = users.check(name, password);
        if (user.isPresent()) throttle.succeeded(name, address);
        return user;
    }

    private Optional<User> user(String secret) {
        return login ? sessions.find(secret) : Optional.empty();
    }

    private void requireLogins() {
        if (!login) throw ApiError.of(404, "no_login", "This server has no login; it was started without --auth.");
    }

    private static ApiError noSession() {
        return ApiError.of(403, "no_session", "Only a user who is logged in on the web page can change their password.");
    }

    private ObjectNode json(Optional<User> user, String secret) {
        var json = JsonNodeFactory.instance.objectNode().put("login", login).put("csrf", cookie.token(secret)).put("version",
                Version.text());
        user.ifPresentOrElse(u -> json.putObject("user").put("id", u.id()).put("name", u.name()), () -> json.putNull("user"));
        return json;
    }
}
