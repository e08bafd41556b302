package dev.parley.serve.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.files.Program;
import dev.parley.serve.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's, Anthropic's and Ollama's own clients for Node; what they do and check is in {@code src/test/node}. */
class NodeClientTest {

    private static final Path SOURCE = Path.of("src/test/node");
    private static final Path FOLDER = Path.of("target/node"); // kept from one run to the next
    private static final String LOCK = "package-lock.json";

    @ParameterizedTest
    @ValueSource(strings = {"chat.mjs", "messages.mjs", "ollama.mjs"})
    void theClientForNodeDoesAllThatItDoesElsewhere(String script) throws Exception {
        Program.assumeHere("PARLEY_REQUIRE_NODE", "node", "npm");
        install();
        Files.copy(SOURCE.resolve(script), FOLDER.resolve(script), StandardCopyOption.REPLACE_EXISTING);
        try (var server = TestServer.start()) {
            var run = Program.run(FOLDER, "node", script, server.base());
            assertEquals(0, run.exitCode(), run.output());
        }
    }

    private static void install() throws IOException, InterruptedException {
        var isThere = Files.exists(FOLDER.resolve("node_modules/.package-lock.json")) // npm writes it last
                && Files.mismatch(SOURCE.resolve(LOCK), FOLDER.resolve(LOCK)) < 0;
        if (isThere) return;
        Files.createDirectories(FOLDER);
        for (var file : new String[] {"package.json", LOCK})
            Files.copy(SOURCE.resolve(file), FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        var installed = Program.run(FOLDER, "npm", "ci", "--no-audit", "--no-fund");
        assertEquals(0, installed.exitCode(), installed.output());
    }
}
