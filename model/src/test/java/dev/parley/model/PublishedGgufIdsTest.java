package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.Golden;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.weights.Gguf;
import dev.parley.weights.GgufWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The ids that llama.cpp publishes beside its vocabularies (models/ggml-vocab-*.gguf.out). The resource holds of each vocabulary the tokens
 * of these ids, under their own numbers, and the merges that make them.
 */
class PublishedGgufIdsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private static JsonNode published() throws IOException {
        try (var in = PublishedGgufIdsTest.class.getResourceAsStream("/published-gguf-ids.json")) {
            return JSON.readTree(in);
        }
    }

    static Stream<JsonNode> vocabularies() throws IOException {
        return StreamSupport.stream(published().path("vocabularies").spliterator(), false);
    }

    private static LinkedHashMap<String, Object> settings(JsonNode vocabulary) {
        var count = StreamSupport.stream(vocabulary.path("tokens").spliterator(), false).mapToInt(JsonNode::asInt).max().orElseThrow() + 1;
        var tokens = new ArrayList<>(IntStream.range(0, count).mapToObj(i -> "[PAD" + i + "]").toList());
        var types = new ArrayList<>(Collections.nCopies(count, 1));
        for (var token : vocabulary.path("tokens").properties()) tokens.set(token.getValue().asInt(), token.getKey());
        vocabulary.path("special").forEach(t -> types.set(vocabulary.path("tokens").path(t.asText()).asInt(), 4)); // user defined
        var merges = new ArrayList<String>();
        vocabulary.path("merges").forEach(m -> merges.add(m.asText()));
        var settings = new LinkedHashMap<String, Object>();
        settings.put("general.architecture", vocabulary.path("architecture").asText());
        settings.put("tokenizer.ggml.model", "gpt2");
        settings.put("tokenizer.ggml.pre", vocabulary.path("pre").asText());
        settings.put("tokenizer.ggml.tokens", tokens);
        settings.put("tokenizer.ggml.token_type", types);
        settings.put("tokenizer.ggml.merges", merges);
        return settings;
    }

    private Tokenizer tokenizer(LinkedHashMap<String, Object> settings) throws IOException {
        var file = folder.resolve("vocab.gguf");
        GgufWriter.write(file, settings, List.of());
        return GgufImport.tokenizer(file);
    }

    private static void giveThePublishedIds(Tokenizer tokenizer, JsonNode vocabulary) throws IOException {
        var texts = published().path("texts");
        assertTrue(texts.size() > 40);
        for (int i = 0; i < texts.size(); i++) {
            assertArrayEquals(Golden.ints(vocabulary.path("ids").path(i)), tokenizer.encodeWithSpecialTokens(texts.path(i).asText()),
                    texts.path(i).asText());
        }
    }

    @ParameterizedTest
    @MethodSource("vocabularies")
    void everyTextHasThePublishedIds(JsonNode vocabulary) throws IOException {
        giveThePublishedIds(tokenizer(settings(vocabulary)), vocabulary);
    }

    /** Files of before May 2024 have no tokenizer.ggml.pre. */
    @Test
    void gpt2WithoutAWayToCutIsCutAsGpt2() throws IOException {
        var vocabulary = vocabularies().filter(v -> v.path("name").asText().equals("gpt-2")).findFirst().orElseThrow();
        var settings = settings(vocabulary);
        settings.remove("tokenizer.ggml.pre");
        giveThePublishedIds(tokenizer(settings), vocabulary);
    }

    /** What the architecture does not tell is cut as llama.cpp's "default": the same file with that name says so. */
    @ParameterizedTest
    @CsvSource({"qwen2, qwen2", "qwen3, qwen2", "gpt2, gpt-2", "llama, default", "falcon, default"})
    void aFileWithoutAWayToCutIsCutAsItsArchitectureIs(String architecture, String pre) throws IOException {
        var settings = settings(vocabularies().findFirst().orElseThrow());
        settings.put("general.architecture", architecture);
        settings.put("tokenizer.ggml.pre", pre);
        var named = read(settings);
        settings.remove("tokenizer.ggml.pre");
        assertEquals(named, read(settings));
    }

    private JsonNode read(LinkedHashMap<String, Object> settings) throws IOException {
        var file = folder.resolve("vocab.gguf");
        GgufWriter.write(file, settings, List.of());
        try (var gguf = Gguf.open(file)) {
            return GgufTokenizer.read(gguf);
        }
    }
}
