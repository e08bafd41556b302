package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.Golden;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.weights.Gguf;
import dev.parley.weights.GgufWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Execution(ExecutionMode.CONCURRENT)
class GgufTokenizerTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    /**
     * Written into a GGUF file and read again, a published tokenizer gives the ids that Hugging Face's library gave: Mistral's from scores.
     */
    @ParameterizedTest
    @CsvSource({"mistral, llama, default", "qwen3, gpt2, qwen2", "smollm, gpt2, smollm"})
    void aPublishedTokenizerSurvivesTheFile(String name, String model, String pre) throws Exception {
        var golden = Golden.folder("tokenizers").resolve(name);
        try (var in = new GZIPInputStream(Files.newInputStream(golden.resolve("tokenizer.json.gz")))) {
            Files.copy(in, folder.resolve("tokenizer.json"));
        }
        if (Files.exists(golden.resolve("tokenizer_config.json")))
            Files.copy(golden.resolve("tokenizer_config.json"), folder.resolve("tokenizer_config.json"));
        var before = Tokenizer.load(folder);
        var settings = settings(folder, before.vocabSize());
        assertEquals(model, settings.get("tokenizer.ggml.model"));
        assertEquals(pre, settings.get("tokenizer.ggml.pre"));
        before.bosTokenId().ifPresent(id -> settings.put("tokenizer.ggml.bos_token_id", id));
        var again = again(settings);
        var texts = new ArrayList<String>();
        for (var line : Files.readAllLines(golden.resolve("encodings.jsonl"))) {
            if (line.isBlank()) continue;
            var expected = JSON.readTree(line);
            texts.add(expected.path("text").asText());
            assertArrayEquals(Golden.ints(expected.path("ids")), again.encodeWithSpecialTokens(texts.getLast()), texts.getLast());
            assertEquals(expected.path("decoded").asText(), again.decode(Golden.ints(expected.path("ids"))));
        }
        var random = new SplittableRandom(6);
        for (int i = 0; i < 1_500; i++) {
            var text = part(texts, random) + part(texts, random) + part(texts, random);
            assertArrayEquals(before.encodeForModel(text), again.encodeForModel(text), text);
        }
    }

    private static String part(List<String> texts, SplittableRandom random) {
        var characters = texts.get(random.nextInt(texts.size())).codePoints().toArray();
        if (characters.length == 0) return " ";
        var from = random.nextInt(characters.length);
        return new String(characters, from, Math.min(characters.length - from, 1 + random.nextInt(20)));
    }

    private static Map<String, Object> settings(Path folder, int vocabSize) throws IOException {
        var settings = new LinkedHashMap<String, Object>();
        GgufTokenizer.write(settings, folder, JSON.readTree(folder.resolve("tokenizer.json").toFile()),
                ModelConfig.llama(vocabSize, 16, 32, 1, 2, 1, 64));
        return settings;
    }

    private Tokenizer again(Map<String, Object> settings) throws IOException {
        return Tokenizer.load(
                Files.writeString(Files.createDirectories(folder.resolve("again")).resolve("tokenizer.json"), read(settings).toString()));
    }

    private JsonNode read(Map<String, Object> settings) throws IOException {
        var all = new LinkedHashMap<String, Object>(Map.of("general.architecture", "llama"));
        all.putAll(settings);
        GgufWriter.write(folder.resolve("tokenizer.gguf"), all, List.of());
        try (var gguf = Gguf.open(folder.resolve("tokenizer.gguf"))) {
            return GgufTokenizer.read(gguf);
        }
    }

    /** How many digits stay together, and whether a text begins with the bos token where the file does not say, tell the names apart. */
    @ParameterizedTest
    @CsvSource({"gpt-2, 12 34, false", "smollm, 1 2 3 4, false", "llama-bpe, 123 4, true", "llama3, 123 4, true", "llama-v3, 123 4, true",
        "qwen2, 1 2 3 4, false",
        "deepseek-r1-qwen, 1 2 3 4, false", "smaug-bpe, 123 4, false", "starcoder, 1 2 3 4, false", "deepseek-llm, 1 2 3 4, false",
        "deepseek-coder, 1 2 3 4, false", "falcon, 123 4, false", "default, 123 4, false", "tekken, 1 2 3 4, true", "gpt-4o, 123 4, false"})
    void everyNameThatIsKnownLoads(String pre, String digits, boolean bos) throws Exception {
        Tokenizer.fromPretrained("gpt2").save(folder);
        var settings = settings(folder, 50_257);
        settings.put("tokenizer.ggml.pre", pre);
        settings.put("tokenizer.ggml.bos_token_id", 50_256);
        settings.remove("tokenizer.ggml.add_bos_token");
        var tokenizer = again(settings);
        var pieces = new ArrayList<String>();
        for (var id : tokenizer.encode("1234")) pieces.add(tokenizer.token(id));
        assertEquals(digits, String.join(" ", pieces));
        assertEquals(bos, tokenizer.encodeForModel("a")[0] == 50_256);
    }

    @Test
    void whatIsNotKnownIsRefusedByName() throws Exception {
        Tokenizer.fromPretrained("gpt2").save(folder);
        var settings = settings(folder, 50_257);
        for (var change : List.of(List.of("tokenizer.ggml.pre", "brand-new"), List.of("tokenizer.ggml.model", "t5"),
                List.of("tokenizer.ggml.model", "llama"))) {
            var changed = new LinkedHashMap<>(settings);
            changed.put(change.getFirst(), change.getLast());
            var fault = assertThrows(ModelException.class, () -> read(changed));
            assertTrue(
                    fault.getMessage().contains("tokenizer.gguf")
                            && (fault.getMessage().contains(change.getLast()) || fault.getMessage().contains("tokenizer.ggml.scores")),
                    fault.getMessage());
        }
        var json = JSON.readTree(folder.resolve("tokenizer.json").toFile());
        var split = ((com.fasterxml.jackson.databind.node.ObjectNode) json).putObject("pre_tokenizer").put("type", "Split").put("behavior",
                "Isolated");
        split.putObject("pattern").put("Regex", "[a-z]+");
        Files.writeString(folder.resolve("tokenizer.json"), json.toString());
        assertTrue(assertThrows(ModelException.class, () -> settings(folder, 50_257)).getMessage().contains("[a-z]+"));
    }
}
