package dev.parley.train;

import static dev.parley.train.TrainingSettings.EMA_DECAY;
import static dev.parley.train.TrainingSettings.EVAL_DELAY;
import static dev.parley.train.TrainingSettings.EVAL_ON_START;
import static dev.parley.train.TrainingSettings.LOAD_BEST_MODEL_AT_END;
import static dev.parley.train.TrainingSettings.LOGGING_FIRST_STEP;
import static dev.parley.train.TrainingSettings.LOGGING_STEPS;
import static dev.parley.train.TrainingSettings.LOGGING_STRATEGY;
import static dev.parley.train.TrainingSettings.PER_DEVICE_EVAL_BATCH_SIZE;
import static dev.parley.train.TrainingSettings.SAVE_STEPS;
import static dev.parley.train.TrainingSettings.SAVE_STRATEGY;
import static dev.parley.train.TrainingSettings.SEED;

import dev.parley.model.TrainingExample;
import dev.parley.tensor.RandomState;
import dev.parley.torch.TrainableLM;
import dev.parley.train.Trainer.TrainOutput;
import dev.parley.train.checkpoint.Beginning;
import dev.parley.train.checkpoint.Saving;
import dev.parley.train.checkpoint.Stateful;
import dev.parley.train.checkpoint.TrainerState;
import dev.parley.train.checkpoint.TrainingIdentity;
import dev.parley.train.objective.Tally;
import dev.parley.train.optimizer.Optimizer;
import dev.parley.train.optimizer.WeightAverage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One call of {@link Trainer#train()}: the steps, and what is reported, saved and evaluated after them.
 *
 * @param <E> an example
 */
final class TrainingRun<E extends TrainingExample> implements AutoCloseable {

    private final TrainableLM model;
    private final TrainingArguments arguments;
    private final Given given;
    private final Learning<E> learning;
    private final Callbacks callbacks;
    private final BooleanSupplier stopAsked;
    private final Optimizer optimizer;
    private final Optional<WeightAverage> average;
    private final ReadAhead<List<List<E>>> steps;
    private final LrSchedule learningRate;
    private final Interval evaluations;
    private final Interval saves;
    private final Interval reports;
    private final BestMetric metric;
    private final LossSpikes spikes = new LossSpikes();
    private final Stateful weights;
    private final Beginning beginning;
    private final Saving saving;
    private TrainerState state;
    private RunProgress progress;

    /** What a run is given. @param files that belong into each checkpoint beside the model @param totalSteps planned */
    record Given(TrainableLM model, TrainingArguments arguments, Optional<LrSchedule> schedule, Optional<TimeLimit> timeLimit,
            boolean resumeAnyway, Stateful.Content files, long totalSteps) {}

    /** @param stopAsked whether the run is to end early */
    TrainingRun(Given given, Learning<E> learning, Callbacks callbacks, BooleanSupplier stopAsked) {
        this.given = given;
        this.learning = learning;
        this.callbacks = callbacks;
        this.stopAsked = stopAsked;
        model = given.model();
        arguments = given.arguments();
        learningRate = given.schedule().orElseGet(() -> LrSchedule.of(arguments, given.totalSteps()));
        evaluations = Interval.ofEvaluations(arguments, given.totalSteps(), learning.plan().stepsPerEpoch());
        saves = interval(SAVE_STRATEGY, SAVE_STEPS);
        reports = interval(LOGGING_STRATEGY, LOGGING_STEPS);
        metric = BestMetric.of(arguments);
        optimizer = new Optimizer(model.parameters(), arguments.optimizer());
        average = arguments.get(EMA_DECAY) > 0
                ? Optional.of(new WeightAverage(model.learned(), arguments.get(EMA_DECAY))) : Optional.empty();
        steps = new ReadAhead<>(learning.plan()::step);
        weights = Stateful.model(model);
        var parts = new ArrayList<>(List.of(average.map(a -> Stateful.averaged(weights, a)).orElse(weights), Stateful.files(given.files()),
                Stateful.tensors("optimizer.safetensors", optimizer::state), Stateful.random()));
        learning.objective().state().ifPresent(parts::add);
        saving = new Saving(parts, arguments, callbacks::tell);
        beginning = new Beginning(parts, arguments, given.resumeAnyway(), callbacks::tell);
    }

    private Interval interval(TrainingSetting<IntervalStrategy> strategy, TrainingSetting<Double> length) {
        return Interval.of(arguments, strategy, length, given.totalSteps(), learning.plan().stepsPerEpoch());
    }

    TrainerState state() {
        return state;
    }

    TrainOutput run() {
        begin();
        try {
            return goOn();
        } catch (RuntimeException e) {
            callbacks.tell(new TrainEvent.Failed(state.step(), String.valueOf(e.getMessage())));
            throw e;
        }
    }

    private TrainOutput goOn() {
        long stepBefore = state.step();
        var secondsBefore = state.seconds();
        progress = new RunProgress(given.totalSteps(), given.timeLimit(), stepBefore, secondsBefore);
        if (stepBefore == 0 && arguments.get(EVAL_ON_START)) evaluateNow();
        else if (isEvaluationDue(stepBefore) && !state.isEvaluated()) evaluateNow(); // it was killed between saving and evaluating
        var window = new RunProgress.Window(progress.now(), new Tally(state.untold(), Map.of()), 0);
        while (!isOver() && !stopAsked.getAsBoolean()) {
            var done = timedStep();
            window = window.plus(done.tally(), done.tokens());
            var told = state.untold().targets() == 0; // next() has cleared what is told now
            if (told) callbacks.tell(event(window, done));
            if (saving.isOn() && (saves.isDue(state.step()) | callbacks.control().takeSave() | isOver())) {
                saving.save(toBeSaved()); // first: evaluating may outlast the run
            }
            if (isEvaluationDue(state.step()) | callbacks.control().takeEvaluate() | isOver()) evaluateNow();
            if (told) window = new RunProgress.Window(progress.now(), Tally.NONE, 0); // evaluating and saving are no steps
        }
        return end(stepBefore, secondsBefore);
    }

    private void begin() {
        RandomState.seed(arguments.get(SEED));
        state = beginning.state(() -> TrainingIdentity.of(arguments, learning.train(), learning.objective().identity(), model.config(),
                model.adapter(), given.totalSteps(), given.schedule().isPresent(), given.timeLimit()));
        saving.beginAt(state.step(), beginning.isSavedHere());
        callbacks.begin(state.callbacks());
        callbacks.tell(new TrainEvent.Began(state.step(), given.totalSteps()));
    }

    private boolean isOver() {
        return progress.isOver(state.step()) || callbacks.control().stops();
    }

    /** What one optimiser step came to. */
    private record Done(Tally tally, double gradNorm, double learningRate, long tokens) {}

    private Done timedStep() {
        var before = progress.now();
        var done = step();
        progress.stepTook((progress.now() - before) / 1e9);
        var step = state.step() + 1;
        var loss = done.tally().loss();
        callbacks.tell(new TrainerCallback.StepDone(step, loss.mean(), done.gradNorm(), done.learningRate(), done.tokens()));
        var told = callbacks.control().takeLog() || reports.isDue(step) || step == 1 && arguments.get(LOGGING_FIRST_STEP)
                || progress.isOver(step) || callbacks.control().stops();
        state = state.next(loss, told, progress.seconds());
        spikes.after(step, loss.mean()).ifPresent(sentence -> callbacks.tell(new TrainEvent.Noted(step, sentence)));
        return done;
    }

    /** The recipe: the objective's passes over the micro-batches, clip, update. */
    private Done step() {
        var batches = steps.get(state.step());
        var passes = learning.step(model, state.step(), batches);
        var loss = passes.tally().loss();
        var rate = learningRate.at(progress.scheduledStep(state.step()));
        var gradNorm = optimizer.gradNorm();
        if (!Double.isFinite(loss.sum()) || !Double.isFinite(gradNorm)) {
            throw new TrainingException("Step " + state.step() + ": the loss is " + loss.mean()
                    + " and the gradient's length " + gradNorm + "; the first tensor whose gradient is not finite is "
                    + optimizer.firstBrokenGradient() + ", and the step read " + learning.rowsBehind(model, state.step(), batches)
                    + ". Lower the learning rate, or look at the data.");
        }
        optimizer.step(rate, gradNorm);
        average.ifPresent(a -> a.update(state.step() + 1));
        return new Done(passes.tally(), gradNorm, rate, passes.tokens());
    }

    private TrainEvent event(RunProgress.Window window, Done last) {
        var step = state.step();
        return new TrainEvent.Step(step, callbacks.control().stops() ? step : progress.totalSteps(step), learning.plan().epochs(step),
                window.tally().loss().mean(), last.gradNorm(), last.learningRate(), window.tokensPerSecond(progress.now()),
                progress.secondsLeft(step), window.tally().means());
    }

    private boolean isEvaluationDue(long step) {
        var delay = arguments.get(EVAL_DELAY) * (evaluations.strategy() == IntervalStrategy.EPOCH ? evaluations.stepsPerEpoch() : 1);
        return step > 0 && step >= delay && evaluations.isDue(step);
    }

    private TrainerState toBeSaved() {
        return state.withCallbacks(callbacks.states());
    }

    /** The best model of all that are evaluated is one that is saved. */
    private void evaluateNow() {
        average.ifPresent(WeightAverage::swap);
        Optional<Tally> held;
        try {
            held = learning.evaluate(model, arguments.get(PER_DEVICE_EVAL_BATCH_SIZE), stopAsked);
        } finally {
            average.ifPresent(WeightAverage::swap);
        }
        if (held.isEmpty()) return;
        var evalLoss = held.get().loss().mean();
        var value = metric.of(evalLoss, held.get().means());
        state = state.withEvaluation(evalLoss);
        var best = state.step() > 0 && state.isBest(value, metric.greaterIsBetter());
        callbacks.tell(new TrainEvent.Evaluated(state.step(), evalLoss, best, held.get().means()));
        var judged = (best ? state.withBest(value) : state).withCallbacks(callbacks.states());
        if (saving.isOn() && saving.hasSaved(state.step())) saving.amend(judged);
        else if (saving.isOn() && best && !saving.save(judged)) return;
        state = judged;
    }

    private TrainOutput end(long stepBefore, double secondsBefore) {
        var isOver = isOver(); // also where saving or evaluating took the time that was left
        if (saving.isOn() && !saving.hasSaved(state.step())) {
            if (isOver) saving.save(toBeSaved()); // whoever has the model in memory can still save it
            else saving.saveOrFail(toBeSaved());
        }
        if (isOver && !state.isEvaluated()) evaluateNow();
        var interrupted = !isOver || stopAsked.getAsBoolean() && learning.held().isPresent() && !state.isEvaluated();
        if (!interrupted) settle();
        var seconds = progress.seconds() - secondsBefore;
        callbacks.tell(new TrainEvent.Finished(state.step(), seconds, interrupted));
        return new TrainOutput(state.step(), state.step() - stepBefore, state.loss().targets() == 0 ? Double.NaN : state.loss().mean(),
                state.evaluated().map(TrainerState.Evaluation::value), saving.best(state), seconds, interrupted);
    }

    /** The model becomes what the run is for: the best that was saved, or the average of the last. */
    private void settle() {
        average.ifPresent(WeightAverage::swap);
        var best = arguments.get(LOAD_BEST_MODEL_AT_END) ? saving.best(state) : Optional.<Path>empty();
        if (best.isEmpty()) return;
        try {
            weights.load(best.get());
            callbacks.tell(new TrainEvent.Noted(state.step(), "The model is now that of " + best.get() + ", the best."));
        } catch (IOException e) {
            throw new UncheckedIOException("The best checkpoint, " + best.get() + ", cannot be read: " + e.getMessage() + ".", e);
        }
    }

    @Override
    public void close() {
        steps.close();
        average.ifPresent(WeightAverage::close);
        optimizer.close();
    }
}
