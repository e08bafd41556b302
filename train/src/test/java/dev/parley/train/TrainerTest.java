package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.Dataset;
import dev.parley.data.Packing;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingBatch;
import dev.parley.model.TrainingRow;
import dev.parley.tensor.Engine;
import dev.parley.torch.TrainableLM;
import dev.parley.train.checkpoint.Checkpoints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {

    private static final ModelConfig CONFIG = ModelConfig.gpt2(50, 32, 16, 2, 2).withDropout(0.1);

    @TempDir
    Path folder;

    private static List<TrainingRow> rows(int n, int length) {
        var random = new SplittableRandom(3);
        var rows = new ArrayList<TrainingRow>();
        for (int r = 0; r < n; r++) {
            var ids = new int[length - r % 5];
            for (int i = 0; i < ids.length; i++) ids[i] = i % 3 == 0 ? random.nextInt(50) : (ids[i - 1] * 7 + 1) % 50;
            rows.add(TrainingRow.of(ids));
        }
        return rows;
    }

    private static Consumer<TrainEvent> losses(List<Double> into) {
        return e -> {
            if (e instanceof TrainEvent.Step step) into.add(step.loss());
        };
    }

    /** Rows of which one, when it has been taken so often that training asks for it in the middle, stops the run. */
    private static final class Stopping implements Dataset {

        private static Runnable stop;
        private final Dataset rows;
        private final int after;
        private int taken;

        Stopping(Dataset rows, int after) {
            this.rows = rows;
            this.after = after;
        }

        @Override
        public int size() {
            return rows.size();
        }

        @Override
        public TrainingRow get(int index) {
            if (++taken == after) stop.run();
            return rows.get(index);
        }

        @Override
        public long fingerprint() {
            return rows.fingerprint();
        }
    }

    private TrainingArguments.Builder arguments(String name) {
        return TrainingArguments.builder().outputDir(folder.resolve(name)).maxSteps(12).perDeviceTrainBatchSize(3).learningRate(3e-3)
                .saveSteps(4).loggingSteps(1).warmupSteps(2).groupByLength(true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resumedRunEqualsUninterruptedRun(boolean bf16) {
        var dataset = Dataset.of(rows(11, 20)); // an epoch of four batches: the resume falls into the second
        try (var whole = TrainableLM.create(CONFIG, 1); var parts = TrainableLM.create(CONFIG, 1);
                var again = TrainableLM.create(CONFIG, 2)) {
            List<Double> wholeLosses = new ArrayList<>(), losses = new ArrayList<>();
            var uninterrupted = new Trainer(whole, arguments("whole").bf16(bf16).loggingSteps(4).build(), dataset)
                    .onEvent(losses(wholeLosses)).train();
            var first = new Trainer(parts, arguments("parts").bf16(bf16).loggingSteps(4).build(), new Stopping(dataset, 6 * 3));
            first.onEvent(losses(losses));
            Stopping.stop = first::stop;
            var output = first.train();
            assertTrue(output.interrupted());
            assertTrue(output.globalStep() % 4 != 0, "in the middle of what an event tells");
            var resumed = new Trainer(again,
                    arguments("parts").bf16(bf16).loggingSteps(4).resumeFromCheckpoint(folder.resolve("parts")).build(), dataset)
                    .onEvent(losses(losses)).train();
            assertEquals(wholeLosses, losses);
            assertEquals(uninterrupted.trainLoss(), resumed.trainLoss());
            assertEquals(12 - output.globalStep(), resumed.stepsNow());
            for (var p : whole.parameters().all()) assertTrue(p.value().contentEquals(again.parameters().get(p.name()).value()), p.name());
        }
    }

    @Test
    void aFolderWithCheckpointsIsNotOverwrittenUnasked() {
        var dataset = Dataset.of(rows(11, 20));
        try (var model = TrainableLM.create(CONFIG, 1)) {
            new Trainer(model, arguments("out").build(), dataset).train();
            assertThrows(TrainingException.class, () -> new Trainer(model, arguments("out").build(), dataset).train());
            new Trainer(model, arguments("out").overwriteOutputDir(true).maxSteps(2).build(), dataset).train();
            assertEquals(List.of(folder.resolve("out/checkpoint-2")), Checkpoints.all(folder.resolve("out")));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aStepWithoutATargetIsRefused() {
        var masked = new int[8];
        java.util.Arrays.fill(masked, TrainingRow.IGNORED);
        var dataset = Dataset.of(List.of(TrainingRow.of(new int[8], masked)));
        try (var model = TrainableLM.create(CONFIG, 1)) {
            var fault = assertThrows(TrainingException.class, () -> new Trainer(model, arguments("out").build(), dataset).train());
            assertTrue(fault.getMessage().contains("no target"), fault.getMessage());
        }
    }

    @Test
    void aLossThatIsNotFiniteStopsTheRunAndNamesStepAndTensor() {
        try (var model = TrainableLM.create(CONFIG, 1)) {
            model.parameters().get("transformer.h.1.mlp.c_fc.bias").value().fillInPlace(Double.NaN);
            var fault = assertThrows(TrainingException.class,
                    () -> new Trainer(model, arguments("out").build(), Dataset.of(rows(11, 20))).train());
            assertTrue(fault.getMessage().contains("Step 0") && fault.getMessage().contains("transformer."), fault.getMessage());
        }
    }

    @Test
    void packedDocumentsGiveTheLossOfDocumentsAlone() {
        var documents = rows(9, 12);
        var packed = Packing.pack(documents, 32);
        assertTrue(packed.size() < documents.size());
        try (var model = TrainableLM.create(CONFIG, 1)) {
            model.computeIn(DType.FLOAT32);
            var trainer = new Trainer(model, arguments("out").bf16(false).build(), Dataset.of(documents));
            assertEquals(trainer.evaluate(Dataset.of(documents)), trainer.evaluate(Dataset.of(packed)), 1e-5); // sums of float32
            var alone = documents.stream().mapToLong(d -> model.loss(TrainingBatch.of(List.of(d))).targets()).sum();
            assertEquals(alone, packed.stream().mapToLong(TrainingRow::targets).sum());
        }
    }

    @Test
    void twoHundredStepsLeaveNoNativeMemory() {
        var dataset = Dataset.of(rows(11, 20));
        try (var model = TrainableLM.create(CONFIG, 1)) {
            var bytes = new ArrayList<Long>();
            new Trainer(model, arguments("out").maxSteps(220).saveSteps(0).build(), dataset)
                    .onEvent(e -> bytes.add(Engine.liveNativeObjects())).train();
            assertEquals(bytes.get(19), bytes.get(219), "pointers held after 20 and after 220 steps");
        }
    }

    @Test
    void everyFaultOfTheArgumentsIsListed() {
        var fault = assertThrows(IllegalArgumentException.class,
                () -> TrainingArguments.builder().learningRate(-1).perDeviceTrainBatchSize(0).adamBeta1(2)
                        .lrSchedulerType(LrSchedule.Type.WARMUP_STABLE_DECAY).build());
        for (var name : List.of("learning_rate", "per_device_train_batch_size", "adam_beta1", "num_decay_steps"))
            assertTrue(fault.getMessage().contains(name));
    }
}
