package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.Dataset;
import dev.parley.files.ChildProcess;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import dev.parley.train.checkpoint.Checkpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that trains is killed by SIGKILL again and again; more often by {@code -Dparley.test.kills=200}. */
class KilledRunTest {

    private static final int KILLS = Integer.getInteger("parley.test.kills", 20);
    private static final int LIFE = 400; // milliseconds that a run may train, at most

    @TempDir
    Path folder;

    /** The process: goes on with a run, whose dropout, average, evaluations and early stopping all have a state to come through. */
    static final class Child {

        private Child() {}

        public static void main(String[] arguments) throws IOException {
            var out = Path.of(arguments[0]);
            var training = TrainingArguments.builder().outputDir(out).maxSteps(Long.parseLong(arguments[1])).perDeviceTrainBatchSize(3)
                    .gradientAccumulationSteps(2).learningRate(3e-3).lrSchedulerType(LrSchedule.Type.CONSTANT_WITH_WARMUP).warmupSteps(20)
                    .saveSteps(5).saveTotalLimit(2).loggingSteps(7).evalSteps(15).emaDecay(0.9).groupByLength(true).bf16(false)
                    .earlyStoppingPatience(1000).resumeFromCheckpoint(out).build();
            try (var trainer = new Trainer(TrainableLM.create(ModelConfig.gpt2(50, 16, 16, 1, 2).withDropout(0.1), 1), training, rows(31),
                    rows(6))) {
                trainer.with(new TrainerCallback() {
                    @Override
                    public void onStep(StepDone step, TrainerControl control) {
                        if (!Files.exists(Path.of(arguments[2]))) touch(Path.of(arguments[2]));
                    }
                }).train();
                trainer.saveModel();
            }
        }

        private static Dataset rows(int n) {
            return Dataset.of(IntStream.range(0, n)
                    .mapToObj(r -> TrainingRow.of(IntStream.range(0, 6 + r % 9).map(i -> (r * 7 + i * (i + 3)) % 50).toArray())).toList());
        }

        private static void touch(Path file) {
            try {
                Files.createFile(file);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private Path started() {
        return folder.resolve("started");
    }

    private ChildProcess start(String out, long steps) throws IOException {
        Files.deleteIfExists(started());
        return ChildProcess.start(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--add-modules", "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), Child.class.getName(),
                folder.resolve(out).toString(), Long.toString(steps), started().toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()));
    }

    private void runToItsEnd(String out, long steps) throws Exception {
        try (var run = start(out, steps)) {
            assertEquals(0, run.exitCode(), Files.readString(folder.resolve("log")));
        }
    }

    @Test
    void aRunKilledTwentyTimesEndsWithTheWeightsOfOneNeverKilled() throws Exception {
        var random = new SplittableRandom(Long.getLong("parley.test.seed", 7));
        int inWriting = 0;
        var last = 0L;
        for (int n = 0; n < KILLS; n++) {
            try (var run = start("killed", 1_000_000)) {
                if (n % 4 == 0) awaits(run, started());
                else if (n % 4 == 2) awaitsCheckpointAfter(last, run); // however slow the machine is, the run gets on
                if (n % 2 == 0) Thread.sleep(random.nextInt(LIFE));
                else awaits(run, name -> name.endsWith(".part")); // a checkpoint is being written
                run.process().destroyForcibly();
                assertTrue(run.process().waitFor(1, TimeUnit.MINUTES));
                assertEquals(128 + 9, run.process().exitValue(), Files.readString(folder.resolve("log")));
            }
            if (has(name -> name.matches("\\.checkpoint-[0-9]+\\.part"))) inWriting++;
            assertTrue(lastStep("killed") >= last, "nothing that was saved is lost");
            last = lastStep("killed");
        }
        assertTrue(last > 0 && inWriting > 0, last + " steps saved, " + inWriting + " killed while a checkpoint was written");
        var steps = last + 12;
        runToItsEnd("killed", steps);
        runToItsEnd("whole", steps);
        for (var file : List.of("model.safetensors", "checkpoint-" + steps + "/model.safetensors",
                "checkpoint-" + steps + "/learning_weights.safetensors", "checkpoint-" + steps + "/optimizer.safetensors",
                "checkpoint-" + steps + "/rng_state.safetensors")) {
            assertArrayEquals(Files.readAllBytes(folder.resolve("whole").resolve(file)),
                    Files.readAllBytes(folder.resolve("killed").resolve(file)), file);
        }
        assertTrue(!has(name -> name.startsWith(".")), "nothing half done is left");
        System.out.println(KILLS + " kills of a run of " + steps + " steps, " + inWriting + " of them while a checkpoint was written");
    }

    private void awaits(ChildProcess run, Path file) throws Exception {
        for (var end = end(); !Files.exists(file); Thread.sleep(1)) check(run, end);
    }

    private void awaits(ChildProcess run, Predicate<String> name) throws Exception {
        awaits(run, started()); // what the run before left is swept away by now
        for (var end = end(); !has(name); Thread.sleep(1)) check(run, end);
    }

    private void awaitsCheckpointAfter(long step, ChildProcess run) throws Exception {
        for (var end = end(); lastStep("killed") <= step; Thread.sleep(1)) check(run, end);
    }

    private static long end() {
        return System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
    }

    private void check(ChildProcess run, long end) throws IOException {
        if (run.process().isAlive() && System.nanoTime() < end) return;
        throw new AssertionError("the run did not come so far: " + Files.readString(folder.resolve("log")));
    }

    private boolean has(Predicate<String> name) throws IOException {
        if (!Files.exists(folder.resolve("killed"))) return false;
        try (var files = Files.list(folder.resolve("killed"))) {
            return files.anyMatch(f -> name.test(f.getFileName().toString()));
        }
    }

    private long lastStep(String out) throws IOException {
        return Checkpoints.last(folder.resolve(out)).map(c -> Long.parseLong(c.getFileName().toString().replace("checkpoint-", "")))
                .orElse(0L);
    }
}
