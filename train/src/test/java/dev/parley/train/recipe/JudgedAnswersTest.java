package dev.parley.train.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.Dataset;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.train.TrainEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgedAnswersTest {

    @TempDir
    Path folder;

    private Recipe judged(String stage, String lines) throws IOException {
        var text = "the cat sat on the mat.\n\n".repeat(20);
        BpeTrainer.of(290).withSpecialTokens("<|endoftext|>", "<|im_start|>", "<|im_end|>").train(List.of(text).iterator())
                .save(folder.resolve("tokenizer"));
        Files.writeString(folder.resolve("text.txt"), text);
        var base = Recipe.parse("base", """
                {model: {num_hidden_layers: 1, hidden_size: 16, num_attention_heads: 2}, tokenizer: %1$s/tokenizer, context_length: 48,
                 train_files: %1$s/text.txt, output_dir: %1$s/base, max_steps: 1}""".formatted(folder));
        base.run();
        Files.writeString(folder.resolve("judged.jsonl"), lines);
        return Recipe.parse("judged", """
                {stage: %2$s, model: %1$s/base, train_files: %1$s/judged.jsonl, eval_files: %1$s/judged.jsonl, output_dir: %1$s/out,
                 max_steps: 20, learning_rate: 1e-2, logging_steps: 1, bf16: false}""".formatted(folder, stage));
    }

    @Test
    void pairsOfAFileAreLearnedFromLnTwoOn() throws IOException {
        var recipe = judged("dpo", "{\"prompt\": \"cat\", \"chosen\": \"mat\", \"rejected\": \"sat\"}\n"
                + "{\"prompt\": \"mat\", \"chosen\": \"the\", \"rejected\": \"on\"}\n");
        var losses = new ArrayList<Double>();
        var held = new ArrayList<Double>();
        recipe.run(event -> {
            if (event instanceof TrainEvent.Step step) losses.add(step.loss());
            if (event instanceof TrainEvent.Evaluated e) held.add(e.metrics().get("rewards/accuracies"));
        });
        assertEquals(Math.log(2), losses.getFirst(), 0.0);
        assertEquals(1, held.getLast());
        assertThrows(IllegalArgumentException.class, recipe.with("beta", "0")::open);
    }

    /** GPT-2 and others have a dropout in their config, under which an adapter would not begin as the reference is. */
    @Test
    void anAdapterBesideAModelThatDropsBeginsAtLnTwoToo() throws IOException {
        var recipe = judged("dpo", "{\"prompt\": \"cat\", \"chosen\": \"mat\", \"rejected\": \"sat\"}\n");
        var config = folder.resolve("base/config.json");
        var dropping = Files.readString(config).replaceFirst("\"attention_dropout\" *: *0.0", "\"attention_dropout\": 0.5");
        assertTrue(dropping.contains("0.5"), dropping);
        Files.writeString(config, dropping);
        var losses = new ArrayList<Double>();
        recipe.with("peft", "{r: 2}").with("max_steps", 1).run(event -> {
            if (event instanceof TrainEvent.Step step) losses.add(step.loss());
        });
        assertEquals(Math.log(2), losses.getFirst(), 0.0);
    }

    @Test
    void rowsMadeByCodeAreNotTakenForJudgedAnswers() throws IOException {
        var recipe = judged("kto", "{\"prompt\": \"cat\", \"completion\": \"mat\", \"label\": true}\n")
                .withRows(Dataset.of(List.of(TrainingRow.of(new int[] {1, 2}))));
        assertTrue(assertThrows(IllegalArgumentException.class, recipe::open).getMessage().contains("stage kto reads files"));
    }

    @Test
    void thumbsOfAFileAreLearned() throws IOException {
        var recipe = judged("kto", "{\"prompt\": \"cat\", \"completion\": \"mat\", \"label\": true}\n"
                + "{\"prompt\": \"mat\", \"completion\": \"on\", \"label\": false}\n");
        var held = new ArrayList<TrainEvent.Evaluated>();
        recipe.run(event -> {
            if (event instanceof TrainEvent.Evaluated e) held.add(e);
        });
        assertTrue(held.getLast().metrics().get("rewards/chosen") > held.getLast().metrics().get("rewards/rejected"));
    }

    /** A pair is a thumb up and a thumb down for the same question, which can be compared. */
    @Test
    void thumbsAreJudgedByPairs() throws IOException {
        var recipe = judged("kto", "{\"prompt\": \"cat\", \"completion\": \"mat\", \"label\": true}\n"
                + "{\"prompt\": \"mat\", \"completion\": \"on\", \"label\": false}\n");
        Files.writeString(folder.resolve("pairs.jsonl"), "{\"prompt\": \"cat\", \"chosen\": \"mat\", \"rejected\": \"on\"}\n"
                + "{\"prompt\": \"mat\", \"chosen\": \"mat\", \"rejected\": \"on\"}\n");
        var held = new ArrayList<TrainEvent.Evaluated>();
        recipe.with("eval_files", folder.resolve("pairs.jsonl")).run(event -> {
            if (event instanceof TrainEvent.Evaluated e) held.add(e);
        });
        assertEquals(1, held.getLast().metrics().get("rewards/accuracies"));
        assertEquals(1, held.getLast().metrics().get("logps/accuracies"));
    }

    @Test
    void anAdapterLearnsJudgedAnswersFromTheLossOfTheBaseOn() throws IOException {
        var pairs = judged("dpo", "{\"prompt\": \"cat\", \"chosen\": \"mat\", \"rejected\": \"sat\"}\n"
                + "{\"prompt\": \"mat\", \"chosen\": \"the\", \"rejected\": \"on\"}\n");
        Files.writeString(folder.resolve("thumbs.jsonl"), "{\"prompt\": \"cat\", \"completion\": \"mat\", \"label\": true}\n"
                + "{\"prompt\": \"mat\", \"completion\": \"on\", \"label\": false}\n");
        var thumbs = pairs.with("stage", "kto").with("train_files", folder.resolve("thumbs.jsonl"))
                .with("eval_files", folder.resolve("thumbs.jsonl")).with("output_dir", folder.resolve("out-of-thumbs"));
        var base = Files.readAllBytes(folder.resolve("base/model.safetensors"));
        for (var recipe : List.of(pairs, thumbs)) {
            for (var kept : List.of("float32", "int8")) {
                var losses = new ArrayList<Double>();
                var folderOfKind = folder.resolve(recipe.stage().label() + "-" + kept);
                recipe.with("peft", "{type: lora, r: 4, lora_dropout: 0}").with("base_dtype", kept).with("output_dir", folderOfKind)
                        .run(event -> {
                            if (event instanceof TrainEvent.Step step) losses.add(step.loss());
                        });
                assertEquals(recipe == pairs ? Math.log(2) : 0.5, losses.getFirst(), 0.0, recipe.stage() + " beside " + kept);
                assertTrue(losses.getLast() < losses.getFirst() - 0.01, recipe.stage() + " beside " + kept + " " + losses);
                assertTrue(Files.isRegularFile(folderOfKind.resolve("adapter_model.safetensors")));
                assertArrayEquals(base, Files.readAllBytes(folder.resolve("base/model.safetensors")));
            }
        }
    }
}
