package dev.parley.train.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.data.Examples;
import dev.parley.data.chat.Chat;
import dev.parley.data.chat.ChatRows;
import dev.parley.data.chat.VerifiablePrompt;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingBatch;
import dev.parley.model.adapter.LoraConfig;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.TrainingException;
import dev.parley.train.rollout.Question;
import dev.parley.train.rollout.Reward;
import dev.parley.train.rollout.Rewards;
import dev.parley.train.rollout.RolloutSettings;
import dev.parley.train.rollout.Rollouts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpoTest {

    private static final int EACH = 4;
    private static final long SEED = 11;
    private static final Tokenizer TOKENIZER = BpeTrainer.of(290).withSpecialTokens("<|endoftext|>", "<|im_start|>", "<|im_end|>")
            .train(List.of("the cat sat on the mat.\n\n".repeat(20)).iterator()).withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END);
    private static final ChatRows CHATS = ChatRows.of(TOKENIZER, ChatTemplate.chatMl(), 64);
    private static final ModelConfig CONFIG = ModelConfig.qwen3(TOKENIZER.vocabSize(), 64, 16, 2, 2, 1, 32);

    /** Something in which the answers of a random model differ. */
    private static final Reward REWARD = Reward.of("odd", rollout -> rollout.text().length() % 3 / 2.0);

    @TempDir
    Path folder;

    private static List<Question> questions() {
        return List.of("cat", "mat", "the", "on the").stream()
                .map(text -> Question.of(
                        new VerifiablePrompt(Chat.of(List.of(Message.user(text))), "sat", JsonNodeFactory.instance.objectNode()),
                        CHATS))
                .toList();
    }

    private static TrainableLM model() {
        var model = TrainableLM.create(CONFIG, 3);
        model.computeIn(DType.FLOAT32);
        return model;
    }

    private static Rollouts rollouts() {
        return new Rollouts(CHATS, RolloutSettings.DEFAULT.withAnswers(EACH, 7), List.of());
    }

    private static Grpo grpo(GrpoSettings settings) {
        return Grpo.of(settings, rollouts(), Rewards.of(REWARD), SEED);
    }

    private static void learn(TrainableLM model) {
        for (var p : model.parameters().all()) p.learn(true);
    }

    /** The loss of a step as the papers have it, of ln p of all tokens; old probabilities and reference are those of the sampling. */
    private static double loss(GrpoLoss type, List<double[]> now, List<double[]> old, double[] advantages, double beta) {
        double sum = 0, tokens = 0;
        for (int a = 0; a < now.size(); a++) {
            double own = 0;
            for (int t = 0; t < now.get(a).length; t++) {
                var ratio = Math.exp(now.get(a)[t] - old.get(a)[t]);
                var back = old.get(a)[t] - now.get(a)[t];
                own -= Math.min(ratio * advantages[a], Math.max(0.8, Math.min(1.2, ratio)) * advantages[a]);
                own += beta * (Math.exp(back) - back - 1);
            }
            tokens += now.get(a).length;
            sum += type == GrpoLoss.GRPO ? own / now.get(a).length : own;
        }
        return type == GrpoLoss.DAPO ? sum / tokens : type == GrpoLoss.GRPO ? sum / now.size() : sum / now.size() / 7;
    }

    @ParameterizedTest
    @EnumSource(GrpoLoss.class)
    void aStepsGradientIsTheSlopeOfThePapersLoss(GrpoLoss type) {
        try (var model = model(); var other = model(); var sampled = model().running()) {
            learn(model);
            learn(other);
            var questions = questions();
            var tally = grpo(GrpoSettings.DEFAULT.withLossType(type)).step(model,
                    List.of(questions.subList(0, 3), questions.subList(3, 4)));
            var tried = rollouts().sample(sampled.model(), questions, Rollouts.seed(SEED, 0, 0));
            var advantages = new double[tried.size()];
            for (int g = 0; g < questions.size(); g++) {
                var rewards = tried.subList(g * EACH, (g + 1) * EACH).stream().mapToDouble(REWARD::of).toArray();
                double mean = 0, squares = 0;
                for (var reward : rewards) mean += reward / EACH;
                for (var reward : rewards) squares += (reward - mean) * (reward - mean);
                for (int i = 0; i < EACH; i++) advantages[g * EACH + i] = (rewards[i] - mean) / (Math.sqrt(squares / (EACH - 1)) + 1e-4);
            }
            var rows = tried.stream().map(rollout -> rollout.row()).toList();
            var now = new ArrayList<double[]>();
            try (var pass = other.pass(TrainingBatch.of(rows))) {
                var all = pass.logprobs();
                var at = 0;
                for (var row : rows) now.add(java.util.Arrays.copyOfRange(all, at, at += row.targets()));
                var weights = new double[all.length];
                var w = 0;
                for (var own : now) {
                    for (int t = 0; t < own.length; t++) {
                        var was = own[t];
                        var old = now.stream().map(double[]::clone).toList();
                        old.get(now.indexOf(own))[t] = was;
                        own[t] = was + 1e-6;
                        var up = loss(type, now, old, advantages, 0);
                        own[t] = was - 1e-6;
                        weights[w++] = (up - loss(type, now, old, advantages, 0)) / 2e-6;
                        own[t] = was;
                    }
                }
                pass.backward(weights);
            }
            assertEquals(loss(type, now, now, advantages, 0), tally.loss().mean(), 1e-5);
            assertEquals(tried.stream().mapToDouble(REWARD::of).average().orElseThrow(), tally.means().get("reward"), 1e-12);
            assertTrue(tally.means().get("frac_reward_zero_std") < 1, "some group teaches");
            for (var p : model.parameters().all()) {
                assertArrayEquals(other.parameters().get(p.name()).gradient().toFloats(), p.gradient().toFloats(), 1e-5f, p.name());
            }
        }
    }

    @Test
    void whatIsLearnedDoesNotDependOnHowAStepIsDivided() {
        try (var model = model(); var other = model()) {
            learn(model);
            learn(other);
            var questions = questions();
            var whole = grpo(GrpoSettings.DEFAULT).step(model, List.of(questions));
            var parts = grpo(GrpoSettings.DEFAULT).step(other, List.of(questions.subList(0, 1), questions.subList(1, 4)));
            assertEquals(whole.loss().mean(), parts.loss().mean(), 1e-6);
            for (var p : model.parameters().all())
                assertArrayEquals(p.gradient().toFloats(), other.parameters().get(p.name()).gradient().toFloats(), 1e-5f, p.name());
        }
    }

    private TrainingArguments arguments(String out, String resume) {
        var builder = TrainingArguments.builder().outputDir(folder.resolve(out)).maxSteps(6).perDeviceTrainBatchSize(2).learningRate(1e-2)
                .loggingSteps(1).saveSteps(3).bf16(false).seed(4);
        return resume.isEmpty() ? builder.build() : builder.resumeFromCheckpoint(folder.resolve(resume)).build();
    }

    private static Map<String, float[]> trained(TrainableLM model, TrainingArguments arguments, Grpo grpo, List<TrainEvent.Step> steps) {
        try (var trainer = Trainer.of(model, arguments, grpo, Examples.of(questions()), Optional.<Examples<Question>>empty())) {
            trainer.onEvent(e -> {
                if (e instanceof TrainEvent.Step step) steps.add(step);
            }).train();
            var weights = new HashMap<String, float[]>();
            model.learned().forEach((name, p) -> weights.put(name, p.value().toFloats()));
            model.parameters().all().forEach(p -> weights.put("all " + p.name(), p.value().toFloats()));
            return weights;
        }
    }

    @Test
    void aRunResumedBetweenTwoStepsOnTheSameAnswersEqualsAnUninterruptedOneBitForBit() {
        var settings = GrpoSettings.DEFAULT.withNumIterations(2); // checkpoint 3 stands between the two
        var all = new ArrayList<TrainEvent.Step>();
        var whole = trained(model(), arguments("a", ""), grpo(settings), all);
        var steps = new ArrayList<TrainEvent.Step>();
        var resumed = trained(model(), arguments("b", "a/checkpoint-3"), grpo(settings), steps);
        assertEquals(4, steps.getFirst().step());
        assertEquals(3, all.stream().filter(step -> step.metrics().containsKey("reward")).count(), "answers of six steps");
        whole.forEach((name, values) -> assertArrayEquals(values, resumed.get(name), name));
    }

    @Test
    void anAdapterMovesAwayFromItsBaseWhichStaysBitForBit() {
        var steps = new ArrayList<TrainEvent.Step>();
        var model = model();
        model.attach(LoraConfig.of(4, 8), 5);
        var before = new HashMap<String, float[]>();
        model.parameters().all().forEach(p -> before.put("all " + p.name(), p.value().toFloats()));
        var after = trained(model, arguments("lora", ""), grpo(GrpoSettings.DEFAULT.withBeta(0.1)), steps);
        assertEquals(0, steps.getFirst().metrics().get("kl"), 1e-9);
        assertNotEquals(0, steps.getLast().metrics().get("kl"), 1e-9);
        before.forEach((name, values) -> assertArrayEquals(values, after.get(name), name));
    }

    @Test
    void aWholeModelTakesAReferenceOfItsOwn() {
        try (var model = model()) {
            learn(model);
            var batches = List.of(questions());
            var lost = grpo(GrpoSettings.DEFAULT.withBeta(0.1));
            assertThrows(TrainingException.class, () -> lost.step(model, batches));
            try (var grpo = grpo(GrpoSettings.DEFAULT.withBeta(0.1)).withReference(GrpoTest::model)) {
                assertEquals(0, grpo.step(model, batches).means().get("kl"), 1e-9);
            }
        }
    }

    /** Short answers are wanted: after some steps they are shorter. */
    @Test
    void whatIsRewardedBecomesMoreFrequent() {
        var steps = new ArrayList<TrainEvent.Step>();
        var grpo = Grpo.of(GrpoSettings.DEFAULT, rollouts(), Rewards.of(Reward.of("short", rollout -> -rollout.text().length())), SEED);
        var arguments = TrainingArguments.builder().outputDir(folder.resolve("short")).maxSteps(30).perDeviceTrainBatchSize(4)
                .learningRate(5e-2).loggingSteps(1).saveSteps(0).bf16(false).build();
        trained(model(), arguments, grpo, steps);
        var first = steps.subList(0, 5).stream().mapToDouble(step -> step.metrics().get("reward")).average().orElseThrow();
        var last = steps.subList(25, 30).stream().mapToDouble(step -> step.metrics().get("reward")).average().orElseThrow();
        assertTrue(last > first + 1, first + " became " + last);
    }
}
