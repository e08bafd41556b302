package dev.parley.train.lesson;

import dev.parley.data.Examples;
import dev.parley.data.chat.Chat;
import dev.parley.generate.strategy.Completion;
import dev.parley.model.WeightType;
import dev.parley.model.adapter.LoraConfig;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.IntervalStrategy;
import dev.parley.train.LrSchedule;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.lesson.LessonOutcome.Change;
import dev.parley.train.lesson.LessonOutcome.Sample;
import dev.parley.train.lesson.LessonOutcome.Share;
import dev.parley.train.lesson.LessonPlan.Answered;
import dev.parley.train.lesson.LessonProgress.Phase;
import dev.parley.train.report.ReportTo;
import dev.parley.train.report.TrainingReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Teaches a chat model by what people said of its answers: an adapter, and what is better and worse with it than before.
 *
 * <pre>{@code
 * var teaching = new Teaching(Path.of("my-model"), Tokenizer.load(Path.of("my-model")), LessonSettings.DEFAULT);
 * var outcome = teaching.teach(feedback, Path.of("adapter"), Path.of("training")).orElseThrow();
 * System.out.println(outcome.heldOut());                                     // {answered=0 -> 5 of 5, edits=0 -> 2 of 2}
 * }</pre>
 */
public final class Teaching {

    private static final int LONGEST_ROW = 1024;
    private static final int TOKENS_OF_A_PASS = 1024; // so that activations of a model of some hundred million parameters fit into 1 GiB
    private static final int LONGEST_OWN_ANSWER = 48; // tokens
    private static final int LONGEST_ANSWER = 160;
    private static final int SPARE_TOKENS = 8; // an answer may begin right and go on
    private static final int SHOWN = 8;
    private static final int WARMUP_STEPS = 5; 

    private final Path model;
    private final Tokenizer tokenizer;
    private final LessonSettings settings;
    private List<Chat> others = List.of();
    private String name;
    private Consumer<LessonProgress> progress = made -> {};
    private volatile boolean stopAsked;

    /** Teaches a model folder, or a GGUF file, whose weights stay as they are. */
    public Teaching(Path model, Tokenizer tokenizer, LessonSettings settings) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.settings = settings;
        name = model.toString();
    }

    /** With other things that people asked: what the model answers to them is to stay. */
    public Teaching withOthers(List<Chat> prompts) {
        others = List.copyOf(prompts);
        return this;
    }

    /** With the name under which the adapter names its model. */
    public Teaching withName(String of) {
        name = of;
        return this;
    }

    /** Hears how far it is. */
    public Teaching onProgress(Consumer<LessonProgress> listener) {
        progress = listener;
        return this;
    }

    /** Ends the lesson soon, without a result; from any thread. */
    public void stop() {
        stopAsked = true;
    }

    /**
     * Learns.
     *
     * @param adapter folder that the adapter is written into, in PEFT's layout
     * @param training folder of the run's metrics.jsonl and report.html
     * @return nothing if it was stopped
     * @throws IllegalArgumentException if there is nothing to learn from, or nothing of it fits
     * @throws dev.parley.train.TrainingException if the training fails
     */
    public Optional<LessonOutcome> teach(LessonFeedback feedback, Path adapter, Path training) throws IOException {
        if (feedback.isEmpty()) throw new IllegalArgumentException("There is no feedback to learn from.");
        return new Lesson(LessonPlan.of(feedback, settings), adapter, training).run();
    }

    /** One call of {@link #teach}. */
    private final class Lesson {

        private final LessonPlan plan;
        private final Path adapter;
        private final Path training;
        private final LessonRows rows = LessonRows.of(tokenizer, LONGEST_ROW);
        private final Map<String, Double> seconds = new LinkedHashMap<>();
        private final List<Answered> asked = new ArrayList<>();
        private final List<int[]> prompts = new ArrayList<>();
        private long began = System.nanoTime();

        Lesson(LessonPlan plan, Path adapter, Path training) {
            this.plan = plan;
            this.adapter = adapter;
            this.training = training;
            for (var question : plan.asked()) {
                rows.prompt(question.prompt()).forEach(ids -> {
                    asked.add(question);
                    prompts.add(ids);
                });
            }
        }

        Optional<LessonOutcome> run() throws IOException {
            List<Completion> before, own;
            var ownPrompts = rows.ownPrompts(plan, others, settings);
            try (var answering = Answering.open(model, tokenizer, Optional.empty())) {
                took("load");
                var total = prompts.size() + ownPrompts.size();
                before = answering.answers(prompts, longest(), () -> stopAsked, done -> tell(Phase.BEFORE, done, total));
                own = answering.answers(ownPrompts, LONGEST_OWN_ANSWER, () -> stopAsked,
                        done -> tell(Phase.BEFORE, prompts.size() + done, total));
            }
            took("before");
            if (stopAsked) return Optional.empty();
            var learned = learn(own);
            if (stopAsked || learned.isEmpty()) return Optional.empty();
            List<Completion> after;
            try (var answering = Answering.open(model, tokenizer, Optional.of(adapter))) {
                after = answering.answers(prompts, longest(), () -> stopAsked, done -> tell(Phase.AFTER, done, prompts.size()));
            }
            took("after");
            return stopAsked ? Optional.empty() : Optional.of(outcome(learned.get(), before, after, own.size()));
        }

        private int longest() {
            var longest = asked.stream().mapToInt(question -> rows.tokens(question.text())).max().orElse(0);
            return Math.min(LONGEST_ANSWER, Math.max(LONGEST_OWN_ANSWER, longest) + SPARE_TOKENS);
        }

        private void tell(Phase phase, long done, long total) {
            if (total > 0) progress.accept(new LessonProgress(phase, done, total));
        }

        private void took(String part) {
            var now = System.nanoTime();
            seconds.merge(part, (now - began) / 1e9, Double::sum);
            began = now;
        }

        private record Learned(LessonExam.Found before, LessonExam.Found after, long steps) {}

        private Optional<Learned> learn(List<Completion> own) throws IOException {
            var examples = rows.examples(plan, own);
            if (examples.stream().allMatch(LessonExample.Kept.class::isInstance))
                throw new IllegalArgumentException("No piece of feedback fits into " + LONGEST_ROW + " tokens.");
            var exam = new LessonExam(plan, rows);
            var type = Engine.trainingType();
            var network = TrainableLM.frozen(model, type, WeightType.of(type), config -> config.withDropout(0));
            var arguments = arguments(examples, network.config().hiddenSize());
            try (var trainer = Trainer.of(network, arguments, new LessonObjective(examples), Examples.of(examples), Optional.empty())) {
                network.attach(LoraConfig.of(settings.rank(), settings.alpha()).withBaseModel(name), settings.seed());
                trainer.onEvent(TrainingReport.of(trainer));
                trainer.with(new LearnedEnough(LessonObjective.kinds(examples), settings.leastSteps()));
                trainer.onEvent(event -> heard(trainer, event));
                took("load");
                var before = exam.examine(network);
                took("exam");
                var steps = trainer.train().globalStep();
                took("learn");
                if (stopAsked) return Optional.empty();
                network.savePretrained(adapter);
                var after = exam.examine(network);
                took("exam");
                return Optional.of(new Learned(before, after, steps));
            }
        }

        private void heard(Trainer trainer, TrainEvent event) {
            if (event instanceof TrainEvent.Step step) tell(Phase.LEARN, step.step(), step.totalSteps());
            if (stopAsked) trainer.stop();
        }

        private TrainingArguments arguments(List<LessonExample> examples, int hiddenSize) {
            var longest = examples.stream().flatMap(example -> example.rows().stream()).mapToInt(row -> row.length()).max().orElse(1);
            var together = Math.max(1, Math.min(settings.batchSize(), TOKENS_OF_A_PASS / longest));
            return TrainingArguments.builder().outputDir(training).maxSteps(settings.steps(examples.size()))
                    .perDeviceTrainBatchSize(together).gradientAccumulationSteps(Math.ceilDiv(settings.batchSize(), together))
                    .learningRate(settings.learningRate(hiddenSize)).lrSchedulerType(LrSchedule.Type.COSINE).warmupSteps(WARMUP_STEPS)
                    .saveStrategy(IntervalStrategy.NO).loggingSteps(1).reportTo(ReportTo.HTML).seed(settings.seed()).build();
        }

        private LessonOutcome outcome(Learned learned, List<Completion> before, List<Completion> after, int own) {
            var samples = new ArrayList<Sample>();
            int rightBefore = 0, rightAfter = 0;
            for (int i = 0; i < asked.size(); i++) {
                var wanted = asked.get(i).text();
                if (isAsWanted(before.get(i).text(), wanted)) rightBefore++;
                if (isAsWanted(after.get(i).text(), wanted)) rightAfter++;
                samples.add(new Sample(asked.get(i).question(), before.get(i).text().strip(), after.get(i).text().strip(),
                        Optional.of(wanted)));
            }
            var heldOut = new LinkedHashMap<String, Share>();
            if (!asked.isEmpty()) heldOut.put("answered", new Share(rightBefore, rightAfter, asked.size()));
            learned.before().of().forEach((kind, of) -> heldOut.put(kind,
                    new Share(learned.before().right().get(kind), learned.after().right().get(kind), of)));
            return new LessonOutcome(heldOut, new Change(learned.before().probe(), learned.after().probe()),
                    samples.subList(0, Math.min(SHOWN, samples.size())), own, learned.steps(), seconds);
        }

        /** Word for word, as far as was asked for; how it is broken into lines does not count. */
        private boolean isAsWanted(String answer, String wanted) {
            var given = spaced(answer);
            var whole = spaced(wanted);
            return rows.tokens(wanted) + SPARE_TOKENS > LONGEST_ANSWER ? !given.isEmpty() && whole.startsWith(given) : given.equals(whole);
        }

        private static String spaced(String text) {
            return text.strip().replaceAll("\\s+", " ");
        }
    }
}
