package dev.parley.assist.tools.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.assist.tools.McpServerConfig;
import dev.parley.assist.tools.McpToolSource;
import dev.parley.generate.tools.Tool;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.IndexProgress;
import dev.parley.knowledge.KnowledgeBase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests written by hand from the specification of streamable HTTP, and our own client. */
@Timeout(60)
class HttpServerTransportTest {

    private static final String BEGIN = """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},\
            "clientInfo":{"name":"hand","version":"1"}}}""";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private static Path folder;
    private static KnowledgeBase knowledge;
    private static ParleyMcpServer.Listening server;

    @BeforeAll
    static void open() throws IOException {
        var documents = Files.createDirectories(folder.resolve("faq"));
        Files.writeString(documents.resolve("returns.md"), "# Returns\n\nA kettle may be returned within 30 days.\n");
        knowledge = KnowledgeBase.open(folder.resolve("index"), Embedder.NONE);
        knowledge.refresh(List.of(documents), IndexProgress.NONE);
        server = new ParleyMcpServer(Optional.of(() -> knowledge), Optional.empty(), "1").listen(0, Optional.of("sesame"));
    }

    @AfterAll
    static void close() {
        server.close();
        knowledge.close();
    }

    private static URI url() {
        return URI.create("http://127.0.0.1:" + server.port() + "/mcp");
    }

    private static HttpRequest.Builder request(String body) {
        return HttpRequest.newBuilder(url()).header("Authorization", "Bearer sesame")
                .header("Accept", "application/json, text/event-stream")
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aSessionBeginsIsAskedAndEnds() throws Exception {
        var begun = send(request(BEGIN));
        assertEquals(200, begun.statusCode());
        assertEquals("2025-06-18", json(begun.body()).at("/result/protocolVersion").asText());
        var session = begun.headers().firstValue("Mcp-Session-Id").orElseThrow();
        var initialized = request("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}").header("Mcp-Session-Id", session);
        assertEquals(202, send(initialized).statusCode());
        var found = send(request("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"search_knowledge\","
                + "\"arguments\":{\"query\":\"kettle\"}}}").header("Mcp-Session-Id", session));
        assertEquals("text/event-stream", found.headers().firstValue("Content-Type").orElseThrow());
        var data = found.body().lines().filter(line -> line.startsWith("data: ")).toList();
        assertEquals(1, data.size(), found.body());
        var answer = json(data.getFirst().substring(6));
        assertEquals(2, answer.path("id").intValue());
        assertTrue(answer.at("/result/content/0/text").asText().contains("within 30 days"), answer.toString());
        assertEquals(200, send(request("").header("Mcp-Session-Id", session).DELETE()).statusCode());
        assertEquals(404,
                send(request("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\"}").header("Mcp-Session-Id", session)).statusCode());
    }

    @Test
    void othersAreRefused() throws Exception {
        assertEquals(401, send(HttpRequest.newBuilder(url()).POST(HttpRequest.BodyPublishers.ofString(BEGIN))).statusCode());
        assertEquals(401, send(request(BEGIN).setHeader("Authorization", "Bearer sesam")).statusCode());
        assertEquals(403, send(request(BEGIN).header("Origin", "https://evil.example")).statusCode());
        assertEquals(403, send(request(BEGIN).header("Origin", "null")).statusCode());
        assertEquals(200, send(request(BEGIN).header("Origin", "http://localhost:3000")).statusCode());
        assertEquals("HTTP/1.1 403", statusForHost("evil.example:" + server.port()));
        assertEquals("HTTP/1.1 405", statusForHost("localhost:" + server.port()));
    }

    /** The JDK's client does not let one set this header, as a page of a name that was made to lead here would. */
    private static String statusForHost(String host) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(("GET /mcp HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: Bearer sesame\r\n"
                    + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void faultsHaveTheirStatus() throws Exception {
        assertEquals(400, send(request("{\"jsonrpc\":")).statusCode());
        assertEquals(400, send(request("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\"}")).statusCode());
        assertEquals(400, send(request(BEGIN).header("MCP-Protocol-Version", "1999-01-01")).statusCode());
        assertEquals(413, send(request("x".repeat((4 << 20) + 1))).statusCode());
    }

    @Test
    void ourClientUsesIt() {
        var config = new McpServerConfig.Http("parley", url(), Map.of("Authorization", "Bearer sesame"), Optional.empty(), List.of());
        try (var source = new McpToolSource(config, McpToolSource.Limits.DEFAULT)) {
            assertEquals(List.of("read_passage", "search_knowledge"), source.tools().stream().map(Tool::name).sorted().toList());
            var found = source.call("search_knowledge", JsonNodeFactory.instance.objectNode().put("query", "kettle"));
            assertTrue(found.text().endsWith("A kettle may be returned within 30 days."), found.text());
        }
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }
}
