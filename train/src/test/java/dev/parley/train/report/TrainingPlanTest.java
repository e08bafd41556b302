package dev.parley.train.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.tokenizer.BpeTrainer;
import dev.parley.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plan says of a run, and that it leaves no trace. */
class TrainingPlanTest {

    private static final String TEXT = "A small text is read again and again by a small model. ".repeat(60);

    @TempDir
    Path folder;

    @Test
    void aPlanCountsTheRunAndWritesNothing() throws IOException {
        var tokenizer = BpeTrainer.of(290).withSpecialTokens("<|endoftext|>").train(List.of(TEXT).iterator());
        tokenizer.save(folder.resolve("tokenizer"));
        Files.writeString(folder.resolve("text.txt"), TEXT);
        var recipe = Recipe.parse("recipe", """
                model: {model_type: gpt2, n_layer: 1, n_embd: 16, n_head: 2}
                tokenizer: %1$s/tokenizer
                context_length: 32
                train_files: %1$s/text.txt
                output_dir: %1$s/out
                overwrite_output_dir: true
                max_steps: 900
                per_device_train_batch_size: 2
                gradient_accumulation_steps: 2
                optim: adamw
                bf16: false
                """.formatted(folder));
        var checkpoint = Files.createDirectories(folder.resolve("out/checkpoint-5")); // which an overwriting run would delete
        var plan = recipe.plan();
        try (var files = Files.list(folder.resolve("out"))) {
            assertEquals(List.of(checkpoint), files.toList());
        }
        var json = plan.json();
        long c = 16, vocabulary = tokenizer.vocabSize();
        var parameters = vocabulary * c + 32 * c + 12 * c * c + 13 * c + 2 * c; // embeddings, a layer, the last norm
        assertEquals(parameters, json.path("parameters").asLong());
        assertEquals(4 * parameters, json.path("memory").path("weights").asLong());
        assertEquals(8 * parameters, json.path("memory").path("optimizer").asLong());
        var rows = json.path("data").path("rows").asInt();
        assertEquals(900 * 4.0 / rows, json.path("epochs").asDouble(), 1e-9);
        assertEquals(json.path("data").path("tokens").asDouble() * json.path("epochs").asDouble(), json.path("tokens").asDouble(), 1e-6);
        assertEquals(20, json.path("trial_steps").asInt());
        assertTrue(json.path("seconds_per_step").asDouble() > 0);
        assertEquals(900 * json.path("seconds_per_step").asDouble(), json.path("seconds").asDouble(), 1e-9);
        assertTrue(json.path("fits").asBoolean());
        assertTrue(plan.advice().stream().anyMatch(sentence -> sentence.contains("2203.15556")), plan.advice().toString());
        var repeated = String.format(Locale.ROOT, "read %.1f times", 3600.0 / rows);
        assertTrue(plan.advice().stream().anyMatch(sentence -> sentence.contains(repeated)), plan.advice().toString());
        assertFalse(plan.lines().get("speed").isEmpty());
    }

    @Test
    void ofAnAdapterOnlyItsOwnParametersAreLearned() throws IOException {
        BpeTrainer.of(290).withSpecialTokens("<|endoftext|>").train(List.of(TEXT).iterator()).save(folder.resolve("tokenizer"));
        Files.writeString(folder.resolve("text.txt"), TEXT);
        var base = Recipe.parse("base", """
                {model: {model_type: gpt2, n_layer: 2, n_embd: 64, n_head: 2}, tokenizer: %1$s/tokenizer, context_length: 32,
                 train_files: %1$s/text.txt, output_dir: %1$s/base, max_steps: 1, bf16: false}""".formatted(folder));
        base.run();
        var lora = Recipe.parse("lora", """
                {model: %1$s/base, peft: {r: 4}, base_dtype: bfloat16, train_files: %1$s/text.txt, output_dir: %1$s/out, max_steps: 30,
                 bf16: false}""".formatted(folder)).plan();
        var json = lora.json();
        long c = 64, pairs = 2 * 4 * ((c + 3 * c) + (c + c) + (c + 4 * c) + (4 * c + c)); // layers, rank, in + out of each matrix
        assertEquals(pairs, json.path("trainable_parameters").asLong());
        assertEquals(4 * pairs, json.path("memory").path("gradients").asLong());
        assertEquals(8 * pairs, json.path("memory").path("optimizer").asLong());
        var matrices = json.path("parameters").asLong() - 2 * 13 * c - 2 * c; // biases and norms stay in float32
        var weights = json.path("memory").path("weights").asLong() - 4 * pairs;
        assertTrue(weights >= 2 * matrices && weights < 2.2 * matrices + 4 * 28 * c, weights + " bytes of " + matrices + " in 16 bits");
        assertTrue(lora.lines().get("learns").contains("adapter"), lora.lines().toString());
    }
}
