package dev.parley.train;

import static dev.parley.train.TrainingSettings.BF16;
import static dev.parley.train.TrainingSettings.EVAL_STEPS;
import static dev.parley.train.TrainingSettings.LOGGING_STEPS;
import static dev.parley.train.TrainingSettings.MAX_STEPS;
import static dev.parley.train.TrainingSettings.NUM_TRAIN_EPOCHS;
import static dev.parley.train.TrainingSettings.OUTPUT_DIR;
import static dev.parley.train.TrainingSettings.PER_DEVICE_EVAL_BATCH_SIZE;
import static dev.parley.train.TrainingSettings.SEED;

import dev.parley.data.Dataset;
import dev.parley.data.Examples;
import dev.parley.data.TrainingData;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.kernels.DType;
import dev.parley.model.TrainingExample;
import dev.parley.tensor.RandomState;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.checkpoint.Beginning;
import dev.parley.train.checkpoint.Checkpoints;
import dev.parley.train.checkpoint.RunIdentity;
import dev.parley.train.checkpoint.Saving;
import dev.parley.train.checkpoint.Stateful;
import dev.parley.train.checkpoint.TrainerState;
import dev.parley.train.objective.NextToken;
import dev.parley.train.objective.Objective;
import dev.parley.train.objective.Tally;
import dev.parley.train.optimizer.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Trains a model on rows of tokens: pretraining where every token is a target, fine-tuning where the answer's are.
 *
 * <pre>{@code
 * var model = TrainableLM.fromPretrained(Path.of("gpt2"), DType.BFLOAT16);
 * var arguments = TrainingArguments.builder().outputDir(Path.of("out")).numTrainEpochs(3).build();
 * new Trainer(model, arguments, trainDataset, evalDataset).train();
 * }</pre>
 *
 * The loss of a step is divided by the targets of all its passes together, so that accumulating k passes equals one
 * large one. A run that goes on from a checkpoint equals, bit for bit, one that was never interrupted.
 */
public final class Trainer implements AutoCloseable {

    private final TrainableLM model;
    private final TrainingArguments arguments;
    private final Learning<?> learning;
    private final List<Consumer<TrainEvent>> listeners = new ArrayList<>();
    private Optional<LrSchedule> schedule = Optional.empty();
    private Optional<TimeLimit> timeLimit = Optional.empty();
    private Stateful.Files extra = folder -> {};
    private Stateful.Files data = folder -> {};
    private Optional<TrainerState> last = Optional.empty(); // where the last run ended
    private boolean resumeAnyway;
    private volatile boolean stopAsked;

    /** A trainer that evaluates as well. */
    public Trainer(TrainableLM model, TrainingArguments arguments, Dataset trainDataset, Dataset evalDataset) {
        this(model, arguments, trainDataset, Optional.of(evalDataset));
    }

    /** A trainer without an evaluation set. */
    public Trainer(TrainableLM model, TrainingArguments arguments, Dataset trainDataset) {
        this(model, arguments, trainDataset, Optional.empty());
    }

    private Trainer(TrainableLM model, TrainingArguments arguments, Dataset trainDataset, Optional<Dataset> evalDataset) {
        this(model, arguments, Learning.of(new NextToken(), trainDataset, evalDataset, arguments));
    }

    private Trainer(TrainableLM model, TrainingArguments arguments, Learning<?> learning) {
        this.model = model;
        this.arguments = arguments;
        this.learning = learning;
        model.computeIn(arguments.get(BF16) ? DType.BFLOAT16 : DType.FLOAT32);
    }

    /**
     * A trainer by any method, which it closes at its own end.
     *
     * @param eval held-out examples; empty for no evaluation
     */
    public static <E extends TrainingExample> Trainer of(TrainableLM model, TrainingArguments arguments, Objective<E> objective,
            Examples<E> train, Optional<? extends Examples<E>> eval) {
        return new Trainer(model, arguments, Learning.of(objective, train, eval, arguments));
    }

    /** The model that learns. */
    public TrainableLM model() {
        return model;
    }

    /** What the run is trained with. */
    public TrainingArguments arguments() {
        return arguments;
    }

    /** Rows of the training set. */
    public int rows() {
        return learning.train().size();
    }

    /** Hears of every event, in the thread that trains. */
    public Trainer onEvent(Consumer<TrainEvent> listener) {
        listeners.add(listener);
        return this;
    }

    /** A learning rate of one's own, instead of the arguments'. */
    public Trainer withSchedule(LrSchedule schedule) {
        this.schedule = Optional.of(schedule);
        return this;
    }

    /** Ends the run on time rather than after its steps, which then only say how long the schedule is, its warm-up above all. */
    public Trainer withTimeLimit(TimeLimit limit) {
        timeLimit = Optional.of(limit);
        return this;
    }

    /** Writes the tokenizer's files, and which token ends a text, into every checkpoint and saved model. */
    public Trainer withTokenizer(Tokenizer tokenizer) {
        var ending = GenerationConfig.DEFAULT.withStops(tokenizer.eosTokenId().stream().boxed().toList(), List.of());
        return withFiles(folder -> {
            tokenizer.save(folder);
            ending.write(folder);
        });
    }

    /** Names what is trained on in the folder of the saved model, by {@link TrainingData}. */
    public Trainer withTrainingData(TrainingData named, Tokenizer tokenizer) {
        data = folder -> named.write(folder, learning.train(), tokenizer);
        return this;
    }

    Trainer withFiles(Stateful.Files files) {
        extra = files;
        return this;
    }

    /** Goes on from a checkpoint also where rows, network or arguments are others than its own, which is told. */
    public Trainer resumeAnyway() {
        resumeAnyway = true;
        return this;
    }

    /** Asks the run to end after the present step, with a checkpoint, and an evaluation to end before its end; from any thread. */
    public void stop() {
        stopAsked = true;
    }

    /**
     * What a run came to.
     *
     * @param globalStep optimiser steps done, those before a resume counted
     * @param stepsNow those of this call; 0 if the run that was resumed had finished
     * @param trainLoss mean over the targets of all steps, those before a resume counted, in nats
     * @param evalLoss of the last evaluation
     * @param best the checkpoint whose evaluation had the lowest loss
     * @param seconds of this call
     */
    public record TrainOutput(long globalStep, long stepsNow, double trainLoss, Optional<Double> evalLoss, Optional<Path> best,
            double seconds, boolean interrupted) {}

    /**
     * Trains to the last step, or until {@link #stop()}.
     *
     * @throws TrainingException if a loss or gradient is not finite, a step has no target, or a checkpoint does not fit
     */
    public TrainOutput train() {
        try (var optimizer = new Optimizer(model.parameters(), arguments.optimizer())) {
            var run = new Run(optimizer);
            var output = run.run();
            last = Optional.of(run.state);
            return output;
        }
    }

    /** Optimiser steps of the whole run. */
    public long totalSteps() {
        if (arguments.get(MAX_STEPS) > 0) return arguments.get(MAX_STEPS);
        return (long) Math.ceil(learning.plan().stepsPerEpoch() * arguments.get(NUM_TRAIN_EPOCHS));
    }

    /** The mean loss over a set's targets, in nats, without dropout. */
    public double evaluate(Dataset dataset) {
        return Learning.evaluate(new NextToken(), model, dataset, arguments.get(PER_DEVICE_EVAL_BATCH_SIZE), () -> false).orElseThrow()
                .loss().mean();
    }

    /** Writes the model, with its tokenizer and what is known of its training, to the output folder. */
    public void saveModel() throws IOException {
        saveModel(arguments.get(OUTPUT_DIR));
    }

    /** Writes the model, with its tokenizer and what is known of its training, to a folder. */
    public void saveModel(Path folder) throws IOException {
        Checkpoints.sweep(folder);
        model.savePretrained(folder);
        extra.writeTo(folder);
        data.writeTo(folder);
        if (last.isPresent()) TrainingSummary.write(folder, last.get());
    }

    /** Frees the model, for whoever has it from here alone. */
    @Override
    public void close() {
        learning.objective().close();
        model.close();
    }

    private void tell(TrainEvent event) {
        for (var listener : listeners) listener.accept(event);
    }

    /** The state of one call of {@link #train()}. */
    private final class Run {

        private final Optimizer optimizer;
        private final long totalSteps = totalSteps();
        private final LrSchedule learningRate = schedule.orElseGet(() -> LrSchedule.of(arguments, totalSteps));
        private final Beginning beginning;
        private final Saving saving;
        private TrainerState state;
        private RunProgress progress;

        Run(Optimizer optimizer) {
            this.optimizer = optimizer;
            var parts = new ArrayList<>(List.of(Stateful.model(model), Stateful.files(extra),
                    Stateful.tensors("optimizer.safetensors", optimizer::state), Stateful.random()));
            learning.objective().state().ifPresent(parts::add);
            saving = new Saving(parts, arguments, Trainer.this::tell);
            beginning = new Beginning(parts, arguments, resumeAnyway, Trainer.this::tell);
        }

        TrainOutput run() {
            RandomState.seed(arguments.get(SEED));
            state = beginning
                    .state(() -> RunIdentity.of(arguments, learning.train(), learning.objective().identity(), model.config(), totalSteps,
                            schedule.isPresent(), timeLimit));
            saving.beginAt(state.step(), beginning.isSavedHere());
            long stepBefore = state.step();
            var secondsBefore = state.seconds();
            progress = new RunProgress(totalSteps, timeLimit, stepBefore, secondsBefore);
            var window = new RunProgress.Window(progress.now(), new Tally(state.untold(), Map.of()), 0);
            while (!progress.isOver(state.step()) && !stopAsked) {
                var before = progress.now();
                var done = step();
                progress.stepTook((progress.now() - before) / 1e9);
                window = window.plus(done.tally(), done.tokens());
                var step = state.step() + 1;
                var last = progress.isOver(step);
                var told = step % arguments.get(LOGGING_STEPS) == 0 || last;
                state = state.next(done.tally().loss(), told, progress.seconds());
                if (told) tell(event(step, window, done));
                if (saving.isDue(step) || last && saving.isOn()) saving.save(state); // first: evaluating may outlast the run
                if (last || arguments.get(EVAL_STEPS) > 0 && step % arguments.get(EVAL_STEPS) == 0) evaluateNow();
                if (told) window = new RunProgress.Window(progress.now(), Tally.NONE, 0); // evaluating and saving are no steps
            }
            var isOver = progress.isOver(state.step()); // also where saving or evaluating took the time that was left
            if (saving.isOn() && !saving.hasSaved(state.step())) {
                if (isOver) saving.save(state); // whoever has the model in memory can still save it
                else saving.saveOrFail(state);
            }
            if (isOver && !state.isEvaluated()) evaluateNow();
            var interrupted = !isOver || stopAsked && learning.held().isPresent() && !state.isEvaluated();
            var seconds = progress.seconds() - secondsBefore;
            tell(new TrainEvent.Finished(state.step(), seconds, interrupted));
            return new TrainOutput(state.step(), state.step() - stepBefore, state.loss().targets() == 0 ? Double.NaN : state.loss().mean(),
                    state.evaluated().map(TrainerState.Evaluation::loss), saving.best(state), seconds, interrupted);
        }

        /** What one optimiser step came to. */
        private record Done(Tally tally, double gradNorm, double learningRate, long tokens) {}

        /** The recipe: the objective's passes over the micro-batches, clip, update. */
        private Done step() {
            var passes = learning.step(model, state.step());
            var loss = passes.tally().loss();
            var rate = learningRate.at(progress.scheduledStep(state.step()));
            var gradNorm = optimizer.gradNorm();
            if (!Double.isFinite(loss.sum()) || !Double.isFinite(gradNorm)) {
                throw new TrainingException("Step " + state.step() + ": the loss is " + loss.mean()
                        + " and the gradient's length " + gradNorm + "; the first tensor whose gradient is not finite is "
                        + optimizer.firstBrokenGradient() + ". Lower the learning rate, or look at the data.");
            }
            optimizer.step(rate, gradNorm);
            return new Done(passes.tally(), gradNorm, rate, passes.tokens());
        }

        private TrainEvent event(long step, RunProgress.Window window, Done last) {
            return new TrainEvent.Step(step, progress.totalSteps(step), learning.plan().epochs(step), window.tally().loss().mean(), last.gradNorm(),
                    last.learningRate(), window.tokensPerSecond(progress.now()), progress.secondsLeft(step),
                    window.tally().means());
        }

        /** The best model of all that are evaluated is one that is saved. */
        private void evaluateNow() {
            var held = learning.evaluate(model, arguments.get(PER_DEVICE_EVAL_BATCH_SIZE), () -> stopAsked);
            if (held.isEmpty()) return;
            var evalLoss = held.get().loss().mean();
            state = state.withEvaluation(evalLoss);
            var best = state.isBest(evalLoss);
            tell(new TrainEvent.Evaluated(state.step(), evalLoss, best, held.get().means()));
            var judged = best ? state.withBest() : state;
            if (saving.isOn() && saving.hasSaved(state.step())) saving.amend(judged);
            else if (saving.isOn() && best && !saving.save(judged)) return;
            state = judged;
        }
    }
}
