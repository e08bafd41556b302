package dev.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.torch.TrainableLM;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our client starts our server, as a program of its own, by the file that other programs use too. */
@Timeout(180)
class McpCommandsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private record Ended(int code, String out, String err) {}

    private static Ended parley(Object... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var code = Parley.run(Output.to(out, err), Stream.of(arguments).map(Object::toString).toArray(String[]::new));
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aServerIsStartedAskedAndEnded() throws IOException {
        var config = config();
        var listed = parley("mcp", "tools", "--config", config);
        assertEquals(0, listed.code(), listed.err());
        assertEquals(List.of("parley/ask_model", "parley/read_passage", "parley/search_knowledge"),
                listed.out().lines().map(line -> line.split(" ")[0]).sorted().toList());

        var found = parley("mcp", "call", "parley/search_knowledge", "{\"query\": \"Wie lange? return a kettle\"}", "--config", config);
        assertEquals(0, found.code(), found.err());
        assertTrue(found.out().contains("A kettle may be returned within 30 days."), found.out());

        var answered = parley("mcp", "call", "parley/ask_model", "{\"prompt\": \"kettle\", \"max_tokens\": 5}", "--config", config,
                "--json");
        assertEquals(0, answered.code(), answered.err());
        assertFalse(JSON.readTree(answered.out()).path("is_error").asBoolean());

        var wrong = parley("mcp", "call", "parley/read_passage", "{\"id\": \"none\"}", "--config", config);
        assertEquals(1, wrong.code());
        assertTrue(wrong.err().contains("There is no passage of this id"), wrong.err());
    }

    private Path config() throws IOException {
        var documents = Files.createDirectories(folder.resolve("faq"));
        Files.writeString(documents.resolve("returns.md"), "# Returns\n\nA kettle may be returned within 30 days.\n");
        assertEquals(0, parley("knowledge", "index", documents, "--index", folder.resolve("index")).code());
        var tokenizer = BpeTrainer.of(290).withSpecialTokens(ChatTemplate.START, ChatTemplate.END)
                .train(List.of("A kettle may be returned within 30 days.").iterator())
                .withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END);
        var model = Files.createDirectories(folder.resolve("model"));
        tokenizer.save(model);
        try (var created = TrainableLM.create(ModelConfig.gpt2(tokenizer.vocabSize(), 64, 16, 1, 2), 1)) {
            created.savePretrained(model);
        }
        var command = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var arguments = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), Parley.class.getName(), "mcp", "serve",
                "--index", folder.resolve("index").toString(), "--model", model.toString());
        return Files.writeString(folder.resolve("mcp.json"), JSON.writeValueAsString(
                Map.of("mcpServers", Map.of("parley", Map.of("command", command, "args", arguments)))));
    }

    @Test
    void whatIsWrongIsSaidInASentence() throws IOException {
        var config = Files.writeString(folder.resolve("mcp.json"), "{\"mcpServers\": {\"gone\": {\"command\": \"/no/such/program\"}}}");
        var listed = parley("mcp", "tools", "--config", config, "--json");
        assertEquals(1, listed.code());
        assertTrue(JSON.readTree(listed.out()).at("/servers/0/problem").asText().startsWith("The MCP server gone cannot be started"),
                listed.out());
        assertEquals(2, parley("mcp", "call", "gone", "--config", config).code());
        assertEquals(2, parley("mcp", "call", "gone/tool", "[1]", "--config", config).code());
        assertTrue(parley("mcp", "call", "other/tool", "--config", config).err().contains("has no server other; it has: gone."));
        assertEquals(2, parley("mcp", "serve").code());
        assertEquals(1, parley("mcp", "serve", "--index", folder.resolve("none")).code());
    }
}
