package dev.parley.train;

import dev.parley.data.Dataset;
import dev.parley.data.Row;
import dev.parley.model.CausalLM;
import dev.parley.model.LossSum;
import dev.parley.tensor.DType;
import dev.parley.tensor.RandomState;
import dev.parley.tokenizer.FolderTree;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Trains a model on rows of tokens: pretraining where every token is a target, fine-tuning where the answer's are.
 *
 * <pre>{@code
 * var model = CausalLM.forTraining(Path.of("gpt2"), DType.BFLOAT16);
 * var arguments = TrainingArguments.builder().outputDir(Path.of("out")).numTrainEpochs(3).build();
 * new Trainer(model, arguments, trainDataset, evalDataset).train();
 * }</pre>
 *
 * The loss of a step is divided by the targets of all its passes together, so that accumulating k passes equals one
 * large one. A run that goes on from a checkpoint equals, bit for bit, one that was never interrupted.
 */
public final class Trainer {

    private final CausalLM model;
    private final TrainingArguments arguments;
    private final Dataset trainDataset;
    private final Optional<Dataset> evalDataset;
    private final List<Consumer<TrainEvent>> listeners = new ArrayList<>();
    private Optional<LrSchedule> schedule = Optional.empty();
    private Optional<TimeLimit> timeLimit = Optional.empty();
    private Checkpoint.Extra extra = folder -> {};
    private volatile boolean stopAsked;

    /** A trainer that evaluates as well. */
    public Trainer(CausalLM model, TrainingArguments arguments, Dataset trainDataset, Dataset evalDataset) {
        this(model, arguments, trainDataset, Optional.of(evalDataset));
    }

    /** A trainer without an evaluation set. */
    public Trainer(CausalLM model, TrainingArguments arguments, Dataset trainDataset) {
        this(model, arguments, trainDataset, Optional.empty());
    }

    private Trainer(CausalLM model, TrainingArguments arguments, Dataset trainDataset, Optional<Dataset> evalDataset) {
        this.model = model;
        this.arguments = arguments;
        this.trainDataset = trainDataset;
        this.evalDataset = evalDataset;
        if (trainDataset.size() == 0) throw new TrainingException("The training set is empty.");
        if (evalDataset.isPresent() && evalDataset.get().size() == 0) throw new TrainingException("The evaluation set is empty.");
        model.computeIn(arguments.bf16() ? DType.BFLOAT16 : DType.FLOAT32);
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

    /** Writes the tokenizer's files into every checkpoint and saved model. */
    public Trainer withTokenizer(Tokenizer tokenizer) {
        extra = tokenizer::save;
        return this;
    }

    /** Asks the run to end after the present step, with a checkpoint; from any thread. */
    public void stop() {
        stopAsked = true;
    }

    /**
     * What a run came to.
     *
     * @param globalStep optimiser steps done, those before a resume counted
     * @param trainLoss mean over the targets of the steps of this run, in nats
     * @param evalLoss of the last evaluation
     * @param seconds of this run
     */
    public record TrainOutput(long globalStep, double trainLoss, Optional<Double> evalLoss, double seconds, boolean interrupted) {}

    /**
     * Trains to the last step, or until {@link #stop()}.
     *
     * @throws TrainingException if a loss or gradient is not finite, a step has no target, or a checkpoint does not fit
     */
    public TrainOutput train() {
        try (var optimizer = new Optimizer(model.parameters(), arguments)) {
            return new Run(optimizer).run();
        }
    }

    /** Optimiser steps of the whole run. */
    public long totalSteps() {
        if (arguments.maxSteps() > 0) return arguments.maxSteps();
        var stepsPerEpoch = Math.max(1, new BatchOrder(trainDataset, arguments).batchesPerEpoch() / arguments.gradientAccumulationSteps());
        return (long) Math.ceil(stepsPerEpoch * arguments.numTrainEpochs());
    }

    /** The mean loss over a set's targets, in nats, without dropout. */
    public double evaluate(Dataset dataset) {
        var sum = new LossSum(0, 0);
        var size = arguments.perDeviceEvalBatchSize();
        for (int start = 0; start < dataset.size(); start += size) {
            var rows = new ArrayList<Row>();
            for (int i = start; i < Math.min(dataset.size(), start + size); i++) rows.add(dataset.get(i));
            var batch = PaddedBatch.of(rows);
            sum = sum.plus(model.loss(batch.tokenBatch(), batch.labels()));
        }
        if (sum.targets() == 0) throw new TrainingException("The evaluation set has no target: every label is masked.");
        return sum.mean();
    }

    /** Writes the model, and the tokenizer if there is one, to the output folder. */
    public void saveModel() throws IOException {
        saveModel(arguments.outputDir());
    }

    /** Writes the model, and the tokenizer if there is one, to a folder. */
    public void saveModel(Path folder) throws IOException {
        model.savePretrained(folder);
        extra.writeTo(folder);
    }

    private void tell(TrainEvent event) {
        for (var listener : listeners) listener.accept(event);
    }

    /** The state of one call of {@link #train()}. */
    private final class Run {

        private final Optimizer optimizer;
        private final BatchOrder order = new BatchOrder(trainDataset, arguments);
        private final long totalSteps = totalSteps();
        private final LrSchedule learningRate = schedule.orElseGet(() -> LrSchedule.of(arguments, totalSteps));
        private Checkpoint.Progress progress;
        private Course course;
        private Optional<Double> evalLoss = Optional.empty();

        Run(Optimizer optimizer) {
            this.optimizer = optimizer;
        }

        TrainOutput run() {
            RandomState.seed(arguments.seed());
            progress = begin();
            var secondsBefore = progress.seconds();
            course = new Course(totalSteps, timeLimit, progress.step(), secondsBefore);
            var all = new LossSum(0, 0);
            var window = new Window(course.now(), new LossSum(0, 0), 0);
            var savedAt = progress.step();
            var evaluatedAt = progress.step();
            while (!course.isOver(progress.step()) && !stopAsked) {
                var before = course.now();
                var done = step();
                course.stepTook((course.now() - before) / 1e9);
                all = all.plus(done.loss());
                window = window.plus(done);
                progress = progress.next(arguments.gradientAccumulationSteps(), course.seconds());
                var step = progress.step();
                var last = course.isOver(step);
                var told = step % arguments.loggingSteps() == 0 || last;
                if (told) tell(window.event(step, course, epoch(), done));
                if (due(step, arguments.evalSteps()) || last) evaluatedAt = evaluateNow();
                if (due(step, arguments.saveSteps())) savedAt = save();
                if (told) window = new Window(course.now(), new LossSum(0, 0), 0); // evaluating and saving are no steps
            }
            var interrupted = !course.isOver(progress.step());
            if (!interrupted && evaluatedAt < progress.step()) evaluateNow(); // an evaluation or a checkpoint took the time that was left
            if (arguments.saveSteps() > 0 && savedAt < progress.step()) save();
            var seconds = course.seconds() - secondsBefore;
            tell(new TrainEvent.Finished(progress.step(), seconds, interrupted));
            return new TrainOutput(progress.step(), all.targets() == 0 ? Double.NaN : all.mean(), evalLoss, seconds, interrupted);
        }

        private boolean due(long step, long every) {
            return every > 0 && step % every == 0;
        }

        private double epoch() {
            return (double) progress.cursor() / order.batchesPerEpoch();
        }

        private Checkpoint.Progress begin() {
            try {
                if (arguments.resumeFromCheckpoint().isPresent()) return resume(arguments.resumeFromCheckpoint().get());
                var old = Checkpoint.list(arguments.outputDir());
                if (!old.isEmpty() && !arguments.overwriteOutputDir()) {
                    throw new TrainingException(arguments.outputDir() + " holds checkpoints of an earlier run; resume from them, or overwrite"
                            + " the folder (overwrite_output_dir), or name another.");
                }
                for (var folder : old) FolderTree.delete(folder);
                return new Checkpoint.Progress(0, 0, order.fingerprint(), Double.POSITIVE_INFINITY, -1, 0);
            } catch (IOException e) {
                throw new UncheckedIOException("The output folder " + arguments.outputDir() + " cannot be used: " + e.getMessage() + ".", e);
            }
        }

        private Checkpoint.Progress resume(Path from) throws IOException {
            var folder = Checkpoint.last(from).orElse(from);
            var found = Checkpoint.restore(folder, model, optimizer);
            if (!found.dataFingerprint().equals(order.fingerprint())) {
                throw new TrainingException(folder + " was trained on other data, or with another seed or batch size; resume with the same,"
                        + " or start anew from its weights.");
            }
            return found;
        }

        /** What one optimiser step came to. */
        private record Done(LossSum loss, double gradNorm, double learningRate, long tokens) {}

        /** The recipe: passes over the micro-batches, clip, update. */
        private Done step() {
            var batches = new ArrayList<PaddedBatch>();
            for (int i = 0; i < arguments.gradientAccumulationSteps(); i++) batches.add(PaddedBatch.of(order.batch(progress.cursor() + i)));
            var targets = batches.stream().mapToLong(PaddedBatch::targets).sum();
            if (targets == 0) {
                throw new TrainingException("Step " + progress.step() + " (batches from " + progress.cursor()
                        + " on) has no target: every label is masked; look at the rows' labels.");
            }
            var loss = new LossSum(0, 0);
            for (var batch : batches) {
                loss = loss.plus(model.lossAndBackward(batch.tokenBatch(), batch.labels(), targets));
            }
            var gradNorm = optimizer.gradNorm();
            if (!Double.isFinite(loss.sum()) || !Double.isFinite(gradNorm)) {
                throw new TrainingException("Step " + progress.step() + ", batch " + progress.cursor() + ": the loss is " + loss.mean()
                        + " and the gradient's length " + gradNorm + "; the first tensor whose gradient is not finite is "
                        + optimizer.firstBrokenGradient() + ". Lower the learning rate, or look at the data.");
            }
            var rate = learningRate.at(course.scheduledStep(progress.step()));
            optimizer.step(rate, gradNorm);
            return new Done(loss, gradNorm, rate, batches.stream().mapToLong(PaddedBatch::tokens).sum());
        }

        private long evaluateNow() {
            if (evalDataset.isEmpty()) return progress.step();
            var loss = evaluate(evalDataset.get());
            evalLoss = Optional.of(loss);
            var best = loss < progress.bestEvalLoss();
            if (best) progress = progress.withBest(loss);
            tell(new TrainEvent.Evaluated(progress.step(), loss, best));
            return progress.step();
        }

        private long save() {
            var folder = Checkpoint.write(arguments.outputDir(), model, optimizer, progress, extra, arguments.saveTotalLimit());
            tell(new TrainEvent.Saved(progress.step(), folder));
            return progress.step();
        }

        /** The steps since the last event. */
        private record Window(long since, LossSum loss, long tokens) {

            Window plus(Done done) {
                return new Window(since, loss.plus(done.loss()), tokens + done.tokens());
            }

            TrainEvent event(long step, Course course, double epoch, Done last) {
                return new TrainEvent.Step(step, course.totalSteps(step), epoch, loss.mean(), last.gradNorm(), last.learningRate(),
                        tokens / ((course.now() - since) / 1e9), course.secondsLeft(step));
            }
        }
    }
}
