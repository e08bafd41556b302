package dev.parley.train.recipe;

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
}
