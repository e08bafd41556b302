package dev.parley.serve.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.accounts.Users;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a browser and its user meet. */
@Timeout(300)
class LoginTest {

    private static final String PASSWORD = "correct horse battery staple";

    private TestServer server;
    private Users users;

    @BeforeEach
    void start() {
        server = TestServer.start(ServerSettings.DEFAULT.withPort(0).withAuth(true));
        users = new Users(server.database());
        users.add("ada", PASSWORD);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whoLogsInIsKnownUntilTheyLogOut() {
        var browser = new Browser(server);
        var before = browser.load();
        assertTrue(before.path("login").asBoolean() && before.path("user").isNull(), before.toString());
        assertEquals(401, browser.get("/api/conversations").statusCode());

        var answer = browser.login("Ada", PASSWORD);
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals("ada", browser.load().path("user").path("name").asText());
        assertNotEquals(401, browser.get("/api/conversations").statusCode());

        var session = browser.cookie();
        assertEquals(204, browser.post("/api/logout", "").statusCode());
        assertTrue(browser.load().path("user").isNull());
        browser.cookie(session);
        assertEquals(401, browser.get("/api/conversations").statusCode());
    }

    @Test
    void theCookieIsForThisServersPageAlone() {
        var cookie = new Browser(server).login("ada", PASSWORD).headers().firstValue("Set-Cookie").orElseThrow();
        var parts = Arrays.stream(cookie.split("; *")).skip(1).map(p -> p.split("=", 2))
                .collect(Collectors.toMap(p -> p[0], p -> p.length > 1 ? p[1] : ""));
        assertTrue(parts.containsKey("HttpOnly"), cookie);
        assertEquals("Strict", parts.get("SameSite"), cookie);
        assertEquals("/", parts.get("Path"), cookie);
        assertEquals(String.valueOf(30 * 24 * 3600), parts.get("Max-Age"), cookie);
    }

    @Test
    void theSecretOfASessionIsNotTheOneFromBeforeTheLogin() {
        var browser = new Browser(server);
        browser.load();
        var before = browser.cookie();
        browser.login("ada", PASSWORD);
        assertNotEquals(before, browser.cookie());
    }

    @Test
    void wrongNamesAndWrongPasswordsAreToldApartByNobody() {
        var wrongPassword = new Browser(server).login("ada", "wrong horse battery staple");
        var wrongName = new Browser(server).login("bob", PASSWORD);
        assertEquals(401, wrongPassword.statusCode());
        assertEquals(401, wrongName.statusCode());
        assertEquals(wrongPassword.body(), wrongName.body());
        assertEquals("wrong_login", Browser.json(wrongName).path("error").path("code").asText());
    }

    @Test
    void aChangeNeedsTheTokenOfTheSameBrowser() {
        var browser = new Browser(server);
        browser.login("ada", PASSWORD);
        var own = browser.token();
        var other = new Browser(server);
        other.load();
        for (var token : new String[] {"", "x", other.token()}) {
            browser.token(token);
            var answer = browser.post("/api/logout", "");
            assertEquals(403, answer.statusCode());
            assertEquals("csrf", Browser.json(answer).path("error").path("code").asText());
            assertEquals(403, browser.post("/v1/completions", "{}").statusCode());
        }
        browser.token(own);
        assertNotEquals(403, browser.post("/v1/completions", "{}").statusCode());
        assertEquals(204, browser.post("/api/logout", "").statusCode());
    }

    @Test
    void aLoginNeedsTheTokenToo() {
        var answer = server.post("/api/login", "{\"name\": \"ada\", \"password\": \"" + PASSWORD + "\"}");
        assertEquals(403, answer.statusCode());
    }

    @Test
    void whoTriesTooOftenHasToWait() {
        var browser = new Browser(server);
        var statuses = IntStream.range(0, 12).map(i -> browser.login("ada", "wrong password " + i).statusCode()).boxed().toList();
        assertEquals(10, statuses.stream().filter(s -> s == 401).count(), statuses::toString);
        var refused = browser.login("ada", PASSWORD);
        assertEquals(429, refused.statusCode());
        assertTrue(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()) <= 30, refused.headers()::toString);
    }

    @Test
    void theCommandsForUsersTakeEffectWhileTheServerRuns() {
        var here = new Browser(server);
        here.login("ada", PASSWORD);
        users.changePassword("ada", "another password");
        assertEquals(401, here.get("/api/conversations").statusCode());
        assertEquals(200, here.login("ada", "another password").statusCode());
        users.setDisabled("ada", true);
        assertEquals(401, here.get("/api/conversations").statusCode());
        assertEquals(401, here.login("ada", "another password").statusCode());
    }

    @Test
    void aUserChangesTheirOwnPassword() {
        var here = new Browser(server);
        here.login("ada", PASSWORD);
        var elsewhere = new Browser(server);
        elsewhere.login("ada", PASSWORD);
        assertEquals(400, here.post("/api/password", "{\"current\": \"wrong\", \"new\": \"another password\"}").statusCode());
        assertEquals(400, here.post("/api/password", "{\"current\": \"" + PASSWORD + "\", \"new\": \"short\"}").statusCode());
        assertEquals(204, here.post("/api/password", "{\"current\": \"" + PASSWORD + "\", \"new\": \"another password\"}").statusCode());
        assertNotEquals(401, here.get("/api/conversations").statusCode());
        assertEquals(401, elsewhere.get("/api/conversations").statusCode());
        assertEquals(401, new Browser(server).login("ada", PASSWORD).statusCode());
        assertEquals(200, new Browser(server).login("ada", "another password").statusCode());
    }

    @Test
    void bodiesOfTheWrongShapeAreBadRequests() {
        var browser = new Browser(server);
        browser.load();
        for (var body : new String[] {"", "[]", "{", "{\"name\": 1, \"password\": \"x\"}", "{\"name\": \"ada\"}", "null"}) {
            assertEquals(400, browser.post("/api/login", body).statusCode(), body);
        }
    }
}
