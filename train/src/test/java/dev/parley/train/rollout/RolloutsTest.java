package dev.parley.train.rollout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.data.Dataset;
import dev.parley.data.chat.Chat;
import dev.parley.data.chat.ChatRows;
import dev.parley.data.chat.VerifiablePrompt;
import dev.parley.data.examples.ExampleData;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.rollout.Rollout.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that knows one conversation by heart, in which it calls a calculator. */
class RolloutsTest {

    private static final String CALL = "[{\"id\":\"call00000\",\"type\":\"function\",\"function\":{\"name\":\"calculate\","
            + "\"arguments\":\"{\\\"expression\\\":\\\"12 * 34\\\"}\"}}]";

    private static Tokenizer tokenizer;
    private static ChatRows chats;
    private static TrainableLM model;

    @BeforeAll
    static void learnByHeart(@TempDir Path folder) throws IOException {
        var text = new StringBuilder();
        for (var message : ChatRows.of(bytes(), ChatTemplate.chatMl(), 4096).conversation(conversation(408)).messages())
            text.append(message.path("content").asText()).append('\n');
        tokenizer = BpeTrainer.of(500).withSpecialTokens("<|endoftext|>", "<|im_start|>", "<|im_end|>")
                .train(List.of(text.toString().repeat(3)).iterator()).withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END);
        chats = ChatRows.of(tokenizer, ChatTemplate.chatMl(), 512);
        model = TrainableLM.create(ModelConfig.qwen3(tokenizer.vocabSize(), 512, 32, 2, 2, 1, 64), 1);
        var arguments = TrainingArguments.builder().outputDir(folder).maxSteps(60).learningRate(1e-2).saveSteps(0).bf16(false).build();
        new Trainer(model, arguments, Dataset.of(List.of(chats.row(conversation(408)).orElseThrow()))).train();
        model.computeIn(DType.FLOAT32);
    }

    private static Tokenizer bytes() {
        return BpeTrainer.of(259).withSpecialTokens("<|endoftext|>", "<|im_start|>", "<|im_end|>").train(List.of("").iterator());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static Chat asked() {
        var messages = JsonNodeFactory.instance.arrayNode();
        messages.addObject().put("role", "user").put("content", "What is 12 * 34?");
        return new Chat(messages, List.of(ExampleData.calculator()), Map.of(), Set.of());
    }

    private static Chat conversation(int result) throws IOException {
        var messages = asked().messages().deepCopy();
        messages.addObject().put("role", "assistant").put("content", "").set("tool_calls", new ObjectMapper().readTree(CALL));
        messages.addObject().put("role", "tool").put("tool_call_id", "call00000").put("name", "calculate").put("content", "" + result);
        messages.addObject().put("role", "assistant").put("content", "12 * 34 = 408");
        return new Chat(messages, List.of(ExampleData.calculator()), Map.of(), Set.of());
    }

    private static Question question() {
        return Question.of(new VerifiablePrompt(asked(), "408", JsonNodeFactory.instance.objectNode()), chats);
    }

    private static Rollout greedy(RolloutSettings settings, CallableTool tool) {
        try (var running = model.running()) {
            return new Rollouts(chats, settings, List.of(tool)).greedy(running.model(), List.of(question())).getFirst();
        }
    }

    @Test
    void aToolIsCalledItsResultReadAndTheAnswerGoneOnWith() throws IOException {
        var rollout = greedy(RolloutSettings.DEFAULT, new Calculator());
        assertEquals(List.of(new Call("calculate", "{\"expression\":\"12 * 34\"}", "408", false)), rollout.calls());
        assertEquals("12 * 34 = 408", rollout.text());
        assertTrue(rollout.isEnded());
        var trained = chats.whole(conversation(408)); // rendered and masked as a conversation of a file
        var length = rollout.row().length();
        assertArrayEquals(java.util.Arrays.copyOf(trained.inputIds(), length), rollout.row().inputIds());
        assertArrayEquals(java.util.Arrays.copyOf(trained.labels(), length), rollout.row().labels(), "no token of the tool is a target");
        assertEquals(trained.targets(), rollout.tokens());
        assertEquals(1, RewardFunctions.tool().of(rollout));
        assertEquals(1, RewardFunctions.number().of(rollout));
    }

    @Test
    void whatTheToolSaysIsWhatTheModelReads() throws IOException {
        var odd = new CallableTool() {

            @Override
            public dev.parley.generate.tools.Tool tool() {
                return new Calculator().tool();
            }

            @Override
            public String call(com.fasterxml.jackson.databind.JsonNode arguments) {
                throw new IllegalArgumentException("55");
            }
        };
        var rollout = greedy(RolloutSettings.DEFAULT, odd);
        assertEquals(new Call("calculate", "{\"expression\":\"12 * 34\"}", "55", true), rollout.calls().getFirst());
        var told = chats.whole(conversation(55)).inputIds();
        var until = chats.whole(conversation(408)).inputIds().length - 12;
        assertArrayEquals(java.util.Arrays.copyOf(told, until - 5), java.util.Arrays.copyOf(rollout.row().inputIds(), until - 5));
        assertEquals(0, RewardFunctions.tool().of(rollout), "a call that failed");
    }

    @Test
    void callsAndTokensHaveLimits() {
        var none = greedy(new RolloutSettings(2, 256, 1, 1, 0, 0), new Calculator());
        assertTrue(none.calls().isEmpty());
        var brief = greedy(RolloutSettings.DEFAULT.withAnswers(2, 5), new Calculator());
        assertFalse(brief.isEnded());
        assertEquals(5, brief.tokens());
        var first = greedy(RolloutSettings.DEFAULT, new Calculator());
        var upToResult = first.row().length() - first.question().prompt().length - 15;
        var cut = greedy(RolloutSettings.DEFAULT.withAnswers(2, upToResult), new Calculator());
        assertTrue(cut.row().length() - cut.question().prompt().length <= upToResult);
        assertFalse(cut.isEnded());
    }

    @Test
    void theSameSeedGivesTheSameAnswersAndAnotherOthers() {
        var settings = new RolloutSettings(3, 12, 3, 1, 0, 0); // hot, so that they differ
        var rollouts = new Rollouts(chats, settings, List.of());
        try (var running = model.running()) {
            var questions = List.of(question(), question());
            var one = rollouts.sample(running.model(), questions, 5).stream().map(r -> List.of(r.row().inputIds().length, r.text()))
                    .toList();
            var two = rollouts.sample(running.model(), questions, 5).stream().map(r -> List.of(r.row().inputIds().length, r.text()))
                    .toList();
            var other = rollouts.sample(running.model(), questions, 6).stream().map(r -> List.of(r.row().inputIds().length, r.text()))
                    .toList();
            assertEquals(6, one.size());
            assertEquals(one, two);
            assertNotEquals(one, other);
            assertNotEquals(one.subList(0, 3), one.subList(3, 6), "each question has numbers of its own");
        }
    }
}
