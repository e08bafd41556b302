package dev.parley.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.ChildProcess;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.train.checkpoint.Checkpoints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends {@code parley train} at random moments, by Ctrl-C, SIGTERM and SIGKILL; more of them by {@code -Dparley.test.interruptions=200}. */
class InterruptedTrainingTest {

    private static final int INTERRUPTIONS = Integer.getInteger("parley.test.interruptions", 8);
    private static final int LIFE = 4000; // milliseconds

    @TempDir
    Path folder;

    private Path recipe;

    /** Dropout and evaluations too: both have a state of their own, or none, to come through. */
    private void aRecipe() throws IOException {
        var text = "the cat sat on the mat. a dog is an animal that barks.\n\n".repeat(60);
        BpeTrainer.of(290).withSpecialTokens("<|endoftext|>").train(List.of(text).iterator()).save(folder.resolve("tokenizer"));
        Files.writeString(folder.resolve("text.txt"), text);
        recipe = Files.writeString(folder.resolve("recipe.yaml"), """
                model: {num_hidden_layers: 2, hidden_size: 32, num_attention_heads: 2, dropout: 0.1}
                tokenizer: %1$s/tokenizer
                context_length: 48
                train_files: [%1$s/text.txt]
                eval_files: [%1$s/text.txt]
                max_steps: 100000000
                lr_scheduler_type: constant
                learning_rate: 1e-3
                logging_steps: 7
                save_steps: 20
                save_total_limit: 2
                eval_steps: 50
                """.formatted(folder));
    }

    private List<String> command(String out, String... more) {
        var command = new ArrayList<>(List.of("train", recipe.toString(), "--resume", "--set", "output_dir=" + folder.resolve(out)));
        command.addAll(Arrays.asList(more));
        return command;
    }

    private ChildProcess start() throws IOException {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-XX:+UseSerialGC",
                        "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp",
                        System.getProperty("java.class.path"), Parley.class.getName()));
        command.addAll(command("out"));
        return ChildProcess.start(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()));
    }

    @Test
    void aRunEndedAtRandomMomentsAlwaysEndsAndComesToWhatOneWithoutEndsComesTo() throws Exception {
        aRecipe();
        var random = new SplittableRandom(Long.getLong("parley.test.seed", 11));
        var last = 0L;
        for (int n = 0; n < INTERRUPTIONS; n++) {
            try (var run = start()) {
                if (n % 2 == 1) awaitCheckpointAfter(last, run);
                Thread.sleep(random.nextInt(n % 2 == 1 ? LIFE / 4 : LIFE));
                var kill = n % 4 == 3;
                var interrupt = n % 4 == 1 && hearsInterrupts();
                run.signal(kill ? "KILL" : interrupt ? "INT" : "TERM");
                var which = "interruption " + n + ": ";
                assertTrue(run.process().waitFor(90, TimeUnit.SECONDS), () -> which + "hangs");
                var log = Files.readString(folder.resolve("log"));
                assertEquals(128 + (kill ? 9 : interrupt ? 2 : 15), run.process().exitValue(), which + log);
                if (log.contains("Stopping after this step"))
                    assertTrue(kill || log.contains("Interrupted"), which + "its last word is lost: " + log);
            }
            var step = lastStep("out");
            assertTrue(step >= last, "nothing is lost");
            last = step;
        }
        assertTrue(last > 0, "every second run has saved");
        var steps = "max_steps=" + (last + 30);
        assertEquals(0, here(command("out", "--set", steps)));
        assertEquals(0, here(command("whole", "--set", steps)));
        assertArrayEquals(Files.readAllBytes(folder.resolve("whole/model.safetensors")),
                Files.readAllBytes(folder.resolve("out/model.safetensors")));
        System.out.println(INTERRUPTIONS + " interruptions of a run of " + (last + 30) + " steps");
    }

    /** Not where this process was started in the background of a shell, which makes it and its children deaf to Ctrl-C. */
    private static boolean hearsInterrupts() throws IOException {
        var status = Path.of("/proc/self/status");
        if (!Files.exists(status)) return true;
        var ignored = Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:")).findFirst().orElse("SigIgn: 0");
        return (Long.parseUnsignedLong(ignored.replaceFirst("SigIgn:\\s*", ""), 16) & 2) == 0;
    }

    /** Every second run lives so long, however slow the machine is; the others end anywhere, the start included. */
    private void awaitCheckpointAfter(long step, ChildProcess run) throws Exception {
        for (var end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2); lastStep("out") <= step; Thread.sleep(20)) {
            assertTrue(run.process().isAlive() && System.nanoTime() < end, "nothing was saved: " + Files.readString(folder.resolve("log")));
        }
    }

    private static int here(List<String> command) {
        return Parley.run(Output.to(new ByteArrayOutputStream(), new ByteArrayOutputStream()), command.toArray(String[]::new));
    }

    private long lastStep(String out) throws IOException {
        return Checkpoints.last(folder.resolve(out)).map(c -> Long.parseLong(c.getFileName().toString().replace("checkpoint-", "")))
                .orElse(0L);
    }
}
