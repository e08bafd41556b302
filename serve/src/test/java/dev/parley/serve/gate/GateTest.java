package dev.parley.serve.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.RawClient;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.accounts.KeyLimits;
import dev.parley.serve.accounts.Keys;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in: by a server that asks who calls, and by one that does not. */
@Timeout(300)
class GateTest {

    private static TestServer open;
    private static TestServer closed;
    private static Keys keys;

    @BeforeAll
    static void start() {
        open = TestServer.start();
        closed = TestServer.start(ServerSettings.DEFAULT.withPort(0).withAuth(true));
        keys = new Keys(closed.database());
    }

    @AfterAll
    static void stop() {
        open.close();
        closed.close();
    }

    private static HttpResponse<String> get(TestServer server, String path, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(server.base() + path));
        return server.send((headers.length == 0 ? request : request.headers(headers)).build());
    }

    private static HttpResponse<String> post(TestServer server, String path, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(server.base() + path)).POST(BodyPublishers.ofString("{}"));
        return server.send((headers.length == 0 ? request : request.headers(headers)).build());
    }

    private static String code(HttpResponse<String> answer) {
        return Browser.json(answer).path("error").path("code").asText();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models", "/v1", "/metrics", "/props", "/openapi.json", "/api/conversations", "/api/models", "/nothing",
        "/assets", "/health/x", "/api/session/x",
        "/HEALTH", "/api/login"})
    void withoutAKeyNothingIsTold(String path) {
        var answer = get(closed, path);
        assertEquals(401, answer.statusCode(), answer.body());
        assertTrue(answer.headers().firstValue("WWW-Authenticate").orElseThrow().startsWith("Bearer"), answer.headers()::toString);
        assertEquals("authentication_error", Browser.json(answer).path("error").path("type").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/ready", "/", "/assets/x", "/api/session"})
    void whatAnybodyMaySeeAsksForNothing(String path) {
        assertNotEquals(401, get(closed, path).statusCode());
    }

    @Test
    void whatAnybodyMaySeeNobodyMayChange() {
        for (var path : List.of("/health", "/", "/assets/x", "/v1/models")) assertEquals(401, post(closed, path).statusCode(), path);
    }

    @Test
    void aKeyLetsInUntilItIsRevoked() {
        var made = keys.create("laptop", Optional.empty(), Optional.empty(), KeyLimits.NONE);
        for (var written : List.of("Bearer " + made.secret(), "bearer  " + made.secret())) {
            assertNotEquals(401, get(closed, "/v1/models", "Authorization", written).statusCode());
            assertNotEquals(403, post(closed, "/v1/completions", "Authorization", written).statusCode());
        }
        assertNotEquals(401, get(closed, "/v1/models", "x-api-key", made.secret()).statusCode());
        assertNotEquals(403, post(closed, "/v1/messages", "x-api-key", made.secret()).statusCode());
        assertEquals(401, get(closed, "/v1/models", "x-api-key", "sk-ant-unknown").statusCode());
        assertEquals(401, get(closed, "/v1/models", "Authorization", "Basic " + made.secret()).statusCode());
        assertEquals(401, get(closed, "/v1/models", "Authorization", made.secret()).statusCode());
        keys.revoke(made.key().id());
        var refused = get(closed, "/v1/models", "Authorization", "Bearer " + made.secret());
        assertEquals(401, refused.statusCode());
        assertEquals("invalid_api_key", code(refused));
        assertFalse(refused.body().contains(made.secret()), refused.body());
        var message = post(closed, "/v1/messages", "x-api-key", made.secret());
        assertEquals(401, message.statusCode());
        assertTrue(message.body().contains("\"type\":\"authentication_error\""), message.body());
    }

    @Test
    void aKeyHasToWaitWhenItHasAskedForTooMuch() {
        var made = keys.create("eager", Optional.empty(), Optional.empty(), new KeyLimits(2, 1000, 0));
        var first = get(closed, "/v1/models", "Authorization", "Bearer " + made.secret());
        assertNotEquals(429, first.statusCode());
        assertEquals("2", first.headers().firstValue("x-ratelimit-limit-requests").orElseThrow());
        assertEquals("1", first.headers().firstValue("x-ratelimit-remaining-requests").orElseThrow());
        assertEquals("1000", first.headers().firstValue("x-ratelimit-remaining-tokens").orElseThrow());
        assertNotEquals(429, get(closed, "/v1/models", "Authorization", "Bearer " + made.secret()).statusCode());
        var refused = get(closed, "/v1/models", "Authorization", "Bearer " + made.secret());
        assertEquals(429, refused.statusCode());
        assertEquals("rate_limit_exceeded", code(refused));
        var wait = Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow());
        assertTrue(wait >= 1 && wait <= 30, "Retry-After: " + wait);
    }

    private static HttpResponse<String> ask(String secret, String path, String body) {
        return closed.send(HttpRequest.newBuilder(URI.create(closed.base() + path)).header("Authorization", "Bearer " + secret)
                .POST(BodyPublishers.ofString(body)).build());
    }

    private static HttpResponse<String> complete(String secret, String more) {
        return ask(secret, "/v1/completions", "{\"model\": \"tiny\", \"prompt\": [1, 2, 3], \"max_tokens\": 8" + more + "}");
    }

    private static String key(KeyLimits limits) {
        return keys.create("thrifty", Optional.empty(), Optional.empty(), limits).secret();
    }

    private static long used(String secret) {
        return keys.check(secret).orElseThrow().tokensToday();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", \"stream\": true"})
    void theTokensOfAnAnswerCount(String more) {
        var key = key(new KeyLimits(0, 14, 0)); // of which the next needs 11
        assertEquals(200, complete(key, more).statusCode());
        assertTrue(used(key) > 3, "more than the prompt");
        assertTrue(used(key) <= 11, "no more than prompt and answer");
        var refused = complete(key, more);
        assertEquals(429, refused.statusCode(), refused.body());
        assertTrue(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()) <= 60, refused.headers()::toString);
    }

    @Test
    void aKeyThatHasUsedItsDayWaitsForTheNext() {
        var key = key(new KeyLimits(0, 0, 14));
        assertEquals(200, complete(key, "").statusCode());
        var refused = complete(key, "");
        assertEquals(429, refused.statusCode(), refused.body());
        assertTrue(refused.body().contains("14 tokens a day"), refused.body());
    }

    @Test
    void whatCanNeverBeHadIsABadRequestThatSaysWhatToDo() {
        for (var limits : List.of(new KeyLimits(0, 100, 0), new KeyLimits(0, 0, 100))) {
            var refused = complete(key(limits), ", \"n\": 13");
            assertEquals(400, refused.statusCode(), refused.body());
            assertTrue(refused.body().contains("100 tokens a ") && refused.body().contains("max_tokens"), refused.body());
        }
    }

    /** Thirty requests of sixteen answers each, at once, by a key of 300 a minute and 1,000 a day. */
    @ParameterizedTest
    @ValueSource(
            strings = {"{\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"n\": 16, \"ignore_eos\": true}",
                "{\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"n\": 16, \"max_tokens\": 10}"})
    void manyRequestsAtOnceStayWithinTheLimits(String body) throws Exception {
        var key = key(new KeyLimits(0, 300, 1000));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var statuses = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 30; i++) statuses.add(threads.submit(() -> ask(key, "/v1/chat/completions", body).statusCode()));
            var answered = 0;
            for (var status : statuses) {
                assertTrue(status.get() == 200 || status.get() == 429, "status " + status.get());
                if (status.get() == 200) answered++;
            }
            assertTrue(answered > 0);
        }
        assertTrue(used(key) <= 1000 && used(key) > 0, used(key) + " tokens");
    }

    @Test
    void anAnswerWithoutALimitIsAsLongAsTheKeyAllows() {
        var key = key(new KeyLimits(0, 60, 0));
        var answer = ask(key, "/v1/chat/completions",
                "{\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"ignore_eos\": true}");
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals("length", Browser.json(answer).path("choices").path(0).path("finish_reason").asText(), answer.body());
        assertTrue(used(key) <= 60, used(key) + " tokens");
    }

    @Test
    void readingCountsToo() {
        var key = key(new KeyLimits(0, 20, 0));
        var body = "{\"model\": \"tiny\", \"input\": [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]]}";
        assertEquals(200, ask(key, "/v1/embeddings", body).statusCode());
        assertEquals(12, used(key));
        assertEquals(429, ask(key, "/v1/embeddings", body).statusCode());
        assertEquals(12, used(key));
    }

    @Test
    void withoutAuthAnyKeyIsFine() {
        assertNotEquals(401, get(open, "/v1/models", "Authorization", "Bearer sk-anything").statusCode());
        var session = new Browser(open).load();
        assertFalse(session.path("login").asBoolean(true));
        assertTrue(session.path("user").isNull(), session.toString());
    }

    @Test
    void withoutAuthTheChatNeedsItsTokenAllTheSame() {
        var browser = new Browser(open);
        browser.load();
        assertEquals(204, browser.post("/api/logout", "").statusCode());
        assertEquals(403, open.post("/api/logout", "").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%61pi/logout", "/api%2Flogout", "/API/logout", "/api;x=1/logout", "/x/../api/logout", "//api/logout",
        "/./api/logout", "/api//logout"})
    void noOtherSpellingOfAPathLeadsPastTheToken(String path) throws IOException {
        try (var client = new RawClient(open.port())) {
            client.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            assertTrue(List.of(400, 403, 404).contains(client.status()), client.answer());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/assets/../v1/models", "/assets/..%2fv1/models", "/assets/%2e%2e/v1/models", "/assets/x/../../metrics",
        "/assets;/../metrics", "/health/../metrics", "/assets//../metrics"})
    void noPathLeadsFromThePageToTheRest(String path) throws IOException {
        try (var client = new RawClient(closed.port())) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertTrue(List.of(400, 401, 404).contains(client.status()), client.answer());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/", "/nothing", "/v1/models", "/api/session"})
    void everyAnswerForbidsWhatIsNotNeeded(String path) {
        for (var server : List.of(open, closed)) {
            var headers = get(server, path).headers();
            var policy = headers.firstValue("Content-Security-Policy").orElseThrow();
            assertTrue(policy.startsWith("default-src 'none'") && policy.contains("frame-ancestors 'none'")
                    && policy.contains("base-uri 'none'"), policy);
            assertFalse(policy.contains("unsafe") || policy.contains("*") || policy.contains("http"), policy);
            assertEquals(Optional.of("nosniff"), headers.firstValue("X-Content-Type-Options"));
            assertEquals(Optional.of("same-origin"), headers.firstValue("Cross-Origin-Opener-Policy"));
            assertTrue(headers.firstValue("Permissions-Policy").isPresent() && headers.firstValue("Referrer-Policy").isPresent());
            assertTrue(headers.firstValue("Server").isEmpty(), headers::toString);
            if (path.startsWith("/api/")) assertEquals(Optional.of("no-store"), headers.firstValue("Cache-Control"));
        }
    }

    @Test
    void aServerThatNobodyCanCallYetSaysHowToChangeThat() {
        try (var server = TestServer.start(ServerSettings.DEFAULT.withPort(0).withAuth(true))) {
            assertTrue(server.notes().stream().anyMatch(n -> n.contains("parley users add") && n.contains("parley keys create")),
                    server.notes()::toString);
        }
        assertTrue(open.notes().stream().noneMatch(n -> n.contains("parley users add")), open.notes()::toString);
    }
}
