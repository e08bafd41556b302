package dev.parley.train;

import dev.parley.generate.config.Range;
import dev.parley.kernels.DType;
import dev.parley.tensor.Engine;
import dev.parley.train.optimizer.NewtonSchulz;
import dev.parley.train.optimizer.Optim;
import dev.parley.train.report.ReportTo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All settings of training, under the names and with the defaults of transformers' {@code TrainingArguments}.
 *
 * <pre>{@code
 * long steps = arguments.get(TrainingSettings.MAX_STEPS);
 * }</pre>
 */
public final class TrainingSettings {

    private static final List<TrainingSetting<?>> DECLARED = new ArrayList<>();

    public static final TrainingSetting<Path> OUTPUT_DIR = setting("output_dir", Values.folder(), Path.of("trainer_output"),
            "Folder of the checkpoints and of the finished model.");

    public static final TrainingSetting<Boolean> OVERWRITE_OUTPUT_DIR = setting("overwrite_output_dir", Values.flag(), false,
            "Start afresh where `output_dir` holds checkpoints, and delete those; files of others within them stay.");

    public static final TrainingSetting<Double> NUM_TRAIN_EPOCHS = setting("num_train_epochs", Values.number(Range.ANY), 3.0,
            "Passes over the training set; may be a fraction.");

    public static final TrainingSetting<Long> MAX_STEPS = setting("max_steps", Values.longCount(Range.ANY), -1L,
            "Optimiser steps. Above 0 it replaces `num_train_epochs`.");

    public static final TrainingSetting<Integer> PER_DEVICE_TRAIN_BATCH_SIZE = setting("per_device_train_batch_size",
            Values.count(Range.from(1)), 8, "Rows in a forward and backward pass.");

    public static final TrainingSetting<Integer> PER_DEVICE_EVAL_BATCH_SIZE = setting("per_device_eval_batch_size",
            Values.count(Range.from(1)), 8, "Rows in a pass of evaluation.");

    public static final TrainingSetting<Integer> GRADIENT_ACCUMULATION_STEPS = setting("gradient_accumulation_steps",
            Values.count(Range.from(1)), 1, "Passes in an optimiser step; k passes equal one that is k times as large.");

    public static final TrainingSetting<Double> LEARNING_RATE = setting("learning_rate", Values.number(Range.above(0).below(1000)),
            5e-5,
            "Highest learning rate of AdamW.");

    public static final TrainingSetting<LrSchedule.Type> LR_SCHEDULER_TYPE = setting("lr_scheduler_type",
            Values.oneOf(LrSchedule.Type.values(), LrSchedule.Type::label), LrSchedule.Type.LINEAR,
            "How the learning rate changes from step to step.");

    public static final TrainingSetting<LrSchedule.Shape> LR_SCHEDULER_KWARGS = setting("lr_scheduler_kwargs",
            Values.schedulerKwargs(), () -> LrSchedule.Shape.DEFAULT, "none", "Settings of the schedule, listed below.");

    public static final TrainingSetting<Double> WARMUP_STEPS = setting("warmup_steps", Values.stepsOrPart(), 0.0,
            "Steps in which the learning rate rises linearly from 0; below 1, a part of all steps.");

    public static final TrainingSetting<Double> WARMUP_RATIO = setting("warmup_ratio", Values.number(Range.from(0).below(1)), 0.0,
            "The same as a part of all steps, rounded up; `warmup_steps` goes before it.");

    public static final TrainingSetting<Double> WEIGHT_DECAY = setting("weight_decay", Values.number(Range.from(0)), 0.0,
            "Decoupled weight decay: each step shrinks weights of two dimensions by this times the learning rate.");

    public static final TrainingSetting<Double> ADAM_BETA1 = setting("adam_beta1", Values.number(Range.from(0).below(1)), 0.9,
            "Decay of AdamW's mean of the gradient.");

    public static final TrainingSetting<Double> ADAM_BETA2 = setting("adam_beta2", Values.number(Range.from(0).below(1)), 0.999,
            "Decay of AdamW's mean of the squared gradient.");

    public static final TrainingSetting<Double> ADAM_EPSILON = setting("adam_epsilon", Values.number(Range.above(0)), 1e-8,
            "Added to the root of the mean square, so that nothing is divided by 0.");

    public static final TrainingSetting<Optim> OPTIM = setting("optim", Values.oneOf(Optim.values(), Optim::label), Optim.ADAMW,
            "Optimiser: AdamW for all weights, or Muon for the matrices of the layers and AdamW for the rest.");

    public static final TrainingSetting<Double> MUON_LEARNING_RATE = setting("muon_learning_rate",
            Values.number(Range.above(0).below(1000)), 0.02, "Highest learning rate of Muon; it follows the same schedule.");

    public static final TrainingSetting<Double> MUON_MOMENTUM = setting("muon_momentum", Values.number(Range.from(0).below(1)), 0.95,
            "Decay of Muon's momentum.");

    public static final TrainingSetting<Integer> NS_STEPS = setting("ns_steps", Values.count(Range.of(1, 100)), 5,
            "Steps of Muon's Newton-Schulz iteration.");

    public static final TrainingSetting<NewtonSchulz> NS_COEFFICIENTS = setting("ns_coefficients",
            Values.oneOf(NewtonSchulz.values(), NewtonSchulz::label), NewtonSchulz.JORDAN,
            "Polynomials of that iteration; three steps of `polar_express` do the work of five of `jordan`.");

    public static final TrainingSetting<Integer> MUON_BLOCK_SIZE = setting("muon_block_size", Values.count(Range.from(0)), 0,
            "Rows of a matrix that Muon orthogonalises together, such as the width of a head. 0, or a size that does not divide the "
                    + "matrix, takes the whole matrix.");

    public static final TrainingSetting<Double> MAX_GRAD_NORM = setting("max_grad_norm", Values.number(Range.from(0)), 1.0,
            "Gradients longer than this are scaled down to it; 0 leaves all as they are.");

    public static final TrainingSetting<Double> EMA_DECAY = setting("ema_decay", Values.number(Range.from(0).below(1)), 0.0,
            "Above 0, an exponential moving average of the weights, such as 0.999, is what is evaluated and becomes the model; it follows "
                    + "faster at first: step n decays by at most (1 + n) / (10 + n).");

    public static final TrainingSetting<Optional<Double>> DROPOUT = setting("dropout",
            Values.optional(Values.number(Range.from(0).below(1)), "none"), Optional::empty, "the model's",
            "Part of the activations that are dropped in training, in every place that drops any.");

    public static final TrainingSetting<Boolean> SMALL_DATA = setting("small_data", Values.flag(), false,
            "Other defaults, for data that are read many times: `dropout` 0.2, `weight_decay` 0.1, `adam_beta2` 0.99.");

    public static final TrainingSetting<IntervalStrategy> EVAL_STRATEGY = setting("eval_strategy",
            Values.oneOf(IntervalStrategy.NO, IntervalStrategy.STEPS, IntervalStrategy.EPOCH), () -> IntervalStrategy.NO,
            "`steps` with `eval_steps`, else `no`", "When to evaluate; the end evaluates in any case.");

    public static final TrainingSetting<Double> EVAL_STEPS = setting("eval_steps", Values.stepsOrPart(), 0.0,
            "Steps between evaluations, or, below 1, a part of all steps; with `eval_strategy: steps`, 0 is `logging_steps`.");

    public static final TrainingSetting<Double> EVAL_DELAY = setting("eval_delay", Values.number(Range.from(0)), 0.0,
            "Steps before the first evaluation; with `eval_strategy: epoch`, epochs.");

    public static final TrainingSetting<Boolean> EVAL_ON_START = setting("eval_on_start", Values.flag(), false,
            "Evaluate before the first step too.");

    public static final TrainingSetting<IntervalStrategy> SAVE_STRATEGY = setting("save_strategy",
            Values.oneOf(IntervalStrategy.values()), IntervalStrategy.STEPS,
            "When to save; the best evaluation and the end save as well. `best` saves at these only, `no` never.");

    public static final TrainingSetting<Double> SAVE_STEPS = setting("save_steps", Values.stepsOrPart(), 500.0,
            "Steps between checkpoints, or, below 1, a part of all steps; 0 saves none.");

    public static final TrainingSetting<Integer> SAVE_TOTAL_LIMIT = setting("save_total_limit", Values.count(Range.from(0)), 0,
            "Checkpoints to keep, 0 for all: the last, the best, and the latest others. With 1 it is the last, and with "
                    + "`load_best_model_at_end` the best too.");

    public static final TrainingSetting<Boolean> SAVE_ONLY_MODEL = setting("save_only_model", Values.flag(), false,
            "Save only models, a third of the size, from which no run can go on.");

    public static final TrainingSetting<Boolean> LOAD_BEST_MODEL_AT_END = setting("load_best_model_at_end", Values.flag(), false,
            "End with the best model that was saved rather than the last.");

    public static final TrainingSetting<String> METRIC_FOR_BEST_MODEL = setting("metric_for_best_model", Values.name(), "eval_loss",
            "Metric of an evaluation that says which model is the best, with or without `eval_`.");

    public static final TrainingSetting<Optional<Boolean>> GREATER_IS_BETTER = setting("greater_is_better",
            Values.optional(Values.flag(), "auto"), Optional::empty, "false for a loss, else true",
            "Whether more of that metric is better.");

    public static final TrainingSetting<Integer> EARLY_STOPPING_PATIENCE = setting("early_stopping_patience", Values.count(Range.from(0)),
            0, "Evaluations in a row that may bring no better metric before the run ends; 0 never ends it.");

    public static final TrainingSetting<Double> EARLY_STOPPING_THRESHOLD = setting("early_stopping_threshold",
            Values.number(Range.from(0)), 0.0, "By how much the metric must be better to count.");

    public static final TrainingSetting<IntervalStrategy> LOGGING_STRATEGY = setting("logging_strategy",
            Values.oneOf(IntervalStrategy.NO, IntervalStrategy.STEPS, IntervalStrategy.EPOCH), IntervalStrategy.STEPS,
            "When to report progress; the end does in any case.");

    public static final TrainingSetting<Double> LOGGING_STEPS = setting("logging_steps", Values.stepsOrPart(), 10.0,
            "Steps between reports of progress, or, below 1, a part of all steps.");

    public static final TrainingSetting<Boolean> LOGGING_FIRST_STEP = setting("logging_first_step", Values.flag(), false,
            "Report the first step too.");

    public static final TrainingSetting<ReportTo> REPORT_TO = setting("report_to", Values.oneOf(ReportTo.values(), ReportTo::label),
            ReportTo.ALL,
            "What shows a recipe's run besides `metrics.jsonl`: event files in `logs`, the page `report.html`. `none` writes none "
                    + "of the three.");

    public static final TrainingSetting<Boolean> BF16 = setting("bf16", Values.flag(), () -> Engine.trainingType() == DType.BFLOAT16,
            "where it is faster",
            "Compute matrix products in bfloat16; weights stay float32. On processors without instructions for bfloat16 a recipe takes "
                    + "float32 all the same, and says so; `always` insists.");

    public static final TrainingSetting<Boolean> GRADIENT_CHECKPOINTING = setting("gradient_checkpointing", Values.flag(), false,
            "Keep of each layer only what goes in, and compute it again on the way back: less memory for about a third more time.");

    public static final TrainingSetting<Boolean> GROUP_BY_LENGTH = setting("group_by_length", Values.flag(), false,
            "Put rows of similar length into a batch, to save padding.");

    public static final TrainingSetting<Boolean> DATALOADER_DROP_LAST = setting("dataloader_drop_last", Values.flag(), false,
            "Leave out the last batch of an epoch where it is not full.");

    public static final TrainingSetting<Boolean> SHUFFLE = setting("shuffle", Values.flag(), true,
            "Draw the rows of each epoch in random order; false takes them in the order in which they were packed.");

    public static final TrainingSetting<Long> SEED = setting("seed", Values.longCount(Range.ANY), 42L,
            "Seed of a new model's weights, of the order of the rows and of dropout.");

    public static final TrainingSetting<Optional<Long>> DATA_SEED = setting("data_seed",
            Values.optional(Values.longCount(Range.ANY), "none"),
            Optional::empty, "`seed`", "Seed of the order of the rows.");

    public static final TrainingSetting<Optional<Path>> RESUME_FROM_CHECKPOINT = setting("resume_from_checkpoint",
            Values.checkpoint(), Optional::empty, "false", "Checkpoint to continue from; true takes the last one in `output_dir`.");

    private static final List<TrainingSetting<?>> ALL = List.copyOf(DECLARED);

    private TrainingSettings() {}

    /** Every setting; one that depends on others comes after them. */
    public static List<TrainingSetting<?>> all() {
        return ALL;
    }

    private static <T> TrainingSetting<T> setting(String name, Values<T> values, T byDefault, String sentence) {
        return setting(name, values, () -> byDefault, shortened(values.text(byDefault)), sentence);
    }

    /** 5e-5 rather than 5.0E-5. */
    private static String shortened(String text) {
        return text.replaceAll("\\.0(?=$|E)", "").replaceAll("(?<=\\d)E", "e");
    }

    private static <T> TrainingSetting<T> setting(String name, Values<T> values, Supplier<T> byDefault, String defaultText,
            String sentence) {
        var setting = new TrainingSetting<>(name, values, byDefault, defaultText, sentence);
        DECLARED.add(setting);
        return setting;
    }
}
