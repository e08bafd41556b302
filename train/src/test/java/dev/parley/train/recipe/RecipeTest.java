package dev.parley.train.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.Dataset;
import dev.parley.data.shards.ShardOptions;
import dev.parley.data.shards.ShardWriter;
import dev.parley.data.shards.Split;
import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.model.TrainingRow;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.train.LrSchedule;
import dev.parley.train.TrainEvent;
import dev.parley.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeTest {

    private static final String TEXT = "the cat sat on the mat. a dog is an animal that barks.\n\n".repeat(40);

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void aRecipe() throws IOException {
        BpeTrainer.of(290).withSpecialTokens("<|endoftext|>").train(List.of(TEXT).iterator()).save(folder.resolve("tokenizer"));
        Files.writeString(folder.resolve("text.txt"), TEXT);
        file = Files.writeString(folder.resolve("recipe.yaml"), """
                model: {num_hidden_layers: 1, hidden_size: 16, num_attention_heads: 2}
                tokenizer: %1$s/tokenizer
                context_length: 32
                train_files: %1$s/text.txt
                output_dir: %1$s/out
                max_steps: 10
                learning_rate: 1e-2
                logging_steps: 1
                """.formatted(folder));
    }

    /** Learning rates of the steps of a run, in parts of the highest. */
    private List<Double> rates(String type, String kwargs) throws IOException {
        var rates = new ArrayList<Double>();
        Recipe.read(file).with("overwrite_output_dir", "true").with("lr_scheduler_type", type).with("lr_scheduler_kwargs", kwargs)
                .run(event -> {
                    if (event instanceof TrainEvent.Step step) rates.add(step.learningRate() / 1e-2);
                });
        return rates;
    }

    private static void assertRates(double[] expected, List<Double> rates) {
        assertArrayEquals(expected, rates.stream().mapToDouble(r -> r).toArray(), 1e-9); // they are the same formula in another order
    }

    @Test
    void aRunKeepsTheLearningRateAndThenLetsItFallInItsLastSteps() throws IOException {
        // half a cosine from 1 to 0.1 in four steps: 0.1 + 0.9 (1 + cos(πk/4)) / 2
        var half = Math.sqrt(0.5);
        assertRates(new double[] {1, 1, 1, 1, 1, 1, 1, 0.1 + 0.45 * (1 + half), 0.55, 0.1 + 0.45 * (1 - half)},
                rates("warmup_stable_decay", "{num_decay_steps: 4, min_lr_ratio: 1e-1}"));
    }

    @Test
    void powerLrEndAndTimescaleReachTheRun() throws IOException {
        var polynomial = rates("polynomial", "{power: 2, lr_end: 1e-3}");
        for (int step = 0; step < 10; step++) assertEquals(0.9 * Math.pow(1 - step / 10.0, 2) + 0.1, polynomial.get(step), 1e-9);
        var inverse = rates("inverse_sqrt", "{timescale: 3}");
        for (int step = 0; step < 10; step++) assertEquals(Math.sqrt(3.0 / (step + 3)), inverse.get(step), 1e-9);
    }

    @Test
    void aRunLeavesAModelThatCanBeGoneOnFrom() throws IOException {
        var output = Recipe.read(file).with("max_steps", 3).run();
        assertEquals(3, output.globalStep());
        for (var name : List.of("config.json", "model.safetensors", "tokenizer.json", "generation_config.json")) {
            assertTrue(Files.size(folder.resolve("out").resolve(name)) > 0, name);
            assertTrue(Files.size(folder.resolve("out/checkpoint-3").resolve(name)) > 0, name);
        }
        var next = Recipe.read(file).with("model", folder.resolve("out")).with("output_dir", folder.resolve("next")).with("max_steps", 1)
                .run();
        assertTrue(next.trainLoss() < Recipe.read(file).with("output_dir", folder.resolve("new")).with("max_steps", 1).run().trainLoss());
    }

    @Test
    void rowsMadeByCodeTakeThePlaceOfFiles() throws IOException {
        var rows = Dataset.of(List.of(TrainingRow.of(new int[] {1, 2, 3}), TrainingRow.of(new int[] {4, 5, 6})));
        try (var trainer = Recipe.read(file).with("train_files", "nowhere.txt").withRows(rows).open()) {
            assertEquals(2, trainer.rows());
        }
    }

    @Test
    void aRecipeThatCannotBeOpenedLeavesNoModelBehind() throws IOException {
        var recipe = Recipe.read(file).with("train_files", folder.resolve("nowhere.txt"));
        assertThrows(IllegalArgumentException.class, recipe::open); // loads the natives
        var live = Engine.liveNativeObjects();
        assertThrows(IllegalArgumentException.class, recipe::open);
        assertEquals(live, Engine.liveNativeObjects());
    }

    @Test
    void whatIsNotHereIsAskedOfTheHub() throws IOException {
        var asked = new ArrayList<String>();
        ModelFinder finder = (name, download) -> {
            asked.add(name);
            return folder.resolve("tokenizer");
        };
        var size = Tokenizer.load(folder.resolve("tokenizer")).vocabSize();
        assertEquals(size, finder.tokenizer("somebody/their-model").vocabSize());
        assertEquals(size, finder.tokenizer(folder.resolve("tokenizer").toString()).vocabSize());
        assertEquals(50_257, finder.tokenizer("gpt2").vocabSize());
        assertEquals(folder.resolve("tokenizer"), finder.model("somebody/their-model"));
        assertEquals(folder, finder.model(folder.toString()));
        assertEquals(List.of("somebody/their-model", "somebody/their-model"), asked);
    }

    @Test
    void wholeNumbersMayBeWrittenWithAnExponent() throws IOException {
        try (var trainer = Recipe.read(file).with("context_length", "4e1").with("max_steps", "2e1").open()) {
            assertEquals(40, trainer.model().config().maxPositionEmbeddings());
            assertEquals(20, trainer.totalSteps());
        }
    }

    /** YAML reads 1e-3 as text; bf16 is float32 where the processor has nothing for it. */
    @Test
    void keysBecomeArguments() throws IOException {
        var notes = new ArrayList<String>();
        var recipe = Recipe.read(file).with("shuffle", "false").with("bf16", "yes").with("seed", 7).with("adam_epsilon", "1e-6")
                .with("num_train_epochs", "null")
                .with("lr_scheduler_type", "cosine_with_min_lr").with("lr_scheduler_kwargs", "{min_lr: 1e-3}")
                .with("resume_from_checkpoint", "true");
        try (var trainer = recipe.onNote(notes::add).open()) {
            var arguments = trainer.arguments();
            assertEquals(false, arguments.get(TrainingSettings.SHUFFLE));
            assertEquals(7, arguments.get(TrainingSettings.SEED));
            assertEquals(1e-6, arguments.get(TrainingSettings.ADAM_EPSILON));
            assertEquals(3, arguments.get(TrainingSettings.NUM_TRAIN_EPOCHS));
            assertEquals(new LrSchedule.Shape(OptionalDouble.of(0.1), 1, 1e-7, 0, 0), arguments.get(TrainingSettings.LR_SCHEDULER_KWARGS));
            assertEquals(folder.resolve("out"), arguments.get(TrainingSettings.RESUME_FROM_CHECKPOINT).orElseThrow());
            assertEquals(CpuFeatures.hasFastBfloat16(), arguments.get(TrainingSettings.BF16));
            assertEquals(CpuFeatures.hasFastBfloat16(), notes.isEmpty());
        }
    }

    private String fault(String key, String value) {
        return assertThrows(IllegalArgumentException.class, () -> Recipe.read(file).with(key, value).open().close()).getMessage();
    }

    @Test
    void whatIsWrongIsNamedWithTheRecipeAndTheSetting() throws IOException {
        var wrong = List.of(List.of("max_steps", "2.5", "max_steps is 2.5 and not a whole number"),
                List.of("max_steps", "soon", "max_steps is \"soon\" and not a number"),
                List.of("optim", "sgd", "optim sgd is none of [adamw, muon]"),
                List.of("stage", "train", "stage is \"train\"; it is "),
                List.of("adam_beta1", "1", "adam_beta1 1.0 is not in [0, 1)"), List.of("context_length", "x", "context_length is \"x\""),
                List.of("context_length", "2.5", "context_length is 2.5"), List.of("context_length", "1e10", "context_length is 1.0E10"),
                List.of("model", "{n_embd: 8}", "a model of type qwen3 has no n_embd"),
                List.of("model.hiden_size", "8", "a model of type qwen3 has no hiden_size; did you mean hidden_size?"),
                List.of("model.num_hidden_layers", "0", "num_hidden_layers is 0; it is a whole number above 0"),
                List.of("model.dropout", "1", "dropout is 1; it is a number from 0 to below 1"),
                List.of("learning_rat", "1", "there is no key learning_rat; did you mean learning_rate?"),
                List.of("quite_another", "1",
                        "there is no key quite_another; docs/recipes.md lists them. Settings of a schedule go into lr_scheduler_kwargs."),
                List.of("packing_strategy", "best", "packing_strategy is \"best\"; it is bfd, wrapped."),
                List.of("train_files", "{a: b}", "train_files is {"), List.of("bf16", "maybe", "bf16 is \"maybe\""),
                List.of("lr_scheduler_kwargs", "{power: 1}", "has power, but linear has none"));
        for (var row : wrong) {
            var message = fault(row.get(0), row.get(1));
            assertTrue(message.startsWith(file + " with " + row.get(0) + "=" + row.get(1) + ": ") && message.contains(row.get(2)), message);
        }
        assertTrue(fault("tokenizer.size", "8").contains("recipe.yaml, line 2: tokenizer is "), fault("tokenizer.size", "8"));
    }

    @Test
    void everyFaultOfAFileNamesItsLine() {
        var recipe = Recipe.parse("my.yaml", """
                # a comment
                model:
                  hidden_size: 16
                tokenizer: nowhere

                max_steps: soon
                learning_rat: 1e-3
                warmup_steps: -1
                """);
        var fault = assertThrows(IllegalArgumentException.class, recipe::open).getMessage();
        assertEquals(List.of("my.yaml, line 7: there is no key learning_rat; did you mean learning_rate?",
                "my.yaml, line 6: max_steps is \"soon\" and not a number.", "my.yaml, line 8: warmup_steps -1.0 is below 0."),
                fault.lines().toList());
        var nested = assertThrows(IllegalArgumentException.class, () -> Recipe.read(file).with("model", """
                {num_hidden_layers: 1,
                 hidden_size: wide}""").open());
        assertTrue(nested.getMessage().contains("hidden_size is \"wide\""), nested.getMessage());
        for (var yaml : List.of("a: [1", "- a", "a: 1\na: 2", "\ta: 1", "")) {
            var said = assertThrows(IllegalArgumentException.class, () -> Recipe.parse("my.yaml", yaml).open()).getMessage();
            assertTrue(said.startsWith("my.yaml"), said);
        }
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Recipe.parse("my.yaml", "a: 1\nb: 2\na: 3")).getMessage()
                .contains("line 3"));
    }

    @Test
    void aKeyInAMapIsSetByItsPath() throws IOException {
        try (var trainer = Recipe.read(file).with("model.hidden_size", "32").with("lr_scheduler_type", "cosine_with_min_lr")
                .with("lr_scheduler_kwargs.min_lr_rate", "0.1").open()) {
            assertEquals(32, trainer.model().config().hiddenSize());
            assertEquals(1, trainer.model().config().layers().size());
        }
    }

    @Test
    void textsAreOneStreamIfAskedAndItsEndIsEvaluatedOn() throws IOException {
        var recipe = Recipe.read(file).with("packing_strategy", "wrapped").with("validation_split_percentage", 25).with("max_steps", 1);
        try (var trainer = recipe.open()) {
            var tokens = Tokenizer.load(folder.resolve("tokenizer")).encode(TEXT).length;
            assertEquals((int) (tokens * 0.75 + 1) / 31 - 1, trainer.rows(), "rows of 32 tokens, one of them shared, cut anew each epoch");
            assertTrue(trainer.train().evalLoss().isPresent());
        }
    }

    @Test
    void tokenShardsAreTrainedOnWithTheirOwnValidation() throws IOException {
        var tokenizer = Tokenizer.load(folder.resolve("tokenizer"));
        try (var writer = ShardWriter.create(folder.resolve("shards"), tokenizer, ShardOptions.DEFAULT.withValidation(0.2))) {
            for (int i = 0; i < 200; i++) {
                var text = "the cat sat on the mat " + i;
                writer.add(tokenizer.encode(text), Split.hash(text));
            }
            writer.finish();
        }
        var recipe = Recipe.read(file).with("train_files", folder.resolve("shards")).with("tokenizer", folder.resolve("shards"));
        var output = recipe.run();
        assertEquals(10, output.globalStep());
        assertTrue(output.evalLoss().isPresent());
        assertTrue(Files.readString(folder.resolve("out/training_rows.jsonl")).contains("the cat sat on the mat"));
        var mixed = assertThrows(IllegalArgumentException.class, () -> recipe.with("train_files", "[" + folder.resolve("shards") + ", "
                + folder.resolve("text.txt") + "]").open());
        assertTrue(mixed.getMessage().contains("not mixed with other files"), mixed.getMessage());
    }
}
