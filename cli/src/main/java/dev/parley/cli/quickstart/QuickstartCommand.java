package dev.parley.cli.quickstart;

import dev.parley.cli.Interrupted;
import dev.parley.cli.Output;
import dev.parley.cli.TrainingProgress;
import dev.parley.eval.Score;
import dev.parley.train.TrainEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code parley quickstart}: from nothing to a chat. */
@Command(name = "quickstart", mixinStandardHelpOptions = true,
        description = {"Makes a small chat model from raw text, here and now: tokenizer, pretraining, fine-tuning, scores, samples.",
                "The data come with the program. Interrupted, it goes on where it was when it is started again."},
        footer = {"", "Example:  ./parley quickstart", "Example:  ./parley quickstart --text my-book.txt --minutes 20 --out my-book-model"})
public final class QuickstartCommand implements Callable<Integer> {

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "5", description = "How long the whole should take. Default: ${DEFAULT-VALUE}.")
    double minutes;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "my-model", description = "Folder of the model. Default: ${DEFAULT-VALUE}.")
    Path out;

    @Option(names = "--text", paramLabel = "FILE", arity = "1..*", description = "Your own text, read beside ours: .txt, .jsonl, or folders of them.")
    List<Path> texts = List.of();

    @Option(names = "--only-text", description = "Read your text instead of ours.")
    boolean onlyText;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Of everything random. Default: ${DEFAULT-VALUE}.")
    long seed;

    @Option(names = "--overwrite", description = "Begin anew where the folder holds a quickstart already.")
    boolean overwrite;

    @Option(names = "--json", description = "End with one JSON object instead of text.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        if (onlyText && texts.isEmpty()) throw new IllegalArgumentException("--only-text needs --text FILE.");
        var plan = new Plan(out, minutes, seed, texts.stream().map(Path::toAbsolutePath).toList(), onlyText);
        if (overwrite) forget(out.resolve(".work"));
        var display = new Display();
        var quickstart = new Quickstart(plan, display);
        var ended = new CountDownLatch(1);
        var hook = new Thread(() -> stopAndWait(quickstart, ended));
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            var result = quickstart.run();
            if (json) Output.json(json(result));
            else print(result);
            return 0;
        } catch (Quickstart.Stopped e) {
            throw new Interrupted("What was done is kept; the same command goes on from there.");
        } finally {
            display.close();
            ended.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the JVM is going down, and the hook is what waits for us
            }
        }
    }

    /** Ctrl-C: the training stage ends after its present step, writes a checkpoint, and the program ends. */
    private static void stopAndWait(Quickstart quickstart, CountDownLatch ended) {
        Output.note("\nStopping: a checkpoint is written…");
        quickstart.stop();
        try {
            ended.await(60, java.util.concurrent.TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Path work) throws IOException {
        if (!Files.exists(work)) return;
        try (var files = Files.walk(work)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    private static com.fasterxml.jackson.databind.node.ObjectNode json(Quickstart.Result result) {
        var json = Output.object().put("model", result.model().toString());
        var seconds = json.putObject("seconds");
        result.seconds().forEach(seconds::put);
        var scores = json.putObject("scores");
        result.scores().forEach((name, s) -> scores.putObject(name).put("value", s.value()).put("stderr", s.stderr()).put("n", s.n()));
        var samples = json.putArray("samples");
        result.samples().forEach(s -> samples.addObject().put("prompt", s.prompt()).put("answer", s.answer()));
        return json;
    }

    private static void print(Quickstart.Result result) {
        Output.line("");
        Output.line("Scores on what was never trained on (± standard error):");
        result.scores().forEach((name, score) -> Output.line("  " + text(name, score)));
        Output.line("");
        for (var sample : result.samples()) {
            Output.line("  > " + sample.prompt());
            Output.line("  " + sample.answer());
        }
        Output.line("");
        Output.line(String.format(Locale.ROOT, "Your model is in %s, made in %.0f s. What you can do next:", result.model(),
                result.seconds().values().stream().mapToDouble(s -> s).sum()));
        Output.line("  ./parley chat " + result.model());
        Output.line("  ./parley generate --model " + result.model() + " --prompt \"" + Quickstart.END_OF_TEXT + "dog: \" --max-new-tokens 40");
        Output.line("  ./parley score --model " + result.model() + " --text \"a domestic animal\"");
        Output.line("  and open " + result.model().resolve("report.html") + " in a browser.");
    }

    static String text(String name, Score score) {
        return score.value() <= 1 && !name.startsWith("bits")
                ? String.format(Locale.ROOT, "%-32s %5.1f %% ± %.1f  (%d cases)", name, 100 * score.value(), 100 * score.stderr(), score.n())
                : String.format(Locale.ROOT, "%-32s %5.2f ± %.2f  (%d texts)", name, score.value(), score.stderr(), score.n());
    }

    /** Shows the stages on standard error. */
    private static final class Display implements Quickstart.Progress, AutoCloseable {

        private final long started = System.nanoTime();
        private TrainingProgress training = new TrainingProgress("");

        @Override
        public void stage(String name, String sentence) {
            training.close();
            training = new TrainingProgress("  " + name);
            Output.note(String.format(Locale.ROOT, "[%3d s] %s", (System.nanoTime() - started) / 1_000_000_000L, sentence));
        }

        @Override
        public void note(String line) {
            Output.note("        " + line);
        }

        @Override
        public void event(TrainEvent event) {
            training.show(event);
        }

        @Override
        public void close() {
            training.close();
        }
    }
}
