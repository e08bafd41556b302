package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.data.Dataset;
import dev.parley.files.ChildProcess;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import dev.parley.train.checkpoint.Checkpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong is told at once, in one sentence, and nothing of anybody's is lost by it. */
class FaultsOfRunsTest {

    private static final ModelConfig CONFIG = ModelConfig.gpt2(50, 16, 32, 1, 2);

    @TempDir
    Path folder;

    private final List<TrainEvent> events = new ArrayList<>();

    private static Dataset rows(int... lengths) {
        return Dataset.of(IntStream.range(0, lengths.length)
                .mapToObj(r -> TrainingRow.of(IntStream.range(0, lengths[r]).map(i -> (r * 7 + i * (i + 3)) % 50).toArray())).toList());
    }

    private TrainingArguments.Builder arguments(Path out) {
        return TrainingArguments.builder().outputDir(out).maxSteps(8).perDeviceTrainBatchSize(3).learningRate(3e-3).saveSteps(4)
                .loggingSteps(1).bf16(false);
    }

    private void train(TrainingArguments.Builder arguments) {
        try (var model = TrainableLM.create(CONFIG, 1)) {
            new Trainer(model, arguments.build(), rows(8, 8, 8, 8, 8, 8)).onEvent(events::add).train();
        }
    }

    // ---- the output folder ----

    @Test
    void aFolderThatCannotBeWrittenToIsToldBeforeTheFirstStep() throws IOException {
        var file = Files.writeString(folder.resolve("file"), "no folder");
        var fault = assertThrows(UncheckedIOException.class, () -> train(arguments(file)));
        assertTrue(fault.getMessage().contains("cannot be used") && fault.getMessage().contains("is no folder"), fault.getMessage());
        assertEquals("no folder", Files.readString(file));
        assertEquals(List.of(), events);
    }

    @Test
    void filesOfOthersInCheckpointsStayWhenTheseGo() throws IOException {
        var out = folder.resolve("out");
        Files.createDirectories(out);
        Files.writeString(out.resolve("notes.txt"), "mine");
        train(arguments(out));
        Files.writeString(out.resolve("checkpoint-4/notes.txt"), "mine too");
        Files.createDirectories(out.resolve("checkpoint-8/mine"));
        Files.writeString(out.resolve("checkpoint-8/mine/plot.png"), "mine as well");
        train(arguments(out).overwriteOutputDir(true).saveSteps(2).saveTotalLimit(1));
        assertEquals("mine", Files.readString(out.resolve("notes.txt")));
        assertEquals(List.of(out.resolve("checkpoint-8")), Checkpoints.all(out));
        try (var all = Files.walk(out)) {
            var kept = all.filter(Files::isRegularFile).map(f -> out.relativize(f).toString())
                    .filter(f -> f.endsWith("notes.txt") || f.endsWith("plot.png")).sorted().toList();
            assertEquals(List.of("checkpoint-4.abandoned/notes.txt", "checkpoint-8.abandoned/mine/plot.png", "notes.txt"), kept);
        }
        assertFalse(Files.exists(out.resolve("checkpoint-4.abandoned/model.safetensors")), "what Parley wrote is gone");
    }

    @Test
    void aCheckpointThatDoesNotSayWhatIsItsOwnIsNotDeleted() throws IOException {
        var out = folder.resolve("out");
        train(arguments(out));
        Files.delete(out.resolve("checkpoint-4/checkpoint_files.json"));
        var fault = assertThrows(UncheckedIOException.class, () -> train(arguments(out).overwriteOutputDir(true)));
        assertTrue(fault.getMessage().contains("checkpoint-4 does not say"), fault.getMessage());
        assertTrue(Files.exists(out.resolve("checkpoint-4/model.safetensors")));
    }

    @Test
    void aListOfFilesThatReachesBeyondItsFolderDeletesNothingThere() throws IOException {
        var out = folder.resolve("out");
        train(arguments(out));
        Files.writeString(out.resolve("mine.txt"), "mine");
        Files.writeString(out.resolve("checkpoint-4/checkpoint_files.json"), "[\"../mine.txt\", \"trainer_state.json\"]");
        train(arguments(out).overwriteOutputDir(true));
        assertEquals("mine", Files.readString(out.resolve("mine.txt")));
    }

    @Test
    void aCheckpointOfTheModelAloneIsSmallerAndNotResumed() throws IOException {
        var out = folder.resolve("out");
        train(arguments(out).saveOnlyModel(true));
        assertFalse(Files.exists(out.resolve("checkpoint-8/optimizer.safetensors")));
        var fault = assertThrows(TrainingException.class, () -> train(arguments(out).saveOnlyModel(true).resumeFromCheckpoint(out)));
        assertTrue(fault.getMessage().contains("save_only_model"), fault.getMessage());
    }

    // ---- a full disk ----

    /** A file system of a megabyte, as far as this machine lets us make one. */
    private Path smallDisk() throws IOException, InterruptedException {
        var disk = Files.createDirectory(folder.resolve("disk"));
        try (var mount = ChildProcess.start(
                new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()).redirectErrorStream(true))) {
            assumeTrue(mount.exitCode() == 0, "a small file system needs root");
        } catch (IOException e) {
            assumeTrue(false, "there is no mount: " + e.getMessage());
        }
        return disk;
    }

    private static void unmount(Path disk) throws IOException, InterruptedException {
        try (var umount = ChildProcess.start(new ProcessBuilder("umount", disk.toString()))) {
            umount.exitCode();
        }
    }

    @Test
    void aDiskWithoutRoomIsToldBeforeTheFirstStepAndOneThatFillsUpLater() throws Exception {
        var disk = smallDisk();
        try {
            var out = disk.resolve("out");
            try (var model = TrainableLM.create(CONFIG, 1)) {
                var filled = disk.resolve("filled");
                new Trainer(model, arguments(out).build(), rows(8, 8, 8)).onEvent(events::add).onEvent(e -> {
                    if (e instanceof TrainEvent.Saved s && s.step() == 4) fill(filled);
                }).train();
            }
            assertEquals(List.of(out.resolve("checkpoint-4")), Checkpoints.all(out));
            assertTrue(events.stream().anyMatch(e -> e instanceof TrainEvent.Noted n && n.sentence().contains("the disk has")));
            assertTrue(events.getLast() instanceof TrainEvent.Finished);

            var other = disk.resolve("other");
            var fault = assertThrows(UncheckedIOException.class, () -> train(arguments(other)));
            assertTrue(fault.getMessage().contains("the disk has"), fault.getMessage());
        } finally {
            unmount(disk);
        }
    }

    private static void fill(Path file) {
        try (var out = Files.newOutputStream(file)) {
            while (true) out.write(new byte[1 << 12]);
        } catch (IOException e) {
            // full
        }
    }

    // ---- numbers ----

    /** Only the longest row reaches the position that is not finite; those that share its batch are padded to it. */
    @Test
    void aLossThatIsNotFiniteNamesStepTensorAndRows() {
        try (var model = TrainableLM.create(CONFIG, 1)) {
            model.parameters().get("transformer.wpe.weight").value().narrow(0, 14, 1).fillInPlace(Double.NaN);
            var trainer = new Trainer(model, arguments(folder.resolve("out")).shuffle(false).build(), rows(8, 8, 8, 8, 16, 8));
            var fault = assertThrows(TrainingException.class, trainer::train);
            assertTrue(fault.getMessage().contains("Step 1") && fault.getMessage().contains("transformer.")
                    && fault.getMessage().contains("rows of which 4 alone"), fault.getMessage());
        }
    }

    @Test
    void aLossThatJumpsIsASpikeAndOneThatWandersIsNone() {
        var spikes = new LossSpikes();
        for (long step = 1; step <= 60; step++)
            assertTrue(spikes.after(step, 3 + 0.1 * Math.sin(step) - 0.01 * step).isEmpty(), "step " + step);
        var told = spikes.after(61, 5);
        assertTrue(told.orElseThrow().contains("step 61 is 5.000"), told.toString());
        assertTrue(spikes.after(62, 5).isEmpty(), "told once");
        assertTrue(Stream.of(1, 2, 3).allMatch(n -> new LossSpikes().after(n, 1000).isEmpty()), "nothing to compare with");
    }
}
