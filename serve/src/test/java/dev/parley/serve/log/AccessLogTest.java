package dev.parley.serve.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.serve.RawClient;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class AccessLogTest {

    @TempDir
    private Path folder;

    private ServerSettings settings(boolean texts) {
        var standard = ServerSettings.DEFAULT;
        return new ServerSettings("127.0.0.1", 0, false, List.of(), List.of(), false, standard.largestBody(), standard.grace(),
                Optional.of(folder.resolve("access.log")), texts);
    }

    private List<JsonNode> lines() throws IOException {
        var lines = new ArrayList<JsonNode>();
        for (var line : Files.readAllLines(folder.resolve("access.log"))) lines.add(new ObjectMapper().readTree(line));
        return lines;
    }

    @Test
    void eachRequestIsALineWithoutItsQueryAndItsTexts() throws IOException {
        Files.writeString(folder.resolve("access.log"), "{\"path\": \"from before\"}\n");
        try (var server = TestServer.start(settings(false))) {
            server.get("/health?secret=1");
            server.post("/v1/completions", "{\"prompt\": \"secret\"}");
        }
        var lines = lines();
        assertEquals(List.of("from before", "/health", "/v1/completions"), lines.stream().map(l -> l.path("path").asText()).toList());
        assertFalse(lines.toString().contains("secret"), lines.toString());
        var health = lines.get(1);
        assertEquals(List.of("time", "address", "method", "path", "status", "ms", "bytes"), names(health));
        assertEquals(200, health.path("status").asInt());
        assertEquals("GET", health.path("method").asText());
        assertEquals("127.0.0.1", health.path("address").asText());
        assertEquals("{\"status\":\"ok\"}".length(), health.path("bytes").asInt());
        assertTrue(Instant.parse(health.path("time").asText()).isAfter(Instant.now().minusSeconds(60)), health.toString());
    }

    @Test
    void aNewFileIsItsOwnersAlone() throws IOException {
        Assumptions.assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
        try (var server = TestServer.start(settings(false))) {
            server.get("/health");
        }
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("access.log"))));
    }

    @Test
    void anAnswerIsLoggedWithItsModelAndItsTokens() throws IOException {
        try (var server = TestServer.start(settings(false))) {
            for (var stream : List.of("false", "true")) {
                server.post("/v1/completions",
                        "{\"model\": \"small\", \"prompt\": [1, 2, 3], \"max_tokens\": 4, \"stream\": " + stream + "}");
            }
        }
        for (var line : lines()) {
            assertEquals("tiny", line.path("model").asText(), line.toString());
            assertTrue(line.path("tokens").asInt() > 3 && line.path("tokens").asInt() <= 7, line.toString());
        }
        assertEquals(2, lines().size());
    }

    @Test
    void whatIsRefusedBeforeAnyRouteIsALineToo() throws IOException {
        try (var server = TestServer.start(settings(false)); var client = new RawClient(server.port())) {
            client.send("GET /health HTTP/1.1\r\nHost: localhost\r\nA: " + "x".repeat(20_000) + "\r\n\r\n");
            assertEquals(431, client.status());
        }
        assertEquals(431, lines().getFirst().path("status").asInt(), lines().toString());
    }

    @Test
    void textsAreLoggedWhereTheyAreAskedFor() throws IOException {
        try (var server = TestServer.start(settings(true))) {
            server.post("/v1/chat/completions",
                    "{\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": \"Once upon a time\"}], \"max_tokens\": 2}");
            server.post("/api/login", "{\"password\": \"hunter2hunter2\"}");
        }
        var line = lines().getFirst();
        assertTrue(line.path("asked").asText().contains("Once upon a time"), line.toString());
        assertTrue(line.path("answered").asText().contains("chat.completion"), line.toString());
        assertFalse(lines().toString().contains("hunter2"), lines().toString());
    }

    @Test
    void withoutAFileTheLinesGoToTheOperator() {
        try (var server = TestServer.start()) {
            server.get("/health");
            server.get("/health"); // by then the first is written
            assertTrue(server.notes().stream().anyMatch(n -> n.startsWith("{\"time\"") && n.contains("\"path\":\"/health\"")),
                    server.notes()::toString);
        }
    }

    private static List<String> names(JsonNode line) {
        var names = new ArrayList<String>();
        line.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
