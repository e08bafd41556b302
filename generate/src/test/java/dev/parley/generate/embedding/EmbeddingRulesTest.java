package dev.parley.generate.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.model.ModelException;
import dev.parley.weights.GgufWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingRulesTest {

    @TempDir
    Path folder;

    private void pooling(String json) throws IOException {
        Files.createDirectories(folder.resolve("1_Pooling"));
        Files.writeString(folder.resolve("1_Pooling/config.json"), json);
    }

    @Test
    void aModelThatSaysNothingIsPooledByTheMean() {
        assertEquals(EmbeddingRules.MEAN, EmbeddingRules.of(folder));
    }

    /** The two files as Qwen3-Embedding has them. */
    @Test
    void lastTokenAndPromptsAreReadFromTheFilesOfSentenceTransformers() throws IOException {
        pooling("""
                {"word_embedding_dimension": 1024, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": false,
                 "pooling_mode_lasttoken": true, "include_prompt": true}""");
        Files.writeString(folder.resolve("config_sentence_transformers.json"), """
                {"prompts": {"query": "Instruct: Find\\nQuery:", "document": ""}, "default_prompt_name": null}""");
        assertEquals(new EmbeddingRules(Pooling.LAST_TOKEN, "Instruct: Find\nQuery:", ""), EmbeddingRules.of(folder));
    }

    @Test
    void anUnknownPoolingIsRefusedByName() throws IOException {
        pooling("{\"pooling_mode_max_tokens\": true}");
        var fault = assertThrows(IllegalArgumentException.class, () -> EmbeddingRules.of(folder));
        assertTrue(fault.getMessage().contains("1_Pooling"), fault.getMessage());
    }

    @Test
    void aGgufFileSaysThePoolingByNumber() throws IOException {
        assertEquals(Pooling.MEAN, gguf("none.gguf", Map.of("general.architecture", "qwen3")).pooling());
        assertEquals(Pooling.MEAN, gguf("mean.gguf", Map.of("general.architecture", "qwen3", "qwen3.pooling_type", 1)).pooling());
        assertEquals(Pooling.LAST_TOKEN, gguf("last.gguf", Map.of("general.architecture", "qwen3", "qwen3.pooling_type", 3)).pooling());
        var fault = assertThrows(ModelException.class,
                () -> gguf("first.gguf", Map.of("general.architecture", "qwen3", "qwen3.pooling_type", 2)));
        assertTrue(fault.getMessage().contains("pooling_type"), fault.getMessage());
    }

    private EmbeddingRules gguf(String name, Map<String, Object> metadata) throws IOException {
        GgufWriter.write(folder.resolve(name), metadata, List.of());
        return EmbeddingRules.of(folder.resolve(name));
    }
}
