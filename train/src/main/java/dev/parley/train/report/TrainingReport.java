package dev.parley.train.report;

import dev.parley.tokenizer.Tokenizer;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Shows a run while it works, in its output folder: {@code metrics.jsonl}, event files for TensorBoard in {@code logs}, and
 * {@code report.html}, which is written anew every ten seconds. It changes nothing of the run, and a file that cannot be written ends
 * nothing: that is told once, and tried again.
 *
 * <pre>{@code
 * trainer.onEvent(TrainingReport.of(trainer).withSamples(tokenizer, List.of("Once upon a time"), false)).train();
 * }</pre>
 */
public final class TrainingReport implements Consumer<TrainEvent> {

    /** The page's name in the output folder. */
    public static final String PAGE = "report.html";

    /** The folder of TensorBoard's event files in the output folder. */
    public static final String LOGS = "logs";

    private static final Duration BETWEEN_PAGES = Duration.ofSeconds(10);
    private static final double PAGES_SHARE = 0.01; // of the time at most
    private static final double SAMPLES_SHARE = 0.05;

    private final Trainer trainer;
    private final Path folder;
    private final ReportTo to;
    private Optional<SampleTexts> sampler = Optional.empty();
    private DataMix mix = DataMix.UNKNOWN;
    private Consumer<String> faults = fault -> {};

    // Of the run that is heard.
    private final List<TrainEvent.Noted> early = new ArrayList<>(); // before it began
    private final Set<String> faulty = new HashSet<>();
    private final List<MetricLine> atBegin = new ArrayList<>(); // what is known already of the step at which it began
    private Optional<MetricsFile> metrics = Optional.empty();
    private Optional<EventFile> events = Optional.empty();
    private Optional<ReportPage> page = Optional.empty();
    private RunFacts facts;
    private RunState state;
    private long began;
    private Allowance pages;
    private Allowance samples;
    private long sampledAt = -1;

    private TrainingReport(Trainer trainer) {
        this.trainer = trainer;
        folder = trainer.arguments().get(TrainingSettings.OUTPUT_DIR);
        to = trainer.arguments().get(TrainingSettings.REPORT_TO);
    }

    /** The report of a trainer's runs, to be added to its listeners. */
    public static TrainingReport of(Trainer trainer) {
        return new TrainingReport(trainer);
    }

    /**
     * With what the model makes of some prompts, at each evaluation or else each checkpoint.
     *
     * @param chat whether prompts are questions of a user, rather than the beginnings of texts
     */
    public TrainingReport withSamples(Tokenizer tokenizer, List<String> prompts, boolean chat) {
        if (!prompts.isEmpty()) sampler = Optional.of(new SampleTexts(trainer.model(), tokenizer, prompts, chat));
        return this;
    }

    /** With what the data is made of. */
    public TrainingReport withDataMix(DataMix mix) {
        this.mix = mix;
        return this;
    }

    /** With a listener for what cannot be written. */
    public TrainingReport onFault(Consumer<String> listener) {
        faults = listener;
        return this;
    }

    @Override
    public void accept(TrainEvent event) {
        if (to == ReportTo.NONE) return;
        switch (event) {
            case TrainEvent.Began e -> begin(e);
            case TrainEvent.Noted e when state == null || !state.isRunning() -> early.add(e);
            case TrainEvent.Noted e -> tell(MetricLine.ofNote(e.step(), now(), e.sentence()));
            case TrainEvent.Step e -> {
                state = state.at(e.step(), e.totalSteps(), e.secondsLeft(), seconds());
                tell(MetricLine.ofNumbers(e.step(), now(), numbers(e)));
            }
            case TrainEvent.Evaluated e -> {
                var numbers = new LinkedHashMap<String, Double>();
                numbers.put("eval_loss", e.evalLoss());
                e.metrics().forEach((name, value) -> numbers.put("eval_" + name, value));
                tell(MetricLine.ofNumbers(e.step(), now(), numbers));
                sample(e.step(), false);
            }
            case TrainEvent.Saved e -> {
                state = state.withCheckpoint(String.valueOf(e.checkpoint().getFileName()));
                if (trainer.evalExamples().isEmpty()) sample(e.step(), false);
            }
            case TrainEvent.Finished e -> {
                if (!e.interrupted()) sample(e.step(), true);
                tell(MetricLine.ofNumbers(e.step(), now(), Map.of("train_runtime", e.seconds())));
                end(e.interrupted() ? "interrupted" : "finished");
            }
            case TrainEvent.Failed e -> {
                tell(MetricLine.ofNote(e.step(), now(), e.sentence()));
                end("failed");
            }
        }
    }

    private void begin(TrainEvent.Began run) {
        facts = RunFacts.of(trainer, mix);
        state = RunState.beginning(run.step(), run.totalSteps());
        began = System.nanoTime();
        pages = new Allowance(PAGES_SHARE, BETWEEN_PAGES);
        samples = new Allowance(SAMPLES_SHARE, Duration.ZERO);
        sampledAt = -1;
        atBegin.clear();
        var newPage = new ReportPage(folder.resolve(PAGE), facts, BETWEEN_PAGES);
        page = Optional.of(newPage);
        guarded(MetricsFile.NAME, () -> metrics = Optional.of(MetricsFile.open(folder.resolve(MetricsFile.NAME), run.step(), line -> {
            newPage.take(line);
            if (line.step() == run.step()) atBegin.add(line);
        })));
        if (to.includes(ReportTo.TENSORBOARD)) guarded(LOGS, () -> {
            var file = EventFile.create(folder.resolve(LOGS), run.step() + 1, now());
            events = Optional.of(file);
            file.text(run.step(), now(), "args", markdown(facts.settings()));
        });
        for (var note : early) tell(MetricLine.ofNote(run.step(), now(), note.sentence()));
        early.clear();
        writePage();
    }

    private static String markdown(Map<String, String> settings) {
        var table = new StringBuilder("| setting | value |\n|---|---|\n");
        settings.forEach((name, value) -> table.append("| ").append(name).append(" | ").append(value).append(" |\n"));
        return table.toString();
    }

    private Map<String, Double> numbers(TrainEvent.Step e) {
        var numbers = new LinkedHashMap<String, Double>();
        numbers.put("loss", e.loss());
        numbers.put("grad_norm", e.gradNorm());
        numbers.put("learning_rate", e.learningRate());
        numbers.put("epoch", e.epoch());
        numbers.put("tokens_per_second", e.tokensPerSecond());
        numbers.put("utilisation", facts.utilisation(e.tokensPerSecond()));
        numbers.putAll(e.metrics());
        return numbers;
    }

    private void sample(long step, boolean last) {
        if (sampler.isEmpty() || sampledAt == step || !last && !samples.isThere()) return;
        sampledAt = step;
        samples.spend(() -> {
            var written = sampler.get().write();
            if (!written.isEmpty()) tell(MetricLine.ofSamples(step, now(), written));
        });
    }

    private void tell(MetricLine line) {
        if (atBegin.stream().anyMatch(line::repeats)) return;
        page.ifPresent(p -> p.take(line));
        metrics.ifPresent(file -> guarded(MetricsFile.NAME, () -> file.append(line)));
        events.ifPresent(file -> guarded(LOGS, () -> file.append(line)));
        if (pages.isThere()) writePage();
    }

    private void writePage() {
        if (to.includes(ReportTo.HTML)) pages.spend(() -> guarded(PAGE, () -> page.orElseThrow().write(state)));
    }

    private void end(String how) {
        state = state.ended(how, seconds());
        writePage();
        metrics.ifPresent(file -> guarded(MetricsFile.NAME, file::close));
        events.ifPresent(file -> guarded(LOGS, file::close));
        metrics = Optional.empty();
        events = Optional.empty();
    }

    private double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    private static double now() {
        return System.currentTimeMillis() / 1000.0;
    }

    private interface Writing {
        void write() throws IOException;
    }

    private void guarded(String file, Writing writing) {
        try {
            writing.write();
        } catch (IOException e) {
            if (faulty.add(file)) {
                faults.accept(folder.resolve(file) + " cannot be written (" + e.getMessage() + "); training goes on without it.");
            }
        }
    }

    /** Time that may be spent on showing, as a share of all. */
    private static final class Allowance {

        private final double share;
        private final long atLeast;
        private long next = System.nanoTime();
        private long cheapest = Long.MAX_VALUE; // the first time, much is loaded and compiled

        Allowance(double share, Duration atLeast) {
            this.share = share;
            this.atLeast = atLeast.toNanos();
        }

        boolean isThere() {
            return System.nanoTime() - next >= 0;
        }

        void spend(Runnable work) {
            var start = System.nanoTime();
            work.run();
            var end = System.nanoTime();
            cheapest = Math.min(cheapest, end - start);
            next = end + Math.max(atLeast, (long) (cheapest / share));
        }
    }
}
