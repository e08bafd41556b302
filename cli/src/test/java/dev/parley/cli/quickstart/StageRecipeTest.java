package dev.parley.cli.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.data.Dataset;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.train.LrSchedule;
import dev.parley.train.TrainingArguments;
import dev.parley.train.TrainingSettings;
import dev.parley.train.optimizer.NewtonSchulz;
import dev.parley.train.optimizer.Optim;
import dev.parley.train.recipe.Recipe;
import dev.parley.train.recipe.TrainingStage;
import dev.parley.train.report.ReportTo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings that the figures of docs/benchmarks.md were measured with. */
class StageRecipeTest {

    private static final Dataset ROWS = Dataset.of(List.of(TrainingRow.of(new int[] {1, 2, 3})));

    @TempDir
    Path folder;

    private Plan plan;

    @BeforeEach
    void aTokenizer() throws IOException {
        plan = new Plan(folder.resolve("model"), 5, OptionalLong.of(600), 42, List.of(), false);
        BpeTrainer.of(290).withSpecialTokens(Quickstart.END_OF_TEXT, ChatTemplate.START, ChatTemplate.END)
                .train(List.of("a cat and a dog").iterator())
                .withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END).save(plan.tokenizer());
    }

    private static TrainingArguments.Builder shared(long steps) {
        return TrainingArguments.builder().maxSteps(steps).perDeviceTrainBatchSize(4).perDeviceEvalBatchSize(4).optim(Optim.MUON)
                .muonMomentum(0.9)
                .nsCoefficients(NewtonSchulz.POLAR_EXPRESS).nsSteps(3).muonBlockSize(64).adamBeta2(0.95).weightDecay(0.1).loggingSteps(5)
                .saveTotalLimit(1).seed(42).reportTo(ReportTo.NONE)
                .lrSchedulerType(LrSchedule.Type.COSINE_WITH_MIN_LR).evalSteps(Math.floorDiv(steps, 3))
                .warmupSteps(Math.floorDiv(steps, 30));
    }

    private static void assertArguments(TrainingArguments expected, Recipe recipe, ModelConfig model) throws IOException {
        try (var trainer = recipe.withRows(ROWS).open()) {
            for (var setting : TrainingSettings.all())
                assertEquals(expected.get(setting), trainer.arguments().get(setting), setting.name());
            assertEquals(model, trainer.model().config());
        }
    }

    @Test
    void theStagesTrainAsTheyWereTuned() throws IOException {
        var tokenizer = Tokenizer.load(plan.tokenizer());
        int begin = tokenizer.idOf(Quickstart.END_OF_TEXT).orElseThrow(), end = tokenizer.idOf(ChatTemplate.END).orElseThrow();
        var model = ModelConfig.qwen3(tokenizer.vocabSize(), 256, 256, 3, 4, 4, 512).withSpecialTokens(begin, end);
        assertArguments(shared(300).outputDir(plan.checkpoints(TrainingStage.PRETRAIN)).learningRate(0.014).muonLearningRate(0.01)
                .lrSchedulerKwargs(LrSchedule.Shape.DEFAULT.withMinLrRate(0.05)).saveSteps(60).build(),
                StageRecipe.pretrain(plan, Shape.SMALL, 300), model);
        var base = folder.resolve("base");
        try (var trainer = StageRecipe.pretrain(plan, Shape.SMALL, 300).withRows(ROWS).open()) {
            trainer.saveModel(base);
        }
        assertArguments(shared(90).outputDir(plan.checkpoints(TrainingStage.SFT)).learningRate(0.01).muonLearningRate(0.007)
                .lrSchedulerKwargs(LrSchedule.Shape.DEFAULT.withMinLrRate(0.02)).saveSteps(50).build(),
                StageRecipe.finetune(plan, Shape.SMALL, 90, base), model);
    }
}
