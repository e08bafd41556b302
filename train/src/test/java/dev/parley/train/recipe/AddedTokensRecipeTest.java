package dev.parley.train.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A base model without a token of a chat becomes a chat model by a recipe. */
class AddedTokensRecipeTest {

    private static final String TEXT = "the cat sat on the mat. a dog is an animal that barks.\n\n".repeat(40);

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void aBaseModelAndARecipe() throws IOException {
        BpeTrainer.of(280).withSpecialTokens("<|endoftext|>").train(List.of(TEXT).iterator()).save(folder.resolve("tokenizer"));
        Files.writeString(folder.resolve("text.txt"), TEXT);
        Recipe.parse("base", """
                model: {num_hidden_layers: 1, hidden_size: 32, num_attention_heads: 2}
                tokenizer: %1$s/tokenizer
                context_length: 48
                train_files: %1$s/text.txt
                output_dir: %1$s/base
                max_steps: 5
                """.formatted(folder)).run();
        Files.writeString(folder.resolve("chats.jsonl"), """
                {"messages": [{"role": "user", "content": "cat?"}, {"role": "assistant", "content": "the cat sat"}]}
                {"messages": [{"role": "user", "content": "dog?"}, {"role": "assistant", "content": "a dog barks"}]}
                """);
        file = Files.writeString(folder.resolve("recipe.yaml"), """
                stage: sft
                model: %1$s/base
                train_files: %1$s/chats.jsonl
                output_dir: %1$s/chat
                max_steps: 60
                learning_rate: 1e-2
                save_steps: 30
                """.formatted(folder));
    }

    private String answer(String question) throws IOException {
        var tokenizer = Tokenizer.load(folder.resolve("chat"));
        var prompt = tokenizer.chatTemplate().orElseThrow().ids(tokenizer,
                ChatTemplateInput.of(List.of(Message.user(question))).withGenerationPrompt(true));
        try (var model = CausalLM.fromPretrained(folder.resolve("chat"))) {
            var config = GenerationConfig.read(folder.resolve("chat")).withMaxNewTokens(20);
            var completion = new Generator(model, tokenizer).generate(List.of(prompt), config).getFirst();
            return completion.text() + " " + completion.finishReason().label();
        }
    }

    @Test
    void itAnswersAndEndsItsTurn() throws IOException {
        var notes = new ArrayList<String>();
        Recipe.read(file).onNote(notes::add).run();
        var base = Tokenizer.load(folder.resolve("base"));
        var chat = Tokenizer.load(folder.resolve("chat"));
        assertEquals(base.vocabSize(), chat.idOf("<|im_start|>").orElseThrow());
        assertEquals(base.vocabSize() + 2, chat.vocabSize());
        assertArrayEquals(base.encode(TEXT), chat.encode(TEXT), "all other tokens are as before");
        assertEquals(chat.idOf("<|im_end|>"), chat.eosTokenId());
        assertEquals("the cat sat stop", answer("cat?"));
        assertEquals("a dog barks stop", answer("dog?"));
        assertTrue(notes.toString().contains("are added to it and to the model") && notes.toString().contains("gains 2 tokens"),
                notes.toString());
    }

    @Test
    void aRunThatIsGoneOnWithEqualsOneThatWasNot() throws IOException {
        Recipe.read(file).run();
        Recipe.read(file).with("output_dir", folder.resolve("again"))
                .with("resume_from_checkpoint", folder.resolve("chat/checkpoint-30").toString()).run();
        assertArrayEquals(Files.readAllBytes(folder.resolve("chat/model.safetensors")),
                Files.readAllBytes(folder.resolve("again/model.safetensors")));
    }

    @Test
    void tokensMayBeNamedAndTablesRoundedUp() throws IOException {
        var recipe = Recipe.read(file).with("add_tokens", "['<|tool|>', '<|im_start|>', '<|im_end|>']").with("pad_to_multiple_of", 64)
                .with("max_steps", 1);
        try (var trainer = recipe.open()) {
            assertEquals(0, trainer.model().config().vocabSize() % 64);
        }
        recipe.run();
        var tool = Tokenizer.load(folder.resolve("chat")).encodeWithSpecialTokens("<|tool|>");
        assertArrayEquals(new int[] {Tokenizer.load(folder.resolve("base")).vocabSize()}, tool);
        try (var again = Recipe.read(file).with("model", folder.resolve("chat")).with("output_dir", folder.resolve("next")).open()) {
            assertEquals(0, again.model().config().vocabSize() % 64, "what has room for its tokens stays as it is");
        }
    }

    @Test
    void anAdapterCannotGiveTokens() throws IOException {
        var lora = Recipe.read(file).with("peft", "{r: 4}");
        var fault = assertThrows(IllegalArgumentException.class, lora::open).getMessage();
        assertTrue(fault.contains("stage sft without peft adds them to a base model"), fault);
        var named = lora.with("add_tokens", "['<|im_start|>', '<|im_end|>']");
        var other = assertThrows(IllegalArgumentException.class, named::open).getMessage();
        assertTrue(other.contains("an adapter cannot give a model tokens; train it without peft"), other);
    }
}
