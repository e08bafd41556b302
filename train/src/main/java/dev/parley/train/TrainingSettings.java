package dev.parley.train;

import dev.parley.generate.config.Range;
import dev.parley.kernels.DType;
import dev.parley.tensor.Engine;
import dev.parley.train.TrainingSetting.Values;
import dev.parley.train.optimizer.NewtonSchulz;
import dev.parley.train.optimizer.Optim;
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
            "Start afresh where `output_dir` holds checkpoints, and delete those.");

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

    public static final TrainingSetting<Long> WARMUP_STEPS = setting("warmup_steps", Values.longCount(Range.from(0)), 0L,
            "Steps in which the learning rate rises linearly from 0.");

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

    public static final TrainingSetting<Long> EVAL_STEPS = setting("eval_steps", Values.longCount(Range.from(0)), 0L,
            "Steps between evaluations; 0 evaluates at the end only.");

    public static final TrainingSetting<Long> SAVE_STEPS = setting("save_steps", Values.longCount(Range.from(0)), 500L,
            "Steps between checkpoints; the best evaluation and the end save as well. 0 saves none.");

    public static final TrainingSetting<Integer> SAVE_TOTAL_LIMIT = setting("save_total_limit", Values.count(Range.from(0)), 0,
            "Checkpoints to keep; the best one stays besides. 0 keeps all.");

    public static final TrainingSetting<Long> LOGGING_STEPS = setting("logging_steps", Values.longCount(Range.from(1)), 10L,
            "Steps between reports of progress.");

    public static final TrainingSetting<Boolean> BF16 = setting("bf16", Values.flag(), () -> Engine.trainingType() == DType.BFLOAT16,
            "where it is faster",
            "Compute matrix products in bfloat16; weights stay float32. On processors without instructions for bfloat16 a recipe takes "
                    + "float32 all the same, and says so; `always` insists.");

    public static final TrainingSetting<Boolean> GRADIENT_CHECKPOINTING = setting("gradient_checkpointing", Values.flag(), false,
            "Keep of each layer only what goes in, and compute it again on the way back: less memory for about a third more time.");

    public static final TrainingSetting<Boolean> GROUP_BY_LENGTH = setting("group_by_length", Values.flag(), false,
            "Put rows of similar length into a batch, to save padding.");

    public static final TrainingSetting<Boolean> SHUFFLE = setting("shuffle", Values.flag(), true,
            "Draw the rows of each epoch in random order; false takes them in the order in which they were packed.");

    public static final TrainingSetting<Long> SEED = setting("seed", Values.longCount(Range.ANY), 42L,
            "Seed of a new model's weights, of the order of the rows and of dropout.");

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
