package dev.parley.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.serve.accounts.Secrets;
import dev.parley.serve.http.BodyLimits;
import dev.parley.serve.http.Connections;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that mean ill or break, on raw sockets: each ends with a 4xx or a closed connection, and the next request is served. */
@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
class ConnectionsTest {

    private static final int LARGEST_BODY = 100_000;
    private static final int MOST_CONNECTIONS = 40;

    private static TestServer server;

    /** The beginning of a request to the one route that anybody may send a body to. */
    private static String post() {
        var secret = "s".repeat(Secrets.LENGTH);
        return "POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nCookie: parley-" + server.port() + "="
                + secret
                + "\r\nX-Parley-CSRF: " + Secrets.derived(secret, "parley csrf") + "\r\n";
    }

    @BeforeAll
    static void start() {
        var limits = new Connections.Limits(16 << 10, 200, Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(1), 500,
                Duration.ofSeconds(3), MOST_CONNECTIONS);
        var standard = ServerSettings.DEFAULT;
        server = TestServer.start(new ServerSettings("127.0.0.1", 0, true, List.of(), List.of(), false, LARGEST_BODY, standard.grace(),
                standard.accessLog(), false), limits);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void theNextRequestIsServed() {
        assertEquals(200, server.get("/health").statusCode());
    }

    private static void assertRefused(int status, RawClient client) throws IOException {
        assertEquals(status, client.status(), client.answer());
        var error = new ObjectMapper().readTree(client.body()).path("error");
        assertTrue(error.path("message").asText().length() > 10 && error.path("code").isTextual(), client.answer());
    }

    @Test
    void tenThousandHeadersAreTooMany() throws IOException {
        try (var client = new RawClient(server.port())) {
            client.trySend("GET /health HTTP/1.1\r\nHost: localhost\r\n" + "x: y\r\n".repeat(10_000) + "\r\n");
            assertRefused(431, client);
        }
    }

    @Test
    void threeHundredShortHeadersAreTooMany() throws IOException {
        try (var client = new RawClient(server.port())) {
            client.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + "x: y\r\n".repeat(300) + "\r\n");
            assertRefused(431, client);
        }
    }

    @Test
    void aLongAddressIsTooLong() throws IOException {
        try (var client = new RawClient(server.port())) {
            client.trySend("GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertRefused(414, client);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello\r\n\r\n", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", "GET /health HTTP/1.1\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: other\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost localhost\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /a/../health HTTP/1.1\r\nHost: localhost\r\nA\u0000: b\r\n\r\n",
        "GET /health;a=b/..;/x%2e%2e/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n",
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n{}"})
    void whatIsNoHttpIsABadRequest(String request) throws IOException {
        try (var client = new RawClient(server.port())) {
            client.send(request);
            client.end();
            assertTrue(client.status() == 0 || client.status() >= 400 && client.status() < 500 || client.status() == 505, client.answer());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "GET /health HT", "GET /health HTTP/1.1\r\nHost: local", "POST Content-Length: 50\r\n\r\n{\"half\":",
        "POST Transfer-Encoding: chunked\r\n\r\n8\r\n{\"half\":\r\n"})
    void halfARequestIsLetGo(String half) throws IOException {
        try (var client = new RawClient(server.port())) {
            client.send(half.startsWith("POST ") ? post() + half.substring(5) : half);
            client.end();
            assertTrue(client.status() == 0 || client.status() >= 400 && client.status() < 500, client.answer());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"zz\r\n{}\r\n", "-1\r\n{}\r\n", "2\r\n{}garbage", "ffffffffffffffff\r\n{}", "2;", "2\r\n{}\r\n0\r\nbroken trailer"})
    void brokenChunksAreABadRequest(String chunks) throws IOException {
        try (var client = new RawClient(server.port())) {
            client.send(post() + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "\r\n");
            client.end();
            assertTrue(client.status() == 0 || client.status() >= 400 && client.status() < 500, client.answer());
        }
    }

    @Test
    void aBodyThatIsTooLargeIsReadAndRefused() throws IOException {
        try (var client = new RawClient(server.port())) {
            client.send(post() + "Content-Length: " + 2 * LARGEST_BODY + "\r\nConnection: close\r\n\r\n");
            client.send("x".repeat(2 * LARGEST_BODY));
            assertRefused(413, client);
        }
    }

    @Test
    void aHugeBodyIsRefusedBeforeItComes() throws IOException {
        try (var client = new RawClient(server.port())) {
            client.send(post() + "Content-Length: 10000000000\r\n\r\n");
            assertRefused(413, client);
        }
    }

    @Test
    void whoAsksBeforeSendingATooLargeBodyIsToldNotTo() throws IOException {
        try (var client = new RawClient(server.port())) {
            client.send(post() + "Content-Length: " + 2 * LARGEST_BODY + "\r\nExpect: 100-continue\r\n\r\n");
            assertRefused(413, client);
        }
    }

    @Test
    void chunksAreCountedToo() throws IOException {
        try (var client = new RawClient(server.port())) {
            client.send(post() + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
            for (int i = 0; i < 20; i++) client.send("2710\r\n" + "x".repeat(10_000) + "\r\n");
            client.send("0\r\n\r\n");
            assertRefused(413, client);
        }
    }

    @Test
    void anEndlessBodyIsCut() throws IOException {
        try (var client = new RawClient(server.port())) {
            client.send(post() + "Transfer-Encoding: chunked\r\n\r\n");
            var chunks = 0;
            while (chunks < 1_000 && client.trySend("2710\r\n" + "x".repeat(10_000) + "\r\n")) chunks++;
            assertTrue(chunks < 1_000, "all of 10 MB was taken");
            assertTrue(client.status() == 0 || client.status() == 413, client.answer());
        }
    }

    @Test
    void aHeadThatNeverEndsIsCut() throws Exception {
        try (var client = new RawClient(server.port())) {
            client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n");
            var bytes = 0;
            while (bytes < 200 && client.trySend("x")) {
                Thread.sleep(100);
                bytes++;
            }
            assertTrue(bytes < 200, "it was held for 20 s, by a byte in every 0.1 s");
        }
    }

    @Test
    void aSecondHeadThatNeverEndsIsCutToo() throws Exception {
        try (var client = new RawClient(server.port())) {
            client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
            Thread.sleep(300);
            var bytes = 0;
            while (bytes < 200 && client.trySend("G")) {
                Thread.sleep(100);
                bytes++;
            }
            assertTrue(bytes < 200, "it was held for 20 s, by a byte in every 0.1 s");
        }
    }

    @Test
    void aBodyThatTricklesIsCut() throws Exception {
        try (var client = new RawClient(server.port())) {
            client.send(post() + "Content-Length: 1000\r\n\r\n");
            var bytes = 0;
            while (bytes < 200 && client.trySend(" ")) {
                Thread.sleep(100);
                bytes++;
            }
            assertTrue(bytes < 200, "it was held for 20 s, by a byte in every 0.1 s");
            assertTrue(client.status() == 0 || client.status() == 408, client.answer());
        }
    }

    @Test
    void aBodyThatIsHeldForLongIsCutHoweverMuchHasCome() throws Exception {
        try (var client = new RawClient(server.port())) {
            client.send(post() + "Content-Length: 16000\r\n\r\n" + " ".repeat(15_000));
            var bytes = 0;
            while (bytes < 200 && client.trySend(" ")) {
                Thread.sleep(100);
                bytes++;
            }
            assertTrue(bytes < 200, "it was held for 20 s");
            assertTrue(client.status() == 0 || client.status() == 408, client.answer());
        }
    }

    @Test
    void aRouteTakesNoLargerBodyThanItNeeds() throws IOException {
        try (var client = new RawClient(server.port())) {
            client.send(post() + "Content-Length: 20000\r\nConnection: close\r\n\r\n" + " ".repeat(20_000));
            assertRefused(413, client);
        }
        var limits = new BodyLimits(16 << 20);
        for (var path : List.of("/api/login", "/api/logout", "/api/password", "/api/answers/x/stop"))
            assertEquals(16 << 10, limits.of(path), path);
        for (var path : List.of("/api/conversations/x/messages", "/api/conversations"))
            assertTrue(limits.of(path) >= 6_000_000 && limits.of(path) < 16 << 20, path);
        for (var path : List.of("/api/import", "/v1/chat/completions", "/tokenize")) assertEquals(16 << 20, limits.of(path), path);
        assertEquals(1000, new BodyLimits(1000).of("/api/login"), "no route takes more than the operator allows");
    }

    @Test
    void aBodyThatStopsIsGivenUp() throws IOException {
        try (var client = new RawClient(server.port())) {
            client.send(post() + "Content-Length: 1000\r\n\r\n{");
            assertRefused(408, client);
        }
    }

    @Test
    void anAnswerMayTakeLongerThanAConnectionMayBeSilent() throws Exception {
        var limits = new Connections.Limits(16 << 10, 200, Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofMillis(100), 500,
                Duration.ofSeconds(3), MOST_CONNECTIONS);
        try (var patient = TestServer.start(ServerSettings.DEFAULT.withPort(0), limits)) {
            var began = System.nanoTime();
            var answer = patient.post("/v1/completions",
                    "{\"model\": \"tiny\", \"prompt\": [1], \"max_tokens\": 1000, \"logit_bias\": {\"50256\": -100}}");
            assertEquals(200, answer.statusCode(), answer.body());
            assertTrue(System.nanoTime() - began > 2 * limits.idle().toNanos(), "the answer was too soon to tell");
        }
    }

    @Test
    void silentConnectionsDoNotKeepOthersOut() throws Exception {
        var limits = new Connections.Limits(16 << 10, 200, Duration.ofMillis(300), Duration.ofSeconds(1), Duration.ofSeconds(1), 500,
                Duration.ofSeconds(3), MOST_CONNECTIONS);
        var silent = new ArrayList<Socket>();
        try (var full = TestServer.start(ServerSettings.DEFAULT.withPort(0), limits)) {
            for (int i = 0; i < 3 * MOST_CONNECTIONS; i++) silent.add(new Socket("127.0.0.1", full.port()));
            assertEquals(200, full.get("/health").statusCode()); // after the idle timeout at the latest
        } finally {
            for (var socket : silent) socket.close();
        }
    }

    @Test
    void randomBytesNeverMakeAFaultOfOurs() throws IOException {
        var random = new Random(5);
        for (int i = 0; i < 60; i++) {
            try (var client = new RawClient(server.port())) {
                var bytes = new byte[random.nextInt(400)];
                random.nextBytes(bytes);
                if (i % 2 == 0) client.send(post() + "Content-Length: " + bytes.length + "\r\nConnection: close\r\n\r\n");
                client.send(bytes);
                client.end();
                assertFalse(client.status() >= 500 && client.status() != 505, client.answer());
            }
        }
        assertEquals(List.of(), server.notes().stream().filter(n -> n.contains("failed")).toList());
    }
}
