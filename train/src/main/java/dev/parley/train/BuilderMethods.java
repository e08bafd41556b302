package dev.parley.train;

import dev.parley.train.optimizer.NewtonSchulz;
import dev.parley.train.optimizer.Optim;
import dev.parley.train.report.ReportTo;
import java.nio.file.Path;
import java.util.Optional;

/** A method for each of {@link TrainingSettings}, by its name. */
public abstract class BuilderMethods {

    BuilderMethods() {}

    /** Sets any of {@link TrainingSettings}; the methods below do so by name. */
    public abstract <T> TrainingArguments.Builder set(TrainingSetting<T> setting, T value);

    /** {@link TrainingSettings#OUTPUT_DIR} */
    public TrainingArguments.Builder outputDir(Path value) {
        return set(TrainingSettings.OUTPUT_DIR, value);
    }

    /** {@link TrainingSettings#OVERWRITE_OUTPUT_DIR} */
    public TrainingArguments.Builder overwriteOutputDir(boolean value) {
        return set(TrainingSettings.OVERWRITE_OUTPUT_DIR, value);
    }

    /** {@link TrainingSettings#NUM_TRAIN_EPOCHS} */
    public TrainingArguments.Builder numTrainEpochs(double value) {
        return set(TrainingSettings.NUM_TRAIN_EPOCHS, value);
    }

    /** {@link TrainingSettings#MAX_STEPS} */
    public TrainingArguments.Builder maxSteps(long value) {
        return set(TrainingSettings.MAX_STEPS, value);
    }

    /** {@link TrainingSettings#PER_DEVICE_TRAIN_BATCH_SIZE} */
    public TrainingArguments.Builder perDeviceTrainBatchSize(int value) {
        return set(TrainingSettings.PER_DEVICE_TRAIN_BATCH_SIZE, value);
    }

    /** {@link TrainingSettings#PER_DEVICE_EVAL_BATCH_SIZE} */
    public TrainingArguments.Builder perDeviceEvalBatchSize(int value) {
        return set(TrainingSettings.PER_DEVICE_EVAL_BATCH_SIZE, value);
    }

    /** {@link TrainingSettings#GRADIENT_ACCUMULATION_STEPS} */
    public TrainingArguments.Builder gradientAccumulationSteps(int value) {
        return set(TrainingSettings.GRADIENT_ACCUMULATION_STEPS, value);
    }

    /** {@link TrainingSettings#LEARNING_RATE} */
    public TrainingArguments.Builder learningRate(double value) {
        return set(TrainingSettings.LEARNING_RATE, value);
    }

    /** {@link TrainingSettings#LR_SCHEDULER_TYPE} */
    public TrainingArguments.Builder lrSchedulerType(LrSchedule.Type value) {
        return set(TrainingSettings.LR_SCHEDULER_TYPE, value);
    }

    /** {@link TrainingSettings#LR_SCHEDULER_KWARGS} */
    public TrainingArguments.Builder lrSchedulerKwargs(LrSchedule.Shape value) {
        return set(TrainingSettings.LR_SCHEDULER_KWARGS, value);
    }

    /** {@link TrainingSettings#WARMUP_STEPS} */
    public TrainingArguments.Builder warmupSteps(double value) {
        return set(TrainingSettings.WARMUP_STEPS, value);
    }

    /** {@link TrainingSettings#WEIGHT_DECAY} */
    public TrainingArguments.Builder weightDecay(double value) {
        return set(TrainingSettings.WEIGHT_DECAY, value);
    }

    /** {@link TrainingSettings#ADAM_BETA1} */
    public TrainingArguments.Builder adamBeta1(double value) {
        return set(TrainingSettings.ADAM_BETA1, value);
    }

    /** {@link TrainingSettings#ADAM_BETA2} */
    public TrainingArguments.Builder adamBeta2(double value) {
        return set(TrainingSettings.ADAM_BETA2, value);
    }

    /** {@link TrainingSettings#ADAM_EPSILON} */
    public TrainingArguments.Builder adamEpsilon(double value) {
        return set(TrainingSettings.ADAM_EPSILON, value);
    }

    /** {@link TrainingSettings#OPTIM} */
    public TrainingArguments.Builder optim(Optim value) {
        return set(TrainingSettings.OPTIM, value);
    }

    /** {@link TrainingSettings#MUON_LEARNING_RATE} */
    public TrainingArguments.Builder muonLearningRate(double value) {
        return set(TrainingSettings.MUON_LEARNING_RATE, value);
    }

    /** {@link TrainingSettings#MUON_MOMENTUM} */
    public TrainingArguments.Builder muonMomentum(double value) {
        return set(TrainingSettings.MUON_MOMENTUM, value);
    }

    /** {@link TrainingSettings#NS_STEPS} */
    public TrainingArguments.Builder nsSteps(int value) {
        return set(TrainingSettings.NS_STEPS, value);
    }

    /** {@link TrainingSettings#NS_COEFFICIENTS} */
    public TrainingArguments.Builder nsCoefficients(NewtonSchulz value) {
        return set(TrainingSettings.NS_COEFFICIENTS, value);
    }

    /** {@link TrainingSettings#MUON_BLOCK_SIZE} */
    public TrainingArguments.Builder muonBlockSize(int value) {
        return set(TrainingSettings.MUON_BLOCK_SIZE, value);
    }

    /** {@link TrainingSettings#MAX_GRAD_NORM} */
    public TrainingArguments.Builder maxGradNorm(double value) {
        return set(TrainingSettings.MAX_GRAD_NORM, value);
    }

    /** {@link TrainingSettings#EVAL_STEPS} */
    public TrainingArguments.Builder evalSteps(double value) {
        return set(TrainingSettings.EVAL_STEPS, value);
    }

    /** {@link TrainingSettings#SAVE_STEPS} */
    public TrainingArguments.Builder saveSteps(double value) {
        return set(TrainingSettings.SAVE_STEPS, value);
    }

    /** {@link TrainingSettings#SAVE_TOTAL_LIMIT} */
    public TrainingArguments.Builder saveTotalLimit(int value) {
        return set(TrainingSettings.SAVE_TOTAL_LIMIT, value);
    }

    /** {@link TrainingSettings#LOGGING_STEPS} */
    public TrainingArguments.Builder loggingSteps(double value) {
        return set(TrainingSettings.LOGGING_STEPS, value);
    }

    /** {@link TrainingSettings#BF16} */
    public TrainingArguments.Builder bf16(boolean value) {
        return set(TrainingSettings.BF16, value);
    }

    /** {@link TrainingSettings#GROUP_BY_LENGTH} */
    public TrainingArguments.Builder groupByLength(boolean value) {
        return set(TrainingSettings.GROUP_BY_LENGTH, value);
    }

    /** {@link TrainingSettings#SHUFFLE} */
    public TrainingArguments.Builder shuffle(boolean value) {
        return set(TrainingSettings.SHUFFLE, value);
    }

    /** {@link TrainingSettings#SEED} */
    public TrainingArguments.Builder seed(long value) {
        return set(TrainingSettings.SEED, value);
    }

    /** {@link TrainingSettings#GRADIENT_CHECKPOINTING} */
    public TrainingArguments.Builder gradientCheckpointing(boolean value) {
        return set(TrainingSettings.GRADIENT_CHECKPOINTING, value);
    }

    /** {@link TrainingSettings#REPORT_TO} */
    public TrainingArguments.Builder reportTo(ReportTo value) {
        return set(TrainingSettings.REPORT_TO, value);
    }

    /** {@link TrainingSettings#RESUME_FROM_CHECKPOINT} */
    public TrainingArguments.Builder resumeFromCheckpoint(Path value) {
        return set(TrainingSettings.RESUME_FROM_CHECKPOINT, Optional.of(value));
    }

    /** {@link TrainingSettings#WARMUP_RATIO} */
    public TrainingArguments.Builder warmupRatio(double value) {
        return set(TrainingSettings.WARMUP_RATIO, value);
    }

    /** {@link TrainingSettings#EMA_DECAY} */
    public TrainingArguments.Builder emaDecay(double value) {
        return set(TrainingSettings.EMA_DECAY, value);
    }

    /** {@link TrainingSettings#DROPOUT} */
    public TrainingArguments.Builder dropout(double value) {
        return set(TrainingSettings.DROPOUT, Optional.of(value));
    }

    /** {@link TrainingSettings#SMALL_DATA} */
    public TrainingArguments.Builder smallData(boolean value) {
        return set(TrainingSettings.SMALL_DATA, value);
    }

    /** {@link TrainingSettings#EVAL_STRATEGY} */
    public TrainingArguments.Builder evalStrategy(IntervalStrategy value) {
        return set(TrainingSettings.EVAL_STRATEGY, value);
    }

    /** {@link TrainingSettings#EVAL_DELAY} */
    public TrainingArguments.Builder evalDelay(double value) {
        return set(TrainingSettings.EVAL_DELAY, value);
    }

    /** {@link TrainingSettings#EVAL_ON_START} */
    public TrainingArguments.Builder evalOnStart(boolean value) {
        return set(TrainingSettings.EVAL_ON_START, value);
    }

    /** {@link TrainingSettings#SAVE_STRATEGY} */
    public TrainingArguments.Builder saveStrategy(IntervalStrategy value) {
        return set(TrainingSettings.SAVE_STRATEGY, value);
    }

    /** {@link TrainingSettings#SAVE_ONLY_MODEL} */
    public TrainingArguments.Builder saveOnlyModel(boolean value) {
        return set(TrainingSettings.SAVE_ONLY_MODEL, value);
    }

    /** {@link TrainingSettings#LOAD_BEST_MODEL_AT_END} */
    public TrainingArguments.Builder loadBestModelAtEnd(boolean value) {
        return set(TrainingSettings.LOAD_BEST_MODEL_AT_END, value);
    }

    /** {@link TrainingSettings#METRIC_FOR_BEST_MODEL} */
    public TrainingArguments.Builder metricForBestModel(String value) {
        return set(TrainingSettings.METRIC_FOR_BEST_MODEL, value);
    }

    /** {@link TrainingSettings#GREATER_IS_BETTER} */
    public TrainingArguments.Builder greaterIsBetter(boolean value) {
        return set(TrainingSettings.GREATER_IS_BETTER, Optional.of(value));
    }

    /** {@link TrainingSettings#EARLY_STOPPING_PATIENCE} */
    public TrainingArguments.Builder earlyStoppingPatience(int value) {
        return set(TrainingSettings.EARLY_STOPPING_PATIENCE, value);
    }

    /** {@link TrainingSettings#EARLY_STOPPING_THRESHOLD} */
    public TrainingArguments.Builder earlyStoppingThreshold(double value) {
        return set(TrainingSettings.EARLY_STOPPING_THRESHOLD, value);
    }

    /** {@link TrainingSettings#LOGGING_STRATEGY} */
    public TrainingArguments.Builder loggingStrategy(IntervalStrategy value) {
        return set(TrainingSettings.LOGGING_STRATEGY, value);
    }

    /** {@link TrainingSettings#LOGGING_FIRST_STEP} */
    public TrainingArguments.Builder loggingFirstStep(boolean value) {
        return set(TrainingSettings.LOGGING_FIRST_STEP, value);
    }

    /** {@link TrainingSettings#DATALOADER_DROP_LAST} */
    public TrainingArguments.Builder dataloaderDropLast(boolean value) {
        return set(TrainingSettings.DATALOADER_DROP_LAST, value);
    }

    /** {@link TrainingSettings#DATA_SEED} */
    public TrainingArguments.Builder dataSeed(long value) {
        return set(TrainingSettings.DATA_SEED, Optional.of(value));
    }
}
