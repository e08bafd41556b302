package dev.parley.generate.embedding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.model.GgufImport;
import dev.parley.model.GgufSettings;
import dev.parley.weights.Gguf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How a model makes vectors of texts, as the files of sentence-transformers in its folder say: {@code 1_Pooling/config.json} the
 * pooling, {@code config_sentence_transformers.json} what is written before questions and before passages.
 *
 * @param pooling how tokens' states become one vector
 * @param queryPrompt what stands before a question; may be empty
 * @param passagePrompt what stands before a passage; may be empty
 */
public record EmbeddingRules(Pooling pooling, String queryPrompt, String passagePrompt) {

    /** Of a model that says nothing: the mean, and no prompts. */
    public static final EmbeddingRules MEAN = new EmbeddingRules(Pooling.MEAN, "", "");

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads a model's rules; those of a folder without such files are {@link #MEAN}. A GGUF file says the pooling, and no prompts.
     *
     * @throws IllegalArgumentException if it asks for a pooling that is not known
     */
    public static EmbeddingRules of(Path model) {
        if (GgufImport.isGguf(model)) return ofGguf(model);
        var pooling = model.resolve("1_Pooling").resolve("config.json");
        var prompts = read(model.resolve("config_sentence_transformers.json")).path("prompts");
        return new EmbeddingRules(pooling(pooling, read(pooling)), prompts.path("query").asText(""),
                prompts.path("document").asText(prompts.path("passage").asText("")));
    }

    /** llama.cpp's numbers: 0 none, 1 mean, 2 the first token, 3 the last. */
    private static EmbeddingRules ofGguf(Path file) {
        try (var gguf = Gguf.open(file)) {
            var settings = new GgufSettings(gguf);
            return switch (settings.whole("pooling_type").orElse(1L).intValue()) {
                case 0, 1 -> MEAN;
                case 3 -> new EmbeddingRules(Pooling.LAST_TOKEN, "", "");
                default -> throw settings.fault("pooling_type", "1 (mean) or 3 (last token)");
            };
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static JsonNode read(Path file) {
        if (!Files.isRegularFile(file)) return JSON.missingNode();
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static Pooling pooling(Path file, JsonNode config) {
        if (config.isMissingNode() || config.path("pooling_mode_mean_tokens").asBoolean()) return Pooling.MEAN;
        if (config.path("pooling_mode_lasttoken").asBoolean()) return Pooling.LAST_TOKEN;
        throw new IllegalArgumentException(
                file + " asks for a pooling that Parley does not have; it has pooling_mode_mean_tokens and pooling_mode_lasttoken.");
    }
}
