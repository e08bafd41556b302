package dev.parley.train.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.DType;
import dev.parley.model.AdapterMerge;
import dev.parley.model.TrainingBatch;
import dev.parley.model.WeightType;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainEvent;
import dev.parley.weights.ShardSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraRecipeTest {

    private static final String TEXT = "the cat sat on the mat. a dog is an animal that barks.\n\n".repeat(40);

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void aBaseAndARecipe() throws IOException {
        BpeTrainer.of(290).withSpecialTokens("<|endoftext|>").train(List.of(TEXT).iterator()).save(folder.resolve("tokenizer"));
        Files.writeString(folder.resolve("text.txt"), TEXT);
        var base = Files.writeString(folder.resolve("base.yaml"), """
                model: {num_hidden_layers: 2, hidden_size: 16, num_attention_heads: 2}
                tokenizer: %1$s/tokenizer
                context_length: 32
                train_files: %1$s/text.txt
                output_dir: %1$s/base
                max_steps: 3
                save_steps: 0
                bf16: false
                """.formatted(folder));
        Recipe.read(base).run();
        file = Files.writeString(folder.resolve("lora.yaml"), """
                model: %1$s/base
                train_files: %1$s/text.txt
                output_dir: %1$s/adapter
                peft: {type: lora, r: 4, lora_alpha: 8, lora_dropout: 0.1, target_modules: all-linear}
                max_steps: 8
                learning_rate: 1e-2
                logging_steps: 1
                save_steps: 4
                bf16: false
                """.formatted(folder));
    }

    @Test
    void anAdapterIsWrittenAndItsBaseStays() throws IOException {
        var base = Files.readAllBytes(folder.resolve("base/model.safetensors"));
        var output = Recipe.read(file).run();
        assertEquals(8, output.globalStep());
        for (var name : List.of("adapter_config.json", "adapter_model.safetensors", "tokenizer.json")) {
            assertTrue(Files.size(folder.resolve("adapter").resolve(name)) > 0, name);
            assertTrue(Files.size(folder.resolve("adapter/checkpoint-8").resolve(name)) > 0, name);
        }
        assertFalse(Files.exists(folder.resolve("adapter/model.safetensors")));
        assertFalse(Files.exists(folder.resolve("adapter/checkpoint-8/model.safetensors")));
        assertArrayEquals(base, Files.readAllBytes(folder.resolve("base/model.safetensors")));
        try (var adapter = AdapterFiles.open(folder.resolve("adapter"))) {
            assertEquals(folder.resolve("base").toString(), adapter.config().baseModel().orElseThrow());
        }
    }

    @Test
    void aResumedAdapterEqualsAnUninterruptedOneBitForBit() throws IOException {
        Recipe.read(file).run();
        var parts = Recipe.read(file).with("output_dir", folder.resolve("parts"));
        try (var trainer = parts.open()) {
            trainer.onEvent(event -> {
                if (event instanceof TrainEvent.Step && event.step() == 4) trainer.stop();
            }).train();
        }
        parts.with("resume_from_checkpoint", "true").run();
        assertArrayEquals(Files.readAllBytes(folder.resolve("adapter/adapter_model.safetensors")),
                Files.readAllBytes(folder.resolve("parts/adapter_model.safetensors")));
    }

    @Test
    void theMergedModelIsTheAdaptedOne() throws IOException {
        Recipe.read(file).run();
        AdapterMerge.write(folder.resolve("base"), folder.resolve("adapter"), folder.resolve("merged"), ShardSize.DEFAULT);
        var batch = TrainingBatch.of(new int[] {5, 9, 12, 7, 31, 40, 8, 250}, new int[] {1, 2, 3, 4, 5, 6, 7, 8});
        try (var base = TrainableLM.fromPretrained(folder.resolve("base"), DType.FLOAT32);
                var merged = TrainableLM.fromPretrained(folder.resolve("merged"), DType.FLOAT32);
                var adapted = TrainableLM.frozen(folder.resolve("base"), DType.FLOAT32, WeightType.FLOAT32);
                var files = AdapterFiles.open(folder.resolve("adapter"))) {
            adapted.attach(files);
            var expected = adapted.targetLogprobs(batch);
            assertArrayEquals(expected, merged.targetLogprobs(batch), 1e-4); // float32, in another order
            var before = base.targetLogprobs(batch);
            var most = 0.0;
            for (int i = 0; i < before.length; i++) most = Math.max(most, Math.abs(before[i] - expected[i]));
            assertTrue(most > 0.1, "the adapter has learned something: " + most);
        }
    }

    @Test
    void everyKindOfFrozenWeightsLearns() throws IOException {
        for (var dtype : List.of("float32", "bfloat16", "int8")) {
            var losses = new ArrayList<Double>();
            Recipe.read(file).with("base_dtype", dtype).with("output_dir", folder.resolve(dtype)).with("save_steps", 0).run(event -> {
                if (event instanceof TrainEvent.Step step) losses.add(step.loss());
            });
            assertTrue(losses.getLast() < losses.getFirst() - 0.05, dtype + " " + losses);
        }
    }

    @Test
    void faultsOfTheAdapterAreTold() throws IOException {
        assertFault("rank", Recipe.read(file).with("peft", "{r: 0}"));
        assertFault("there is no key rank", Recipe.read(file).with("peft", "{rank: 4}"));
        assertFault("the only one is lora", Recipe.read(file).with("peft", "{type: ia3}"));
        assertFault("base_dtype", Recipe.read(file).with("base_dtype", "int4"));
        assertFault("add peft", Recipe.read(file).with("peft", "").with("base_dtype", "int8"));
    }

    private static void assertFault(String said, Recipe recipe) {
        var message = assertThrows(IllegalArgumentException.class, recipe::open).getMessage();
        assertTrue(message.contains(said), message);
    }
}
