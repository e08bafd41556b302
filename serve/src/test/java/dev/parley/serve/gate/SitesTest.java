package dev.parley.serve.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.RawClient;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.accounts.KeyLimits;
import dev.parley.serve.accounts.Keys;
import dev.parley.serve.accounts.Users;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names mean a server and whose pages may call it: one on this machine, and one behind a proxy that is trusted. */
@Timeout(300)
class SitesTest {

    private static final String PASSWORD = "correct horse battery staple";
    private static final String FRIEND = "https://friend.example";

    private static TestServer local;
    private static TestServer behindProxy;

    @BeforeAll
    static void start() {
        local = TestServer.start();
        behindProxy = TestServer.start(settings(List.of("chat.example.org"), List.of(FRIEND)));
        new Users(behindProxy.database()).add("ada", PASSWORD);
    }

    @AfterAll
    static void stop() {
        local.close();
        behindProxy.close();
    }

    private static ServerSettings settings(List<String> hosts, List<String> origins) {
        var standard = ServerSettings.DEFAULT;
        return new ServerSettings("127.0.0.1", 0, true, hosts, origins, true, standard.largestBody(), standard.grace(), Optional.empty(),
                false);
    }

    private static int status(TestServer server, String head) throws IOException {
        try (var client = new RawClient(server.port())) {
            client.send(head + "\r\nConnection: close\r\n\r\n");
            return client.status();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "localhost:1", "LOCALHOST", "127.0.0.1", "[::1]", "[0:0:0:0:0:0:0:1]:8080", "[0::1]", "localhost."})
    void namesOfThisMachineMeanThisServer(String host) throws IOException {
        assertEquals(200, status(local, "GET /health HTTP/1.1\r\nHost: " + host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.1", "[::2]",
        "0", "chat.example.org"})
    void otherNamesAreRefused(String host) throws IOException {
        assertEquals(403, status(local, "GET /health HTTP/1.1\r\nHost: " + host));
        var named = status(local, "GET http://" + host + "/health HTTP/1.1\r\nHost: localhost");
        assertTrue(named == 403 || named == 400, "the name in the address itself: " + named);
    }

    @Test
    void aNameThatIsAllowedMeansThisServer() throws IOException {
        assertEquals(200, status(behindProxy, "GET /health HTTP/1.1\r\nHost: Chat.Example.org:443"));
        assertEquals(403, status(behindProxy, "GET /health HTTP/1.1\r\nHost: other.example.org"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "http://localhost:1", "null", "file://", "http://localhost.evil.example"})
    void pagesOfOtherSitesMayNotCall(String origin) {
        for (var path : List.of("/v1/completions", "/api/logout", "/health")) {
            var to = URI.create(local.base() + path);
            assertEquals(403, local.send(HttpRequest.newBuilder(to).header("Origin", origin).POST(BodyPublishers.ofString("{}")).build())
                    .statusCode(), path);
            assertEquals(403, local.send(HttpRequest.newBuilder(to).header("Origin", origin).build()).statusCode(), path);
        }
        var preflight = local.send(preflight(local, origin));
        assertEquals(403, preflight.statusCode());
        assertTrue(preflight.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
    }

    @Test
    void theOwnPageMayCall() {
        for (var own : List.of("http://localhost:" + local.port(), "https://localhost:" + local.port())) {
            var request = HttpRequest.newBuilder(URI.create(local.base() + "/v1/completions")).header("Origin", own)
                    .POST(BodyPublishers.ofString("{}"));
            assertNotEquals(403, local.send(request.build()).statusCode(), own);
        }
    }

    @Test
    void behindAProxyThePageOfHttpsAloneIsTheOwn() throws IOException {
        var head = "GET /health HTTP/1.1\r\nHost: chat.example.org\r\nX-Forwarded-Proto: https\r\nOrigin: ";
        assertEquals(200, status(behindProxy, head + "https://chat.example.org"));
        assertEquals(403, status(behindProxy, head + "http://chat.example.org"));
    }

    private static HttpRequest preflight(TestServer server, String origin) {
        return HttpRequest.newBuilder(URI.create(server.base() + "/v1/completions")).header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization, content-type").method("OPTIONS", BodyPublishers.noBody()).build();
    }

    @Test
    void anAllowedSiteMayCallTheApiWithAKeyButNeverByACookie() {
        var preflight = behindProxy.send(preflight(behindProxy, FRIEND));
        assertEquals(204, preflight.statusCode());
        assertEquals(Optional.of(FRIEND), preflight.headers().firstValue("Access-Control-Allow-Origin"));
        assertEquals(Optional.of("authorization, content-type"), preflight.headers().firstValue("Access-Control-Allow-Headers"));
        assertTrue(preflight.headers().firstValue("Access-Control-Allow-Credentials").isEmpty());

        var secret = new Keys(behindProxy.database()).create("friend", Optional.empty(), Optional.empty(), KeyLimits.NONE).secret();
        var request = HttpRequest.newBuilder(URI.create(behindProxy.base() + "/v1/models")).header("Origin", FRIEND);
        var answer = behindProxy.send(request.copy().header("Authorization", "Bearer " + secret).build());
        assertNotEquals(401, answer.statusCode());
        assertEquals(Optional.of(FRIEND), answer.headers().firstValue("Access-Control-Allow-Origin"));

        var browser = new Browser(behindProxy);
        assertEquals(200, browser.login("ada", PASSWORD).statusCode());
        assertEquals(401, browser.send(browser.request("/v1/models").header("Origin", FRIEND)).statusCode());
        assertEquals(403, browser.send(browser.request("/api/conversations").header("Origin", FRIEND)).statusCode());
    }

    @Test
    void behindAProxyWithHttpsTheCookieIsSecure() {
        var cookie = session(behindProxy);
        assertTrue(cookie.startsWith("__Host-") && cookie.contains("; Secure"), cookie);
        var untrusted = session(local);
        assertFalse(untrusted.startsWith("__Host-") || untrusted.contains("Secure"), untrusted);
    }

    private static String session(TestServer server) {
        var request = HttpRequest.newBuilder(URI.create(server.base() + "/api/session")).header("X-Forwarded-Proto", "https").build();
        return server.send(request).headers().firstValue("Set-Cookie").orElseThrow();
    }

    @Test
    void aClientCannotWriteTheAddressThatTheProxyTells() {
        var browser = new Browser(behindProxy);
        browser.load();
        var statuses = new ArrayList<Integer>();
        for (int i = 0; i < 31; i++) {
            statuses.add(browser.send(browser.request("/api/login").header(BrowserCookie.HEADER, browser.token())
                    .header("X-Forwarded-For", "10.0.0." + i + ", 192.0.2.7")
                    .POST(BodyPublishers.ofString("{\"name\": \"user" + i + "\", \"password\": \"wrong\"}"))).statusCode());
        }
        assertEquals(List.of(401, 429), List.of(statuses.get(0), statuses.get(30)), statuses::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "example.org", "https://example.org/", "https://example.org/path", "ftp://example.org", "https://",
        "https://a@b", "https://EXAMPLE.org?", "not an origin"})
    void whatIsNoOriginIsRefusedAtTheStart(String origin) {
        var refused = assertThrows(IllegalArgumentException.class, () -> settings(List.of(), List.of(origin)));
        assertTrue(refused.getMessage().contains("--allowed-origin"), refused.getMessage());
    }
}
