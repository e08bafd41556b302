package dev.parley.assist.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McpServersFileTest {

    @TempDir
    Path folder;

    @Test
    void aFileOfAnotherProgramIsReadAsItIs() throws IOException {
        var servers = read("""
                {"mcpServers": {
                  "files": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "/home/ada"],
                            "env": {"LEVEL": "3"}, "autoApprove": ["read_file"]},
                  "old": {"command": "x", "disabled": true},
                  "weather": {"type": "http", "url": "https://weather.example/mcp?v=1", "headers": {"Authorization": "Bearer ${KEY}"},
                              "timeout": 2.5}},
                 "globalShortcut": ""}""", Map.of("KEY", "sk-12345"));
        assertEquals(List.of(
                new McpServerConfig.Stdio("files", "npx", List.of("-y", "@modelcontextprotocol/server-filesystem", "/home/ada"),
                        Map.of("LEVEL", "3"), Optional.empty(), Optional.empty(), List.of()),
                new McpServerConfig.Http("weather", URI.create("https://weather.example/mcp?v=1"),
                        Map.of("Authorization", "Bearer sk-12345"), Optional.of(Duration.ofMillis(2500)), List.of("sk-12345"))),
                servers);
        assertFalse(servers.toString().contains("sk-12345"), "a secret is not shown");
    }

    @Test
    void yamlIsReadToo() throws IOException {
        var servers = read("""
                mcpServers:
                  notes: {command: "${TOOLS:-/opt}/notes", args: [--level, 3], cwd: "/tmp"}
                """, Map.of());
        assertEquals(
                List.of(new McpServerConfig.Stdio("notes", "/opt/notes", List.of("--level", "3"), Map.of(), Optional.of(Path.of("/tmp")),
                        Optional.empty(), List.of())),
                servers);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"servers\": {}} | \"mcpServers\" must be a map",
        "mcpServers: {a: {}} | server \"a\": give either \"command\" or \"url\"",
        "mcpServers: {a: {command: x, url: 'http://y'}} | give either \"command\" or \"url\"",
        "mcpServers: {a: {url: 'ftp://y'}} | \"url\" must be an address",
        "mcpServers: {a: {url: 'http://y', type: sse}} | the transport \"sse\" is not spoken",
        "mcpServers: {a: {command: x, args: y}} | \"args\" must be a list",
        "mcpServers: {a: {command: x, env: {KEY: '${NOT_SET}'}}} | needs the environment variable NOT_SET, which is not set",
        "mcpServers: {a: {command: x, timeout: -1}} | \"timeout\" is a number of seconds",
        "mcpServers: {'a/b': {command: x}} | a server's name has",
        "mcpServers: {a: [ | is neither JSON nor YAML"})
    void aFaultIsNamedWithItsPlace(String text, String fault) {
        var thrown = assertThrows(IllegalArgumentException.class, () -> read(text, Map.of()));
        assertTrue(thrown.getMessage().contains(fault), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("servers.json"), thrown.getMessage());
    }

    private List<McpServerConfig> read(String text, Map<String, String> environment) throws IOException {
        return McpServersFile.read(Files.writeString(folder.resolve("servers.json"), text), environment);
    }
}
