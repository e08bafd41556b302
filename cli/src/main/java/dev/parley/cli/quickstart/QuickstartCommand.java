package dev.parley.cli.quickstart;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.cli.InterruptHandler;
import dev.parley.cli.Interrupted;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.Progress;
import dev.parley.cli.WrongUsage;
import dev.parley.eval.Score;
import dev.parley.files.FolderTree;
import dev.parley.train.TrainEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code parley quickstart}: from nothing to a chat. */
@Command(name = "quickstart",
        description = {"Makes a small chat model from raw text, here and now: tokenizer, pretraining, fine-tuning, scores, samples.",
            "The data come with the program. Interrupted, it goes on where it was when it is started again."},
        footer = {"", "Example:", "  ./parley quickstart", "  ./parley quickstart --text my-book.txt --minutes 20 --out my-book-model"})
public final class QuickstartCommand implements Callable<Integer> {

    private final Output output;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "5",
            description = "How long the whole should take. Default: ${DEFAULT-VALUE}.")
    double minutes;

    @Option(names = "--steps", paramLabel = "N",
            description = "Train for so many steps in all instead of minutes: with the same --seed, the same model.")
    Long steps;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "my-model", description = "Folder of the model. Default: ${DEFAULT-VALUE}.")
    Path out;

    @Option(names = "--text", paramLabel = "FILE", arity = "1..*",
            description = "Your own text, read beside ours: .txt, .jsonl, or folders of them.")
    List<Path> texts = List.of();

    @Option(names = "--only-text", description = "Read your text instead of ours.")
    boolean onlyText;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Of everything random. Default: ${DEFAULT-VALUE}.")
    long seed;

    @Option(names = "--overwrite", description = "Begin anew where the folder holds a quickstart already.")
    boolean overwrite;

    @Option(names = "--json", description = "End with one JSON object instead of text.")
    boolean json;

    /**
     * The command.
     *
     * @param output what its lines are written to
     */
    public QuickstartCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        if (onlyText && texts.isEmpty()) throw new WrongUsage("--only-text needs --text FILE.");
        var plan = new Plan(out, minutes, steps == null ? OptionalLong.empty() : OptionalLong.of(steps), seed,
                texts.stream().map(Path::toAbsolutePath).toList(), onlyText);
        if (overwrite) FolderTree.delete(out.resolve(".work"));
        var display = new Display(output);
        var quickstart = new Quickstart(plan, display);
        try (display; var interruption = InterruptHandler.stops(quickstart::stop, output)) {
            var result = quickstart.run();
            display.close();
            if (json) output.json(json(result));
            else print(result);
            return Parley.DONE;
        } catch (Quickstart.Stopped e) {
            throw new Interrupted("Interrupted: what was done is kept, and the same command goes on from there.");
        }
    }

    private static com.fasterxml.jackson.databind.node.ObjectNode json(Quickstart.Result result) {
        var json = JsonNodeFactory.instance.objectNode().put("model", result.model().toString());
        var seconds = json.putObject("seconds");
        result.seconds().forEach(seconds::put);
        var scores = json.putObject("scores");
        result.scores().forEach((name, s) -> scores.putObject(name).put("value", s.value()).put("stderr", s.stderr()).put("n", s.n()));
        var samples = json.putArray("samples");
        result.samples().forEach(s -> samples.addObject().put("prompt", s.prompt()).put("answer", s.answer()));
        return json;
    }

    private void print(Quickstart.Result result) {
        output.line("");
        output.line("Scores on what was never trained on (± standard error):");
        result.scores()
                .forEach((name, score) -> output.line("  " + text(name, score) + Usual.of(name).map(u -> "  " + u.text()).orElse("")));
        output.line("");
        for (var sample : result.samples()) {
            output.line("  > " + sample.prompt());
            output.line("  " + sample.answer());
        }
        output.line("");
        var missed = Usual.missed(result.scores());
        if (!missed.isEmpty()) {
            output.line(String.format(Locale.ROOT, "It falls short in: %s. Train longer (%s), or while the machine has nothing else to do.",
                    String.join(", ", missed), steps == null ? "--minutes " + (long) Math.ceil(2 * minutes) : "--steps " + 2 * steps));
            output.line("");
        }
        output.line(String.format(Locale.ROOT, "Your model is in %s, made in %.0f s. What you can do next:", result.model(),
                result.seconds().values().stream().mapToDouble(s -> s).sum()));
        output.line("  ./parley chat " + result.model());
        output.line(
                "  ./parley generate --model " + result.model() + " --prompt \"" + Quickstart.END_OF_TEXT + "dog: \" --max-new-tokens 40");
        output.line("  ./parley score --model " + result.model() + " --text \"a domestic animal\"");
        output.line("  and open " + result.model().resolve("report.html") + " in a browser.");
    }

    static String text(String name, Score score) {
        return score.value() <= 1 && !name.startsWith("bits")
                ? String.format(Locale.ROOT, "%-32s %5.1f %% ± %.1f  (%d cases)", name, 100 * score.value(), 100 * score.stderr(),
                        score.n())
                : String.format(Locale.ROOT, "%-32s %5.2f ± %.2f  (%d texts)", name, score.value(), score.stderr(), score.n());
    }

    /** Shows the stages on standard error. */
    private static final class Display implements Quickstart.Progress, AutoCloseable {

        private final Output output;
        private final long started = System.nanoTime();
        private Optional<Progress> training = Optional.empty();
        private String stage = "";

        Display(Output output) {
            this.output = output;
        }

        @Override
        public void stage(String name, String sentence) {
            close();
            stage = name;
            output.note(String.format(Locale.ROOT, "[%3d s] %s", (System.nanoTime() - started) / 1_000_000_000L, sentence));
        }

        @Override
        public void note(String line) {
            output.note("        " + line);
        }

        @Override
        public void event(TrainEvent event) {
            if (event instanceof TrainEvent.Step step && training.isEmpty())
                training = Optional.of(Progress.of(stage, step.totalSteps(), output));
            training.ifPresent(progress -> progress.ofTraining().accept(event));
        }

        @Override
        public void close() {
            training.ifPresent(Progress::close);
            training = Optional.empty();
        }
    }
}
