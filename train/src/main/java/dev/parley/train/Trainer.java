package dev.parley.train;

import static dev.parley.train.TrainingSettings.BF16;
import static dev.parley.train.TrainingSettings.GRADIENT_CHECKPOINTING;
import static dev.parley.train.TrainingSettings.MAX_STEPS;
import static dev.parley.train.TrainingSettings.NUM_TRAIN_EPOCHS;
import static dev.parley.train.TrainingSettings.OUTPUT_DIR;
import static dev.parley.train.TrainingSettings.PER_DEVICE_EVAL_BATCH_SIZE;

import dev.parley.data.Dataset;
import dev.parley.data.Examples;
import dev.parley.data.TrainingData;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.kernels.DType;
import dev.parley.model.TrainingExample;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.checkpoint.Checkpoints;
import dev.parley.train.checkpoint.Stateful;
import dev.parley.train.checkpoint.TrainerState;
import dev.parley.train.objective.NextToken;
import dev.parley.train.objective.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    private final List<TrainerCallback> callbacks = new ArrayList<>();
    private Optional<LrSchedule> schedule = Optional.empty();
    private Optional<TimeLimit> timeLimit = Optional.empty();
    private Stateful.Content extra = folder -> {};
    private Stateful.Content data = folder -> {};
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
        model.gradientCheckpointing(arguments.get(GRADIENT_CHECKPOINTING));
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

    /** What is trained on. */
    public Examples<? extends TrainingExample> trainExamples() {
        return learning.train();
    }

    /** What is evaluated on. */
    public Optional<? extends Examples<? extends TrainingExample>> evalExamples() {
        return learning.held();
    }

    /**
     * A few steps of this run to see what they cost: no checkpoint is read or written and nothing is evaluated. The model is good
     * for nothing
     * afterwards.
     */
    public Trainer trial(long steps) {
        var brief = arguments.forTrial(steps);
        return new Trainer(model, brief, learning.withoutEvaluation(brief)).withSchedule(LrSchedule.of(arguments, totalSteps()));
    }

    /** Hears of every event, in the thread that trains. */
    public Trainer onEvent(Consumer<TrainEvent> listener) {
        return with(TrainerCallback.of(listener));
    }

    /** Lets a callback hear of the run, and ask something of it. */
    public Trainer with(TrainerCallback callback) {
        callbacks.add(callback);
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

    Trainer withFiles(Stateful.Content files) {
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
     * @param best the checkpoint whose evaluation was the best
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
        return train(learning);
    }

    private <E extends TrainingExample> TrainOutput train(Learning<E> learning) {
        var given = new TrainingRun.Given(model, arguments, schedule, timeLimit, resumeAnyway, extra, totalSteps());
        try (var run = new TrainingRun<>(given, learning, Callbacks.of(arguments, callbacks), () -> stopAsked)) {
            var output = run.run();
            last = Optional.of(run.state());
            return output;
        }
    }

    /** Optimiser steps of the whole run. */
    public long totalSteps() {
        if (arguments.get(MAX_STEPS) > 0) return arguments.get(MAX_STEPS);
        return (long) Math.ceil(learning.plan().stepsPerEpoch() * arguments.get(NUM_TRAIN_EPOCHS));
    }

    /** How often the whole run evaluates, where there is something to evaluate on. */
    public long evaluations() {
        return Interval.ofEvaluations(arguments, totalSteps(), learning.plan().stepsPerEpoch()).times(totalSteps());
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
}
