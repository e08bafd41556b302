package dev.parley.assist.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server of streamable HTTP, written from the specification over the JDK's. */
@Timeout(120)
class McpOverHttpTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final McpToolSource.Limits LIMITS = new McpToolSource.Limits(Duration.ofSeconds(20), Duration.ofMillis(1500), 20_000,
            128,
            Duration.ofSeconds(30));

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/mcp", this::answer);
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/mcp");
            send(exchange, 307, "text/plain", "");
        });
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
    }

    private McpToolSource source(String path, String key) {
        var url = URI.create("http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort() + path);
        return new McpToolSource(
                new McpServerConfig.Http("web", url, Map.of("Authorization", "Bearer " + key), Optional.empty(), List.of(key)),
                LIMITS);
    }

    private void answer(HttpExchange exchange) throws IOException {
        var method = exchange.getRequestMethod();
        if (!"Bearer sk-secret".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            send(exchange, 401, "text/plain", "no key, or a wrong one: " + exchange.getRequestHeaders().getFirst("Authorization"));
        } else if (!method.equals("POST")) {
            requests.add(method);
            send(exchange, method.equals("DELETE") ? 200 : 405, "text/plain", "");
        } else {
            var message = JSON.readTree(exchange.getRequestBody());
            requests.add(message.path("method").asText());
            var id = message.path("id").toString();
            switch (message.path("method").asText()) {
                case "initialize" -> {
                    exchange.getResponseHeaders().add("Mcp-Session-Id", "session-1");
                    send(exchange, 200, "application/json",
                            result(id, "{\"protocolVersion\": \"2025-06-18\", \"capabilities\": {\"tools\": {}}, "
                                    + "\"serverInfo\": {\"name\": \"web\", \"version\": \"1\"}}"));
                }
                case "tools/list" -> send(exchange, 200, "text/event-stream", "event: message\ndata: " + result(id,
                        "{\"tools\": [{\"name\": \"echo\", \"inputSchema\": {\"type\": \"object\"}}, {\"name\": \"bad\", "
                                + "\"inputSchema\": {\"type\": \"object\"}}]}")
                        + "\n\n");
                case "tools/call" -> call(exchange, id, message.at("/params/arguments/text").asText());
                default -> send(exchange, 202, "text/plain", "");
            }
        }
    }

    private void call(HttpExchange exchange, String id, String text) throws IOException {
        switch (text) {
            case "hang" -> await();
            case "garbage" -> send(exchange, 200, "application/json", "{\"jsonrpc\": ");
            case "wrongid" -> send(exchange, 200, "application/json", result("\"other\"", "{\"content\": []}"));
            case "error" -> send(exchange, 500, "text/plain", "boom \u001b[31m");
            case "html" -> send(exchange, 200, "text/html", "<html>Please sign in</html>");
            case "endless" -> endless(exchange);
            default -> {
                assertEquals("session-1", exchange.getRequestHeaders().getFirst("Mcp-Session-Id"));
                send(exchange, 200, "text/event-stream", "data: " + result(id,
                        "{\"content\": [{\"type\": \"text\", \"text\": \"" + text + "\"}]}") + "\n\n");
            }
        }
    }

    private void await() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void endless(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        try (var out = exchange.getResponseBody()) {
            for (var piece = "x".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);;) out.write(piece);
        }
    }

    private static String result(String id, String result) {
        return "{\"jsonrpc\": \"2.0\", \"id\": " + id + ", \"result\": " + result + "}";
    }

    private static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (exchange; var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Test
    void toolsAreListedAndCalledWithTheHeadersThatTheFileNames() {
        try (var source = source("/mcp", "sk-secret")) {
            assertEquals(2, source.tools().size(), source.problem().toString());
            assertEquals(new ToolResult("你好", false), source.call("echo", McpToolSourceTest.arguments("你好")));
        }
        assertTrue(requests.contains("notifications/initialized"), requests.toString());
        assertEquals("DELETE", requests.getLast(), "the session is ended");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hang", "garbage", "wrongid", "error", "html", "endless"})
    void aServerThatBreaksInACallCostsThatCall(String how) {
        try (var source = source("/mcp", "sk-secret")) {
            var result = source.call("bad", McpToolSourceTest.arguments(how));
            assertTrue(result.isError(), result.text());
            assertTrue(result.text().startsWith("The MCP server web "), result.text());
            assertFalse(result.text().contains("\u001b"), result.text());
            assertEquals("still there", source.call("echo", McpToolSourceTest.arguments("still there")).text());
        }
    }

    @Test
    void aWrongKeyIsAProblemThatDoesNotShowIt() {
        try (var source = source("/mcp", "sk-wrong")) {
            assertEquals(List.of(), source.tools());
            assertFalse(source.problem().orElseThrow().contains("sk-wrong"), source.problem().toString());
        }
    }

    @Test
    void headersAreNotCarriedToAnotherAddress() {
        try (var source = source("/moved", "sk-secret")) {
            assertEquals(List.of(), source.tools());
            assertTrue(source.problem().isPresent());
            assertEquals(List.of(), requests);
        }
    }
}
