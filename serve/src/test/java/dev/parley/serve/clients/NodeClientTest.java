package dev.parley.serve.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.files.Program;
import dev.parley.serve.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;

/** OpenAI's own client for Node; what it does and checks is in {@code src/test/node/chat.mjs}. */
class NodeClientTest {

    private static final Path SOURCE = Path.of("src/test/node");
    private static final Path FOLDER = Path.of("target/node"); // kept from one run to the next

    @Test
    void openAisClientForNodeDoesAllThatItDoesElsewhere() throws Exception {
        Program.assumeHere("PARLEY_REQUIRE_NODE", "node", "npm");
        Files.createDirectories(FOLDER);
        for (var file : new String[] {"package.json", "package-lock.json", "chat.mjs"})
            Files.copy(SOURCE.resolve(file), FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        if (!Files.exists(FOLDER.resolve("node_modules/openai/package.json"))) {
            var installed = Program.run(FOLDER, "npm", "ci", "--no-audit", "--no-fund");
            assertEquals(0, installed.exitCode(), installed.output());
        }
        try (var server = TestServer.start()) {
            var run = Program.run(FOLDER, "node", "chat.mjs", server.base());
            assertEquals(0, run.exitCode(), run.output());
        }
    }
}
