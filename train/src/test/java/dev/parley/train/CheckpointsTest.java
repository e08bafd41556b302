package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.Dataset;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import dev.parley.train.Trainer.TrainOutput;
import dev.parley.train.checkpoint.Checkpoints;
import dev.parley.train.checkpoint.Stateful;
import dev.parley.train.checkpoint.TrainerState;
import dev.parley.train.optimizer.Optim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run leaves on the disk, and what the next one makes of it. */
class CheckpointsTest {

    private static final ModelConfig CONFIG = ModelConfig.gpt2(50, 16, 16, 1, 2).withDropout(0.1);
    private static final Dataset ROWS = rows(12, 0);

    @TempDir
    Path folder;

    private Path out;
    private final List<TrainEvent> events = new ArrayList<>();

    @BeforeEach
    void anOutputFolder() {
        out = folder.resolve("out");
    }

    /** @param shift of what is in the middle rows */
    private static Dataset rows(int n, int shift) {
        return Dataset.of(IntStream.range(0, n).mapToObj(
                r -> TrainingRow.of(IntStream.range(0, 8).map(i -> (r * 7 + i * (i + 3) + (r == n / 3 ? shift : 0)) % 50).toArray()))
                .toList());
    }

    private TrainingArguments.Builder arguments() {
        return TrainingArguments.builder().outputDir(out).maxSteps(12).perDeviceTrainBatchSize(3).learningRate(3e-3).saveSteps(4)
                .loggingSteps(1).warmupSteps(2);
    }

    private TrainOutput train(TrainingArguments.Builder arguments) {
        return train(arguments, ROWS, t -> t);
    }

    private TrainOutput train(TrainingArguments.Builder arguments, Dataset rows, UnaryOperator<Trainer> more) {
        events.clear();
        try (var model = TrainableLM.create(CONFIG, 1)) {
            return more.apply(new Trainer(model, arguments.build(), rows, rows(4, 3))).onEvent(events::add).train();
        }
    }

    private List<String> folders() throws IOException {
        try (var files = Files.list(out)) {
            return files.map(f -> f.getFileName().toString()).filter(n -> n.contains("checkpoint-")).sorted().toList();
        }
    }

    private List<String> notes() {
        return events.stream().flatMap(e -> e instanceof TrainEvent.Noted n ? Stream.of(n.sentence()) : Stream.empty()).toList();
    }

    private static UnaryOperator<Trainer> stoppedAt(long step) {
        return trainer -> trainer.onEvent(e -> {
            if (e instanceof TrainEvent.Step s && s.step() == step) trainer.stop();
        });
    }

    // ---- which stay ----

    @Test
    void asManyStayAsTheLimitSaysTheLastAndTheBestAmongThem() throws Exception {
        train(arguments().saveTotalLimit(2));
        assertEquals(List.of("checkpoint-12", "checkpoint-8"), folders(), "the last, evaluated at the end, is the best");
        assertEquals("checkpoint-12",
                out.relativize(train(arguments().saveTotalLimit(2).resumeFromCheckpoint(out)).best().orElseThrow()).toString());

        out = folder.resolve("worse");
        var output = train(arguments().saveTotalLimit(2).evalSteps(4), ROWS, trainer -> trainer.withSchedule(step -> step < 4 ? 3e-3 : 5));
        var losses = events.stream().flatMap(e -> e instanceof TrainEvent.Evaluated v ? Stream.of(v) : Stream.empty()).toList();
        var best = losses.stream().min(java.util.Comparator.comparingDouble(TrainEvent.Evaluated::evalLoss)).orElseThrow().step();
        assertEquals(best, TrainerState.read(Checkpoints.last(out).orElseThrow()).best().orElseThrow().step());
        assertEquals(4, best, "what comes later only harms");
        assertEquals(Stream.of(12L, best).map(s -> "checkpoint-" + s).sorted().toList(), folders());
        assertEquals("checkpoint-" + best, out.relativize(output.best().orElseThrow()).toString());
    }

    @Test
    void theBestIsAlwaysOneThatIsThere() throws Exception {
        var output = train(arguments().evalSteps(3).saveSteps(5).saveTotalLimit(1).loadBestModelAtEnd(true));
        var lowest = events.stream().flatMap(e -> e instanceof TrainEvent.Evaluated v ? Stream.of(v) : Stream.empty())
                .min(java.util.Comparator.comparingDouble(TrainEvent.Evaluated::evalLoss)).orElseThrow();
        assertTrue(Checkpoints.isWhole(out.resolve("checkpoint-" + lowest.step())), folders().toString());
        assertEquals(out.resolve("checkpoint-" + lowest.step()), output.best().orElseThrow());
        for (var whole : Checkpoints.all(out)) {
            var best = TrainerState.read(whole).best();
            if (best.isPresent() && whole.endsWith("checkpoint-12"))
                assertTrue(Checkpoints.isWhole(out.resolve("checkpoint-" + best.get().step())));
        }
    }

    @Test
    void savesBeforeItEvaluatesAndAStopEndsALongEvaluation() throws Exception {
        var order = new ArrayList<String>();
        var output = train(arguments().evalSteps(4), ROWS, trainer -> trainer.onEvent(e -> {
            order.add(e.getClass().getSimpleName() + e.step());
            if (e instanceof TrainEvent.Saved s && s.step() == 8) trainer.stop(); // what follows is the evaluation
        }));
        assertTrue(output.interrupted());
        assertTrue(order.indexOf("Saved4") < order.indexOf("Evaluated4"), order.toString());
        assertFalse(order.contains("Evaluated8"), order.toString());
        assertTrue(Checkpoints.isWhole(out.resolve("checkpoint-8")));
        assertEquals(4, train(arguments().evalSteps(4).resumeFromCheckpoint(out)).stepsNow());
    }

    // ---- whose line it is ----

    @Test
    void aRunThatGoesOnFromEarlierKeepsWhatItWritesAndTheOthersGoAside() throws Exception {
        train(arguments());
        assertEquals(List.of("checkpoint-12", "checkpoint-4", "checkpoint-8"), folders());
        var first = arguments().saveTotalLimit(1).saveSteps(2).resumeFromCheckpoint(out.resolve("checkpoint-4"));
        assertTrue(train(first, ROWS, stoppedAt(6)).interrupted());
        assertEquals(out.resolve("checkpoint-6"), Checkpoints.last(out).orElseThrow());
        assertEquals(List.of("checkpoint-12.abandoned", "checkpoint-6", "checkpoint-8.abandoned"), folders());
        assertEquals(2, notes().stream().filter(n -> n.contains(".abandoned")).count(), notes().toString());

        var output = train(arguments().saveTotalLimit(1).saveSteps(2).resumeFromCheckpoint(out));
        assertEquals(6, output.stepsNow());
        assertEquals(List.of("checkpoint-12", "checkpoint-12.abandoned", "checkpoint-8.abandoned"), folders());
    }

    @Test
    void theCheckpointsOfAnotherRunAreNotMixedWithThoseOfOneResumedFromElsewhere() throws Exception {
        train(arguments());
        var elsewhere = out.resolve("checkpoint-4");
        out = folder.resolve("other");
        train(arguments().maxSteps(8));
        assertThrows(TrainingException.class, () -> train(arguments().resumeFromCheckpoint(elsewhere)));
        train(arguments().overwriteOutputDir(true).resumeFromCheckpoint(elsewhere));
        assertEquals(List.of("checkpoint-12", "checkpoint-8"), folders());
    }

    // ---- killed at a bad moment ----

    @Test
    void halfACheckpointIsNoneAndWhatAKillLeftIsSweptAway() throws Exception {
        train(arguments().maxSteps(8));
        Files.delete(out.resolve("checkpoint-8/trainer_state.json")); // a deletion by hand, broken off
        Files.createDirectories(out.resolve(".checkpoint-4.deleted/x"));
        Files.createDirectories(out.resolve(".checkpoint-12.part"));
        Files.writeString(out.resolve(".model.safetensors.00000000-0000-0000-0000-000000000000.part"), "half");
        Files.writeString(out.resolve(".mine.part"), "not ours");
        assertEquals(out.resolve("checkpoint-4"), Checkpoints.last(out).orElseThrow());
        assertEquals(4, train(arguments().maxSteps(8).resumeFromCheckpoint(out)).stepsNow());
        try (var files = Files.list(out)) {
            assertEquals(List.of(".mine.part"), files.map(f -> f.getFileName().toString()).filter(n -> n.startsWith(".")).toList());
        }
        assertTrue(Files.exists(out.resolve("checkpoint-8.abandoned/model.safetensors")),
                "what somebody took a part out of is not ours to delete");
    }

    @Test
    void resumingBeforeTheFirstCheckpointBeginsAndSaysSo() throws Exception {
        var output = train(arguments().resumeFromCheckpoint(out));
        assertEquals(12, output.stepsNow());
        assertTrue(notes().getFirst().contains("nothing to resume"), notes().toString());
        var fault = assertThrows(TrainingException.class, () -> train(arguments().resumeFromCheckpoint(folder.resolve("elsewhere"))));
        assertTrue(fault.getMessage().contains("elsewhere is no whole checkpoint"), fault.getMessage());
    }

    @Test
    void aFinishedRunThatIsResumedTellsItsLosses() {
        var output = train(arguments());
        var again = train(arguments().resumeFromCheckpoint(out));
        assertEquals(0, again.stepsNow());
        assertFalse(again.interrupted());
        assertEquals(List.of(12.0, output.trainLoss(), output.evalLoss().orElseThrow()),
                List.of((double) again.globalStep(), again.trainLoss(), again.evalLoss().orElseThrow()));
        assertFalse(events.stream().anyMatch(e -> e instanceof TrainEvent.Saved || e instanceof TrainEvent.Evaluated), events.toString());
    }

    // ---- a full disk ----

    @Test
    void trainingGoesOnWhereACheckpointCannotBeWrittenAndSavesTheNext() throws Exception {
        var output = train(arguments(), ROWS, trainer -> trainer.withFiles(fullAt(8)));
        assertEquals(12, output.globalStep());
        assertEquals(List.of("checkpoint-12", "checkpoint-4"), folders());
        assertTrue(notes().size() == 1 && notes().getFirst().contains("No space left"), notes().toString());
    }

    @Test
    void anInterruptedRunWhoseCheckpointCannotBeWrittenFailsAndLeavesNoPart() throws Exception {
        var fault = assertThrows(UncheckedIOException.class,
                () -> train(arguments(), ROWS, trainer -> stoppedAt(6).apply(trainer.withFiles(fullAt(6)))));
        assertTrue(fault.getMessage().contains("checkpoint-6 cannot be written: No space left"), fault.getMessage());
        assertEquals(List.of("checkpoint-4"), folders());
    }

    @Test
    void theLastCheckpointOfARunNeedNotFitForItsModelToBeSaved() throws Exception {
        var output = train(arguments(), ROWS, trainer -> trainer.withFiles(fullAt(12)));
        assertFalse(output.interrupted());
        assertEquals(1, notes().size(), "told once, though the best would be saved too: " + notes());
        assertEquals(List.of("checkpoint-4", "checkpoint-8"), folders());
    }

    private static Stateful.Content fullAt(long step) {
        return part -> {
            if (part.endsWith(".checkpoint-" + step + ".part")) throw new IOException("No space left on device");
        };
    }

    // ---- what a resume compares ----

    private void refused(String named, TrainingArguments.Builder arguments, Dataset rows) {
        var fault = assertThrows(TrainingException.class, () -> train(arguments.resumeFromCheckpoint(out), rows, t -> t));
        assertTrue(fault.getMessage().contains(named + " is ") && fault.getMessage().contains("--resume-anyway"), fault.getMessage());
    }

    @Test
    void whatDiffersIsNamedAndGoesOnOnlyIfAsked() {
        train(arguments(), ROWS, stoppedAt(6));
        refused("training rows", arguments(), rows(12, 1)); // one row of twelve
        refused("training rows", arguments(), masked(ROWS));
        refused("learning_rate", arguments().learningRate(0.1), ROWS);
        refused("weight_decay", arguments().weightDecay(0.5), ROWS);
        refused("steps (max_steps or num_train_epochs)", arguments().maxSteps(9), ROWS);
        refused("adam_beta2", arguments().adamBeta2(0.95), ROWS);
        refused("optim", arguments().optim(Optim.MUON), ROWS);
        refused("per_device_train_batch_size", arguments().perDeviceTrainBatchSize(4), ROWS);
        assertEquals(3, train(arguments().maxSteps(9).resumeFromCheckpoint(out), ROWS, Trainer::resumeAnyway).stepsNow());
        assertTrue(notes().getFirst().contains("is 9, was 12"), notes().toString());
    }

    @Test
    void whatOnlySavesEvaluatesOrLogsMayDiffer() {
        train(arguments(), ROWS, stoppedAt(6));
        var other = arguments().saveSteps(5).saveTotalLimit(3).evalSteps(2).loggingSteps(3).perDeviceEvalBatchSize(2)
                .resumeFromCheckpoint(out);
        assertEquals(6, train(other).stepsNow());
        assertEquals(List.of(), notes());
    }

    @Test
    void aScheduleThatDoesNotKnowItsEndMayGoOnLonger() {
        train(arguments().lrSchedulerType(LrSchedule.Type.CONSTANT));
        assertEquals(6, train(arguments().lrSchedulerType(LrSchedule.Type.CONSTANT).maxSteps(18).resumeFromCheckpoint(out)).stepsNow());
    }

    private static Dataset masked(Dataset rows) {
        return Dataset.of(IntStream.range(0, rows.size()).mapToObj(rows::get).map(row -> {
            var labels = row.labels().clone();
            labels[1] = TrainingRow.IGNORED;
            return TrainingRow.of(row.inputIds(), labels);
        }).toList());
    }
}
