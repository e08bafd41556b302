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
import java.util.Optional;
import java.util.OptionalInt;
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
        var rules = EmbeddingRules.of(folder);
        assertEquals(List.of(Pooling.LAST_TOKEN), rules.poolings());
        assertEquals("Instruct: Find\nQuery:", rules.queryPrompt());
        assertEquals("", rules.passagePrompt() + rules.defaultPromptText());
        assertEquals(Optional.of("Instruct: Sort\nQuery:"), rules.instructed("Sort"));
        assertTrue(rules.trained() && !EmbeddingRules.MEAN.trained());
        assertEquals(Optional.empty(), EmbeddingRules.MEAN.instructed("Sort"));
    }

    @Test
    void poolingsAreJoinedInSentenceTransformersOrderHoweverTheyAreNamed() throws IOException {
        pooling("{\"pooling_mode_lasttoken\": true, \"pooling_mode_mean_tokens\": true, \"pooling_mode_cls_token\": true}");
        var three = List.of(Pooling.CLS_TOKEN, Pooling.MEAN, Pooling.LAST_TOKEN);
        assertEquals(three, EmbeddingRules.of(folder).poolings());
        pooling("{\"pooling_mode\": [\"lasttoken\", \"cls\", \"mean\"]}");
        assertEquals(three, EmbeddingRules.of(folder).poolings());
        pooling("{\"pooling_mode\": \"cls+mean+lasttoken\"}");
        assertEquals(three, EmbeddingRules.of(folder).poolings());
        assertEquals(96, EmbeddingRules.of(folder).width(32));
    }

    @Test
    void whatIsNotHonouredIsRefusedByName() throws IOException {
        for (var bad : Map.of("{\"pooling_mode\": \"median\"}", "median", "{}", "no pooling", "{\"pooling_mode_mean_tokens\": true, "
                + "\"include_prompt\": false}", "include_prompt").entrySet()) {
            pooling(bad.getKey());
            var fault = assertThrows(IllegalArgumentException.class, () -> EmbeddingRules.of(folder));
            assertTrue(fault.getMessage().contains("1_Pooling") && fault.getMessage().contains(bad.getValue()), fault.getMessage());
        }
        pooling("{\"pooling_mode\": \"mean\"}");
        Files.writeString(folder.resolve("modules.json"), "[{\"path\": \"\", \"type\": \"sentence_transformers.models.Transformer\"}, "
                + "{\"path\": \"2_Dense\", \"type\": \"sentence_transformers.models.Dense\"}]");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> EmbeddingRules.of(folder)).getMessage().contains("asks for Dense"));
        Files.writeString(folder.resolve("modules.json"), "[{\"path\": \"../x\", \"type\": \"models.Pooling\"}]");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> EmbeddingRules.of(folder)).getMessage().contains("../x"));
    }

    @Test
    void thePoolingLiesWhereTheModulesSay() throws IOException {
        Files.writeString(folder.resolve("modules.json"), "[{\"path\": \"3_Pool\", \"type\": \"models.Pooling\"}]");
        Files.createDirectories(folder.resolve("3_Pool"));
        Files.writeString(folder.resolve("3_Pool/config.json"), "{\"pooling_mode\": \"max\"}");
        Files.writeString(folder.resolve("config_sentence_transformers.json"),
                "{\"prompts\": {\"a\": \"b: \"}, \"default_prompt_name\": \"a\", \"truncate_dim\": 2}");
        var rules = EmbeddingRules.of(folder);
        assertEquals(List.of(Pooling.MAX_TOKENS), rules.poolings());
        assertEquals("b: ", rules.defaultPromptText());
        assertEquals(2, rules.vector(new float[] {3, 4, 5}, OptionalInt.empty()).length);
    }

    @Test
    void aGgufFileSaysThePoolingByNumber() throws IOException {
        assertEquals(List.of(Pooling.MEAN), gguf("none.gguf", Map.of("general.architecture", "qwen3")).poolings());
        assertEquals(List.of(Pooling.MEAN), gguf("mean.gguf", Map.of("general.architecture", "qwen3", "qwen3.pooling_type", 1)).poolings());
        assertEquals(List.of(Pooling.LAST_TOKEN),
                gguf("last.gguf", Map.of("general.architecture", "qwen3", "qwen3.pooling_type", 3)).poolings());
        assertEquals(List.of(Pooling.CLS_TOKEN),
                gguf("first.gguf", Map.of("general.architecture", "qwen3", "qwen3.pooling_type", 2)).poolings());
        var fault = assertThrows(ModelException.class,
                () -> gguf("odd.gguf", Map.of("general.architecture", "qwen3", "qwen3.pooling_type", 7)));
        assertTrue(fault.getMessage().contains("pooling_type"), fault.getMessage());
    }

    private EmbeddingRules gguf(String name, Map<String, Object> metadata) throws IOException {
        GgufWriter.write(folder.resolve(name), metadata, List.of());
        return EmbeddingRules.of(folder.resolve(name));
    }
}
