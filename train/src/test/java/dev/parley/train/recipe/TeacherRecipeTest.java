package dev.parley.train.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.model.ModelConfig;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeacherRecipeTest {

    private static final String TEXT = "the cat sat on the mat. a dog is an animal that barks.\n\n".repeat(40);

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void aTeacherAndARecipe() throws IOException {
        BpeTrainer.of(290).withSpecialTokens("<|endoftext|>", "<|im_start|>", "<|im_end|>").train(List.of(TEXT).iterator())
                .save(folder.resolve("tokenizer"));
        Files.writeString(folder.resolve("text.txt"), TEXT);
        Recipe.parse("teacher", """
                model: {num_hidden_layers: 2, hidden_size: 32, num_attention_heads: 2}
                tokenizer: %1$s/tokenizer
                context_length: 32
                train_files: %1$s/text.txt
                output_dir: %1$s/big
                max_steps: 60
                learning_rate: 1e-2
                """.formatted(folder)).run();
        file = Files.writeString(folder.resolve("recipe.yaml"), """
                model: {num_hidden_layers: 1, hidden_size: 16, num_attention_heads: 2}
                context_length: 32
                train_files: %1$s/text.txt
                eval_files: %1$s/text.txt
                output_dir: %1$s/small
                max_steps: 80
                learning_rate: 1e-2
                logging_steps: 1
                teacher:
                  model: %1$s/big
                  temperature: 1.5
                """.formatted(folder));
    }

    @Test
    void aSmallModelComesToThinkAsItsTeacherDoes() throws IOException {
        var weights = Files.readAllBytes(folder.resolve("big/model.safetensors"));
        var steps = new ArrayList<TrainEvent.Step>();
        var last = new ArrayList<TrainEvent.Evaluated>();
        Recipe.read(file).run(event -> {
            if (event instanceof TrainEvent.Step step) steps.add(step);
            if (event instanceof TrainEvent.Evaluated evaluated) last.add(evaluated);
        });
        assertTrue(last.getLast().metrics().get("agreement") > steps.getFirst().metrics().get("agreement") + 0.2, last.toString());
        assertTrue(last.getLast().metrics().get("kl") < 0.5 * steps.getFirst().metrics().get("kl"), last.toString());
        assertArrayEquals(weights, Files.readAllBytes(folder.resolve("big/model.safetensors")));
        assertArrayEquals(Files.readAllBytes(folder.resolve("big/tokenizer.json")), Files.readAllBytes(folder.resolve("small/tokenizer.json")),
                "a new student has its teacher's tokenizer");
    }

    @Test
    void conversationsAreLearnedFromATeacherToo() throws IOException {
        var chats = Files.writeString(folder.resolve("chats.jsonl"), """
                {"messages": [{"role": "user", "content": "cat?"}, {"role": "assistant", "content": "the cat sat"}]}
                """);
        try (var trainer = Recipe.read(file).with("stage", "sft").with("train_files", chats).with("eval_files", "null")
                .with("teacher", folder.resolve("big")).with("max_steps", 2).open()) {
            assertEquals(2, trainer.train().globalStep());
        }
    }

    private String fault(String key, String value) {
        return assertThrows(IllegalArgumentException.class, () -> Recipe.read(file).with(key, value).open().close(), key).getMessage();
    }

    @Test
    void whatCannotBeIsToldWithItsPlace() throws IOException {
        var wrong = List.of(List.of("teacher.alpha", "2", "alpha is 2.0; it is from 0 to 1."),
                List.of("teacher.temperature", "0", "temperature is 0.0; it is above 0."),
                List.of("teacher.beta", "much", "beta is \"much\"; it is a number."),
                List.of("teacher.alfa", "1", "a teacher has no alfa; there are model, temperature, alpha, beta."),
                List.of("stage", "dpo", "a teacher teaches in the stages pretrain and sft, and this is dpo."),
                List.of("context_length", "64", "context_length is 64, and the teacher reads 32 tokens."));
        for (var row : wrong) {
            var message = fault(row.get(0), row.get(1));
            assertTrue(message.startsWith(file.toString()) && message.contains(row.get(2)), message);
        }
        assertTrue(fault("stage", "dpo").contains("recipe.yaml, line 9: "), fault("stage", "dpo"));
        BpeTrainer.of(290).withSpecialTokens("<|endoftext|>").train(List.of(TEXT).iterator()).save(folder.resolve("other"));
        var other = fault("tokenizer", folder.resolve("other").toString());
        assertTrue(other.contains("has another tokenizer than the student, the first difference at id 1"), other);
    }

    @Test
    void aStudentOfAnotherVocabularyIsRefusedAndNothingIsLeftBehind() throws IOException {
        var tokenizer = Tokenizer.load(folder.resolve("tokenizer"));
        try (var padded = TrainableLM.create(ModelConfig.qwen3(tokenizer.vocabSize() + 8, 32, 16, 1, 2, 1, 32), 1)) {
            padded.savePretrained(folder.resolve("padded"));
        }
        tokenizer.save(folder.resolve("padded"));
        var recipe = Recipe.read(file).with("model", folder.resolve("padded"));
        var fault = assertThrows(IllegalArgumentException.class, recipe::open).getMessage();
        assertTrue(fault.contains("line 9: The teacher has " + tokenizer.vocabSize() + " tokens and the student "), fault);
        var live = Engine.liveNativeObjects();
        assertThrows(IllegalArgumentException.class, recipe::open);
        assertEquals(live, Engine.liveNativeObjects());
    }
}
