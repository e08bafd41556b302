package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.Dataset;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import dev.parley.train.Trainer.TrainOutput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What arguments and callbacks make of a run: when it evaluates, saves, reports and ends, and with which weights. */
class RunSettingsTest {

    private static final ModelConfig CONFIG = ModelConfig.gpt2(50, 16, 16, 1, 2).withDropout(0.1);
    private static final Dataset ROWS = rows(12, 0);

    @TempDir
    Path folder;

    private final List<TrainEvent> events = new ArrayList<>();
    private Map<String, float[]> weights = Map.of(); // that the last run ended with

    private static Dataset rows(int n, int shift) {
        return Dataset.of(IntStream.range(0, n)
                .mapToObj(r -> TrainingRow.of(IntStream.range(0, 8).map(i -> (r * 7 + i * (i + 3) + shift) % 50).toArray())).toList());
    }

    /** An epoch has four steps. */
    private TrainingArguments.Builder arguments(String out) {
        return TrainingArguments.builder().outputDir(folder.resolve(out)).numTrainEpochs(3).perDeviceTrainBatchSize(3).learningRate(3e-3)
                .saveSteps(4).loggingSteps(1).bf16(false);
    }

    /** A run that gets worse after its second step. */
    private TrainOutput harmful(TrainingArguments.Builder arguments, UnaryOperator<Trainer> more) {
        return train(arguments.saveSteps(100), trainer -> more.apply(trainer.withSchedule(step -> step < 2 ? 3e-3 : 5)));
    }

    private TrainOutput harmful(TrainingArguments.Builder arguments) {
        return harmful(arguments, trainer -> trainer);
    }

    private TrainOutput train(TrainingArguments.Builder arguments, UnaryOperator<Trainer> more) {
        events.clear();
        try (var model = TrainableLM.create(CONFIG, 1)) {
            var output = more.apply(new Trainer(model, arguments.build(), ROWS, rows(4, 3)).onEvent(events::add)).train();
            weights = weights(model);
            return output;
        }
    }

    private TrainOutput train(TrainingArguments.Builder arguments) {
        return train(arguments, t -> t);
    }

    private static Map<String, float[]> weights(TrainableLM model) {
        var weights = new LinkedHashMap<String, float[]>();
        for (var p : model.parameters().all()) weights.put(p.name(), p.value().detach().toFloats());
        return weights;
    }

    private void assertEndsWith(Map<String, float[]> expected) {
        expected.forEach((name, values) -> org.junit.jupiter.api.Assertions.assertArrayEquals(values, weights.get(name), name));
    }

    private <T extends TrainEvent> List<Long> stepsOf(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(TrainEvent::step).toList();
    }

    private static UnaryOperator<Trainer> stoppedAfter(long step) {
        return trainer -> trainer.onEvent(e -> {
            if (e instanceof TrainEvent.Step s && s.step() == step) trainer.stop();
        });
    }

    // ---- when ----

    @Test
    void strategiesOfAnEpochEvaluateSaveAndReportAtItsEnd() {
        train(arguments("out").evalStrategy(IntervalStrategy.EPOCH).saveStrategy(IntervalStrategy.EPOCH)
                .loggingStrategy(IntervalStrategy.EPOCH).loggingFirstStep(true).evalDelay(2));
        assertEquals(List.of(8L, 12L), stepsOf(TrainEvent.Evaluated.class));
        assertEquals(List.of(4L, 8L, 12L), stepsOf(TrainEvent.Saved.class));
        assertEquals(List.of(1L, 4L, 8L, 12L), stepsOf(TrainEvent.Step.class));
    }

    @Test
    void whatIsBelowOneIsAPartOfAllSteps() {
        train(arguments("out").evalSteps(0.25).saveSteps(0.5).loggingSteps(0.3).evalOnStart(true));
        assertEquals(List.of(0L, 3L, 6L, 9L, 12L), stepsOf(TrainEvent.Evaluated.class));
        assertTrue(stepsOf(TrainEvent.Saved.class).containsAll(List.of(6L, 12L)));
        assertEquals(List.of(4L, 8L, 12L), stepsOf(TrainEvent.Step.class)); // 3.6 steps, rounded up
    }

    @Test
    void aRunThatSavesTheBestOnlySavesNothingElseBeforeItsEnd() {
        harmful(arguments("out").evalSteps(2).saveStrategy(IntervalStrategy.BEST));
        assertEquals(List.of(2L, 12L), stepsOf(TrainEvent.Saved.class));
    }

    @Test
    void warmupIsAPartOfTheStepsWhereItIsBelowOne() {
        for (var arguments : List.of(arguments("a").warmupSteps(0.25), arguments("b").warmupRatio(0.25), arguments("c").warmupSteps(3)))
            assertEquals(3e-3 / 3, LrSchedule.of(arguments.build(), 12).at(1), 1e-9);
        assertTrue(arguments("a").lrSchedulerType(LrSchedule.Type.CONSTANT_WITH_WARMUP).warmupRatio(0.1).build().knowsItsEnd());
        assertFalse(arguments("a").lrSchedulerType(LrSchedule.Type.CONSTANT_WITH_WARMUP).warmupSteps(3).build().knowsItsEnd());
    }

    // ---- with which weights, and until when ----

    @Test
    void theRunEndsWithTheBestModelWhereThatIsAskedFor() {
        var output = harmful(arguments("out").evalSteps(2).loadBestModelAtEnd(true).saveTotalLimit(1));
        try (var best = TrainableLM.fromPretrained(output.best().orElseThrow(), DType.FLOAT32)) {
            assertEndsWith(weights(best));
        }
        assertTrue(output.best().get().endsWith("checkpoint-2"));
    }

    @Test
    void evaluationsThatGetNoBetterEndTheRunAtTheSameStepAlsoAcrossAResume() {
        var output = harmful(arguments("out").evalSteps(1).earlyStoppingPatience(3));
        assertFalse(output.interrupted());
        assertEquals(2 + 3, output.globalStep());
        var ended = Map.copyOf(weights);
        var again = arguments("out").evalSteps(1).earlyStoppingPatience(3).resumeFromCheckpoint(folder.resolve("out"));
        assertEquals(0, harmful(again).stepsNow());

        assertTrue(harmful(arguments("parts").evalSteps(1).earlyStoppingPatience(3), stoppedAfter(4)).interrupted());
        var resumed = arguments("parts").evalSteps(1).earlyStoppingPatience(3).resumeFromCheckpoint(folder.resolve("parts"));
        assertEquals(5, harmful(resumed).globalStep());
        assertEndsWith(ended);
    }

    /** The average by another path: in double precision, from what each step leaves. */
    @Test
    void theModelIsTheAverageOfItsWeightsAndAResumedAverageIsExact() {
        var averages = new LinkedHashMap<String, double[]>();
        UnaryOperator<Trainer> averaging = trainer -> {
            weights(trainer.model())
                    .forEach((name, w) -> averages.put(name, IntStream.range(0, w.length).mapToDouble(i -> w[i]).toArray()));
            return trainer.with(new TrainerCallback() {
                @Override
                public void onStep(StepDone step, TrainerControl control) {
                    var kept = Math.min(0.7, (1.0 + step.step()) / (10.0 + step.step()));
                    weights(trainer.model()).forEach((name, w) -> {
                        for (int i = 0; i < w.length; i++) averages.get(name)[i] = kept * averages.get(name)[i] + (1 - kept) * w[i];
                    });
                }
            });
        };
        var output = train(arguments("whole").emaDecay(0.7), averaging);
        weights.forEach((name, w) -> {
            for (int i = 0; i < w.length; i++) assertEquals(averages.get(name)[i], w[i], 1e-5, name); // float32 against double
        });
        var whole = Map.copyOf(weights);
        try (var saved = TrainableLM.fromPretrained(folder.resolve("whole/checkpoint-12"), DType.FLOAT32)) {
            assertEndsWith(weights(saved)); // the checkpoint is a model, and it is the average
            try (var trainer = new Trainer(saved, arguments("none").build(), ROWS)) {
                assertEquals(output.evalLoss().orElseThrow(), trainer.evaluate(rows(4, 3)), 0.0, "what is evaluated is the average too");
            }
        }
        train(arguments("parts").emaDecay(0.7), stoppedAfter(6));
        train(arguments("parts").emaDecay(0.7).resumeFromCheckpoint(folder.resolve("parts")));
        assertEndsWith(whole);
    }

    @Test
    void threeMoreEpochsGoOnWithTheLearningRateOfTheLongerRun() {
        train(arguments("out"));
        var output = train(arguments("out").numTrainEpochs(6).resumeFromCheckpoint(folder.resolve("out")));
        assertEquals(24, output.globalStep());
        assertEquals(12, output.stepsNow());
        var first = (TrainEvent.Step) events.stream().filter(TrainEvent.Step.class::isInstance).findFirst().orElseThrow();
        assertEquals(LrSchedule.of(arguments("out").build(), 24).at(12), first.learningRate());
        assertTrue(events.stream().anyMatch(e -> e instanceof TrainEvent.Noted n && n.sentence().contains("24 steps")), events.toString());
    }

    @Test
    void smallDataChangesDefaultsAndNoValueThatIsGiven() {
        var small = TrainingArguments.builder().smallData(true).adamBeta2(0.95).build();
        assertEquals(Optional.of(0.2), small.get(TrainingSettings.DROPOUT));
        assertEquals(0.1, small.get(TrainingSettings.WEIGHT_DECAY));
        assertEquals(0.95, small.get(TrainingSettings.ADAM_BETA2));
    }

    @Test
    void theLastBatchOfAnEpochIsLeftOutWhereItIsNotFull() {
        var tokens = new ArrayList<Long>();
        try (var model = TrainableLM.create(CONFIG, 1)) {
            var arguments = arguments("out").perDeviceTrainBatchSize(5).numTrainEpochs(2).dataloaderDropLast(true).groupByLength(true);
            new Trainer(model, arguments.build(), ROWS).with(new TrainerCallback() {
                @Override
                public void onStep(StepDone step, TrainerControl control) {
                    tokens.add(step.tokens());
                }
            }).train();
        }
        assertEquals(List.of(40L, 40L, 40L, 40L), tokens);
    }

    @Test
    void theOrderOfTheRowsHasASeedOfItsOwn() {
        train(arguments("a"));
        var first = Map.copyOf(weights);
        train(arguments("b").dataSeed(42));
        assertEndsWith(first); // that of seed
        train(arguments("c").dataSeed(43));
        assertTrue(first.keySet().stream().anyMatch(name -> !java.util.Arrays.equals(first.get(name), weights.get(name))));
    }

    // ---- callbacks ----

    /** Counts its steps, and asks for everything once. */
    private static final class Asking implements TrainerCallback {

        private int steps;

        @Override
        public void onStep(StepDone step, TrainerControl control) {
            steps++;
            if (step.step() == 3) control.log();
            if (step.step() == 5) control.save();
            if (step.step() == 6) control.evaluate();
            if (step.step() == 9) control.stop();
        }

        @Override
        public Optional<String> state() {
            return Optional.of("" + steps);
        }

        @Override
        public void restore(String state) {
            steps = Integer.parseInt(state);
        }
    }

    @Test
    void aCallbackMayAskToReportSaveEvaluateAndEnd() {
        var output = train(arguments("out").loggingSteps(100).saveSteps(100), trainer -> trainer.with(new Asking()));
        assertEquals(List.of(3L, 9L), stepsOf(TrainEvent.Step.class));
        assertTrue(stepsOf(TrainEvent.Saved.class).containsAll(List.of(5L, 9L)));
        assertEquals(List.of(6L, 9L), stepsOf(TrainEvent.Evaluated.class));
        assertEquals(9, output.globalStep());
        assertFalse(output.interrupted(), "it is at its end");
    }

    @Test
    void whatACallbackRemembersComesBackWithTheCheckpoint() {
        train(arguments("out"), trainer -> stoppedAfter(6).apply(trainer.with(new Asking())));
        var again = new Asking();
        assertEquals(3, train(arguments("out").resumeFromCheckpoint(folder.resolve("out")), trainer -> trainer.with(again)).stepsNow());
        assertEquals(9, again.steps);
    }

    @Test
    void aMetricThatNoEvaluationHasIsNamed() {
        var fault = assertThrows(TrainingException.class, () -> train(arguments("out").evalSteps(2).metricForBestModel("accuracy")));
        assertTrue(fault.getMessage().contains("eval_accuracy") && fault.getMessage().contains("eval_loss"), fault.getMessage());
    }
}
