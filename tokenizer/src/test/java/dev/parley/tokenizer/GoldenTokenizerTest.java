package dev.parley.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids as Hugging Face's library and jtokkit give them, from files beside the checkout. */
class GoldenTokenizerTest {

    @TempDir
    Path folder;

    @Test
    void gpt2AgreesOnEveryLine() throws Exception {
        var tokenizer = Tokenizer.fromPretrained("gpt2");
        for (var line : lines(golden("tokenizer_gpt2.jsonl"))) {
            var text = line.path("text").asText();
            assertArrayEquals(ids(line), tokenizer.encodeWithSpecialTokens(text), text);
            assertArrayEquals(ids(line), tokenizer.encode(text), text);
            assertEquals(text, tokenizer.decode(ids(line)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm", "qwen3", "mistral"})
    void publishedTokenizersAgreeOnEveryLineAlsoAfterSavingAndLoading(String name) throws Exception {
        var published = golden("tokenizers/" + name);
        var file = folder.resolve("tokenizer.json");
        try (var in = new GZIPInputStream(Files.newInputStream(published.resolve("tokenizer.json.gz")))) {
            Files.copy(in, file);
        }
        var tokenizer = Tokenizer.load(file);
        var saved = folder.resolve("saved");
        tokenizer.save(saved);
        for (var t : List.of(tokenizer, Tokenizer.load(saved))) {
            for (var line : lines(published.resolve("encodings.jsonl"))) {
                var text = line.path("text").asText();
                assertArrayEquals(ids(line), t.encodeWithSpecialTokens(text), text);
                assertEquals(line.path("decoded").asText(), t.decode(ids(line)));
            }
        }
    }

    private static Path golden(String name) {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            var file = at.resolve("shared").resolve("golden").resolve(name);
            if (Files.exists(file)) return file;
        }
        Assumptions.abort("No golden data: shared/golden/" + name + " does not lie beside the checkout.");
        throw new AssertionError();
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        var json = new ObjectMapper();
        return Files.readAllLines(file).stream().filter(l -> !l.isBlank()).map(l -> {
            try {
                return json.readTree(l);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }).toList();
    }

    private static int[] ids(JsonNode line) {
        var ids = new int[line.path("ids").size()];
        for (int i = 0; i < ids.length; i++) ids[i] = line.path("ids").get(i).asInt();
        return ids;
    }
}
