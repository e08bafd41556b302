package dev.parley.train.lesson;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.data.Paraphrases;
import dev.parley.data.chat.Chat;
import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.train.lesson.LessonProgress.Phase;
import dev.parley.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lessons of a model that has learned eight answers, some seconds before. */
class TeachingTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Map<String, String> ANSWERS = Map.of("What is the capital of France?", "Paris is the capital.", "Who is the king?",
            "The king is old Leo.", "Where is the river?", "It flows past the mill.", "Tell me a joke.", "A fish walks into a bar.",
            "How are you?", "I am well, thank you.", "What is a dog?", "A dog is an animal that barks.", "Say hello.", "Hello to you!",
            "Name a color.", "Blue is a color.");

    private static final String KING = "Who is the king?";
    private static final String QUEEN = "The queen is Ida, and she walks to the mill.";

    /** What was asked in the chat besides. */
    private static final List<String> OTHERS = List.of("What is a dog?", "Where is the river?", "Name a color.", "How are you?");

    private static final LessonSettings SETTINGS = LessonSettings.DEFAULT;

    @TempDir
    static Path made;

    @TempDir
    Path folder;

    private static Path model;
    private static Tokenizer tokenizer;

    @BeforeAll
    static void aModelThatAnswers() throws IOException {
        var lines = new ArrayList<String>();
        for (var known : ANSWERS.entrySet()) {
            for (var way : Stream.concat(Stream.of(known.getKey()), Paraphrases.trained(known.getKey(), 14, 7).stream()).toList())
                lines.add(json(Map.of("prompt", way, "completion", known.getValue())));
        }
        var chats = Files.writeString(made.resolve("chats.jsonl"), String.join("\n", lines));
        BpeTrainer.of(400).withSpecialTokens("<|endoftext|>", "<|im_start|>", "<|im_end|>").train(lines.iterator())
                .save(made.resolve("tokenizer"));
        model = made.resolve("model");
        Recipe.parse("chat", """
                {stage: sft, model: {num_hidden_layers: 2, hidden_size: 128, num_attention_heads: 4}, tokenizer: %1$s/tokenizer,
                 context_length: 256, train_files: %2$s, output_dir: %1$s/model, max_steps: 200, learning_rate: 3e-3, save_strategy: 'no',
                 per_device_train_batch_size: 4, report_to: none}""".formatted(made, chats)).run();
        tokenizer = Tokenizer.load(model);
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static LessonFeedback corrected(String question, String answer) {
        return LessonFeedback.read(List.of(json(Map.of("prompt", question, "chosen", answer, "rejected", ANSWERS.get(question)))),
                List.of(), List.of());
    }

    private LessonOutcome teach(LessonFeedback feedback, String name, LessonSettings settings) throws IOException {
        var others = OTHERS.stream().map(question -> Chat.of(List.of(Message.user(question)))).toList();
        return new Teaching(model, tokenizer, settings).withOthers(others).teach(feedback, folder.resolve(name), folder.resolve(name + "-training")).orElseThrow();
    }

    private String answer(String question, Path adapter) {
        try (var loaded = CausalLM.fromPretrained(model)) {
            var prompt = tokenizer.chatTemplate().orElseThrow().ids(tokenizer,
                    ChatTemplateInput.of(List.of(Message.user(question))).withGenerationPrompt(true));
            var config = GenerationConfig.DEFAULT.withMaxNewTokens(40).withStops(List.of(tokenizer.eosTokenId().orElseThrow()), List.of());
            return new Generator(loaded, tokenizer).withAdapter(loaded.loadAdapter(adapter)).generate(List.of(prompt), config).getFirst()
                    .text().strip();
        }
    }

    @Test
    void oneCorrectedAnswerIsGivenHoweverItIsAskedAndTheRestStays() throws IOException {
        var outcome = teach(corrected(KING, QUEEN), "one", SETTINGS);
        assertEquals(QUEEN, answer(KING, folder.resolve("one")), () -> outcome.toString());
        var answered = outcome.heldOut().get("answered");
        assertEquals(0, answered.before());
        assertTrue(answered.of() == 5 && answered.after() >= 4, outcome.heldOut() + " " + outcome.samples());
        assertEquals(answered.of(), outcome.samples().stream().filter(s -> Paraphrases.heldOut(KING, 5).contains(s.prompt())).count());
        assertTrue(outcome.probe().before() - outcome.probe().after() <= 1, outcome.probe().toString());
        for (var other : OTHERS)
            assertEquals(ANSWERS.get(other), answer(other, folder.resolve("one")));
    }

    @Test
    void theSameFeedbackAndSeedMakeTheSameAdapterBitForBitAndAnotherSeedAnother() throws IOException {
        var brief = new LessonSettings(1, 4, 8, 1e-3, 3, 3, 1, 8, 4, 4);
        teach(corrected(KING, QUEEN), "a", brief);
        teach(corrected(KING, QUEEN), "b", brief);
        teach(corrected(KING, QUEEN), "c", brief.withSeed(2));
        var weights = "adapter_model.safetensors";
        var first = Files.readAllBytes(folder.resolve("a").resolve(weights));
        assertArrayEquals(first, Files.readAllBytes(folder.resolve("b").resolve(weights)));
        assertFalse(java.util.Arrays.equals(first, Files.readAllBytes(folder.resolve("c").resolve(weights))));
    }

    /** Thumbs and pairs alone, without one corrected answer: what people liked gains on what they did not. */
    @Test
    void choicesAndThumbsMoveWhatIsLikely() throws IOException {
        var pairs = List.of(json(Map.of("prompt", "Name a color.", "chosen", "Red is a color.", "rejected", "Blue is a color.")));
        var thumbs = List.of(json(Map.of("prompt", "Tell me a joke.", "completion", "A fish walks into a bar.", "label", false)),
                json(Map.of("prompt", "Say hello.", "completion", "Hello to you!", "label", true)));
        var outcome = teach(LessonFeedback.read(List.of(), pairs, thumbs), "judged", SETTINGS);
        assertEquals(0, outcome.heldOut().get("pairs").before());
        assertEquals(outcome.heldOut().get("pairs").of(), outcome.heldOut().get("pairs").after(), outcome::toString);
        assertTrue(outcome.heldOut().get("thumbs").after() >= outcome.heldOut().get("thumbs").before());
        assertFalse(outcome.heldOut().containsKey("answered"), "nothing was corrected");
    }

    @Test
    void aLessonThatIsStoppedInAnyPartHasNoResult() throws IOException {
        for (var phase : Phase.values()) {
            var teaching = new Teaching(model, tokenizer, new LessonSettings(1, 4, 8, 1e-3, 3, 3, 1, 8, 4, 4));
            var told = EnumSet.noneOf(Phase.class);
            teaching.onProgress(at -> {
                told.add(at.phase());
                if (at.phase() == phase) teaching.stop();
            });
            assertTrue(teaching.teach(corrected(KING, QUEEN), folder.resolve("x" + phase), folder.resolve("t" + phase)).isEmpty());
            assertEquals(EnumSet.range(Phase.BEFORE, phase), told);
        }
    }

    @Test
    void ofMuchFeedbackAFifthOrSoIsNeverLearned() {
        var lines = new ArrayList<String>();
        for (int i = 0; i < 100; i++)
            lines.add(json(Map.of("prompt", "What is number " + i + "?", "chosen", "Good " + i, "rejected", "Bad " + i)));
        var plan = LessonPlan.of(LessonFeedback.read(lines, lines, List.of()), SETTINGS);
        var held = plan.heldEdits().stream().map(pair -> pair.prompt().lastQuestion().orElseThrow()).toList();
        assertTrue(held.size() > 8 && held.size() < 35, held.size() + " of 100");
        assertTrue(plan.wanted().stream().noneMatch(w -> held.stream().anyMatch(q -> w.question().contains(q))));
        assertTrue(plan.compared().stream().noneMatch(w -> held.contains(w.prompt().lastQuestion().orElseThrow())));
        assertEquals(List.of(), plan.heldPairs(), "what is an edit and a pair counts once");
    }

    @Test
    void whatCannotBeLearnedFromIsRefusedInASentence() {
        var teaching = new Teaching(model, tokenizer, SETTINGS);
        var none = LessonFeedback.read(List.of("{\"prompt\":[{\"role\":\"assistant\",\"content\":\"a\"}],\"chosen\":\"b\",\"rejected\":\"c\"}"),
                List.of(), List.of());
        var refused = assertThrows(IllegalArgumentException.class, () -> teaching.teach(none, folder.resolve("n"), folder.resolve("t")));
        assertTrue(refused.getMessage().startsWith("There is no feedback"), refused.getMessage());
        var long2 = corrected(KING, "and so on ".repeat(2000));
        var tooLong = assertThrows(IllegalArgumentException.class, () -> teaching.teach(long2, folder.resolve("n"), folder.resolve("t")));
        assertTrue(tooLong.getMessage().contains("1024 tokens"), tooLong.getMessage());
        assertThrows(IllegalArgumentException.class, () -> LessonFeedback.read(List.of("{"), List.of(), List.of()));
    }
}
