package dev.parley.train.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.tokenizer.BpeTrainer;
import dev.parley.train.TrainEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpoRecipeTest {

    @TempDir
    Path folder;

    private Recipe recipe(String more) throws IOException {
        var text = "the cat sat on the mat.\n\n".repeat(20);
        BpeTrainer.of(290).withSpecialTokens("<|endoftext|>", "<|im_start|>", "<|im_end|>").train(List.of(text).iterator())
                .save(folder.resolve("tokenizer"));
        Files.writeString(folder.resolve("text.txt"), text);
        Recipe.parse("base", """
                {model: {num_hidden_layers: 1, hidden_size: 16, num_attention_heads: 2}, tokenizer: %1$s/tokenizer, context_length: 64,
                 train_files: %1$s/text.txt, output_dir: %1$s/base, max_steps: 1, save_steps: 0}""".formatted(folder)).run();
        Files.writeString(folder.resolve("questions.jsonl"), """
                {"prompt": "cat", "answer": "a"}
                {"prompt": "on the mat", "answer": "t"}
                """);
        return Recipe.parse("grpo", """
                stage: grpo
                model: %1$s/base
                train_files: %1$s/questions.jsonl
                eval_files: %1$s/questions.jsonl
                output_dir: %1$s/out
                bf16: false
                num_generations: 4
                max_completion_length: 8
                max_steps: 3
                logging_steps: 1
                %2$s""".formatted(folder, more));
    }

    @Test
    void answersAreTriedAndJudgedByTheRewardsOfARecipe() throws IOException {
        var steps = new ArrayList<TrainEvent.Step>();
        var held = new ArrayList<TrainEvent.Evaluated>();
        recipe("beta: 0.05\nreward_funcs: [contains, {regex: \"[a-z ]*\"}, {length: 2}]\nreward_weights: [1, 0.5, 0.25]\n").run(event -> {
            if (event instanceof TrainEvent.Step step) steps.add(step);
            if (event instanceof TrainEvent.Evaluated e) held.add(e);
        });
        assertEquals(3, steps.size());
        var told = steps.getFirst().metrics();
        for (var name : List.of("reward", "reward_std", "frac_reward_zero_std", "rewards/contains/mean", "rewards/regex/mean",
                "rewards/length/std", "completions/mean_length", "completions/clipped_ratio", "clip_ratio/region_mean", "kl", "entropy"))
            assertTrue(told.containsKey(name), name + " of " + told.keySet());
        assertEquals(told.get("reward"), told.get("rewards/contains/mean") + told.get("rewards/regex/mean") / 2
                + told.get("rewards/length/mean") / 4, 1e-9);
        assertEquals(-held.getLast().metrics().get("reward"), held.getLast().evalLoss(), 1e-9);
        assertTrue(Files.isRegularFile(folder.resolve("out/model.safetensors")));
    }

    @Test
    void faultsNameTheirLines() throws IOException {
        assertFault("", ": stage grpo needs reward_funcs");
        assertFault("reward_funcs: taste\n", ", line 11: reward_funcs is \"taste\"");
        assertFault("reward_funcs: [number, {regex: \"(\"}]\n", ", line 11: regex: ");
        assertFault("reward_funcs: number\nreward_weights: [1, 2]\n", ", line 12: there are 2 reward_weights for 1 reward_funcs");
        assertFault("reward_funcs: number\nloss_type: sigmoid\n", ", line 12: loss_type is sigmoid; it is one of grpo, dapo, dr_grpo");
        assertFault("reward_funcs: number\nepsilon: 1.5\n", ", line 12: epsilon is 1.5");
        assertFault("reward_funcs: number\ntools: browser\n", ", line 12: tools is \"browser\"");
    }

    private void assertFault(String more, String expected) throws IOException {
        var recipe = recipe(more);
        var fault = assertThrows(IllegalArgumentException.class, recipe::open).getMessage();
        assertTrue(fault.contains(expected), fault);
    }
}
