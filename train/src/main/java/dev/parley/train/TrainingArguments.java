package dev.parley.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to train: a value for each of {@link TrainingSettings}.
 *
 * <pre>{@code
 * var arguments = TrainingArguments.builder().outputDir(Path.of("out")).maxSteps(1000).learningRate(1e-3).build();
 * long steps = arguments.get(TrainingSettings.MAX_STEPS); // 1000
 * }</pre>
 */
public final class TrainingArguments {

    private final Map<TrainingSetting<?>, Object> values;

    private TrainingArguments(Map<TrainingSetting<?>, Object> values) {
        this.values = Map.copyOf(values);
    }

    /** The value of a setting. */
    @SuppressWarnings("unchecked") // only set() puts a value, one of the setting's type
    public <T> T get(TrainingSetting<T> setting) {
        return (T) values.get(setting);
    }

    /** The value of a setting as a recipe would write it. */
    <T> String text(TrainingSetting<T> setting) {
        return setting.text(get(setting));
    }

    /** The same, going on from a checkpoint. */
    public TrainingArguments resumingFrom(Path checkpoint) {
        var builder = new Builder();
        builder.values.putAll(values);
        return builder.resumeFromCheckpoint(checkpoint).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects the arguments that differ from the defaults; {@link #build()} checks all at once. */
    public static final class Builder {

        private final Map<TrainingSetting<?>, Object> values = new HashMap<>();

        private Builder() {}

        /** Sets any of {@link TrainingSettings}; the methods below do so by name. */
        public <T> Builder set(TrainingSetting<T> setting, T value) {
            values.put(setting, value);
            return this;
        }

        /** What is set so far, or the default. */
        @SuppressWarnings("unchecked")
        <T> T get(TrainingSetting<T> setting) {
            return values.containsKey(setting) ? (T) values.get(setting) : setting.defaultValue();
        }

        /**
         * Sets what a map has of {@link TrainingSettings}, as recipes write them.
         *
         * @throws IllegalArgumentException naming a setting and a value that is none of it
         */
        public Builder read(JsonNode map) {
            for (var setting : TrainingSettings.all()) {
                if (map.hasNonNull(setting.name())) read(setting, map.path(setting.name()));
            }
            return this;
        }

        private <T> void read(TrainingSetting<T> setting, JsonNode value) {
            set(setting, setting.read(value, this));
        }

        public Builder outputDir(Path value) {
            return set(TrainingSettings.OUTPUT_DIR, value);
        }

        public Builder overwriteOutputDir(boolean value) {
            return set(TrainingSettings.OVERWRITE_OUTPUT_DIR, value);
        }

        public Builder numTrainEpochs(double value) {
            return set(TrainingSettings.NUM_TRAIN_EPOCHS, value);
        }

        public Builder maxSteps(long value) {
            return set(TrainingSettings.MAX_STEPS, value);
        }

        public Builder perDeviceTrainBatchSize(int value) {
            return set(TrainingSettings.PER_DEVICE_TRAIN_BATCH_SIZE, value);
        }

        public Builder perDeviceEvalBatchSize(int value) {
            return set(TrainingSettings.PER_DEVICE_EVAL_BATCH_SIZE, value);
        }

        public Builder gradientAccumulationSteps(int value) {
            return set(TrainingSettings.GRADIENT_ACCUMULATION_STEPS, value);
        }

        public Builder learningRate(double value) {
            return set(TrainingSettings.LEARNING_RATE, value);
        }

        public Builder lrSchedulerType(LrSchedule.Type value) {
            return set(TrainingSettings.LR_SCHEDULER_TYPE, value);
        }

        public Builder lrSchedulerKwargs(LrSchedule.Shape value) {
            return set(TrainingSettings.LR_SCHEDULER_KWARGS, value);
        }

        public Builder warmupSteps(long value) {
            return set(TrainingSettings.WARMUP_STEPS, value);
        }

        public Builder weightDecay(double value) {
            return set(TrainingSettings.WEIGHT_DECAY, value);
        }

        public Builder adamBeta1(double value) {
            return set(TrainingSettings.ADAM_BETA1, value);
        }

        public Builder adamBeta2(double value) {
            return set(TrainingSettings.ADAM_BETA2, value);
        }

        public Builder adamEpsilon(double value) {
            return set(TrainingSettings.ADAM_EPSILON, value);
        }

        public Builder optim(Optim value) {
            return set(TrainingSettings.OPTIM, value);
        }

        public Builder muonLearningRate(double value) {
            return set(TrainingSettings.MUON_LEARNING_RATE, value);
        }

        public Builder muonMomentum(double value) {
            return set(TrainingSettings.MUON_MOMENTUM, value);
        }

        public Builder nsSteps(int value) {
            return set(TrainingSettings.NS_STEPS, value);
        }

        public Builder nsCoefficients(NewtonSchulz value) {
            return set(TrainingSettings.NS_COEFFICIENTS, value);
        }

        public Builder muonBlockSize(int value) {
            return set(TrainingSettings.MUON_BLOCK_SIZE, value);
        }

        public Builder maxGradNorm(double value) {
            return set(TrainingSettings.MAX_GRAD_NORM, value);
        }

        public Builder evalSteps(long value) {
            return set(TrainingSettings.EVAL_STEPS, value);
        }

        public Builder saveSteps(long value) {
            return set(TrainingSettings.SAVE_STEPS, value);
        }

        public Builder saveTotalLimit(int value) {
            return set(TrainingSettings.SAVE_TOTAL_LIMIT, value);
        }

        public Builder loggingSteps(long value) {
            return set(TrainingSettings.LOGGING_STEPS, value);
        }

        public Builder bf16(boolean value) {
            return set(TrainingSettings.BF16, value);
        }

        public Builder groupByLength(boolean value) {
            return set(TrainingSettings.GROUP_BY_LENGTH, value);
        }

        public Builder shuffle(boolean value) {
            return set(TrainingSettings.SHUFFLE, value);
        }

        public Builder seed(long value) {
            return set(TrainingSettings.SEED, value);
        }

        public Builder resumeFromCheckpoint(Path value) {
            return set(TrainingSettings.RESUME_FROM_CHECKPOINT, Optional.of(value));
        }

        /** @throws IllegalArgumentException listing every fault */
        public TrainingArguments build() {
            var faults = new ArrayList<String>();
            for (var setting : TrainingSettings.all()) settle(setting, faults);
            checkTogether(faults);
            if (!faults.isEmpty())
                throw new IllegalArgumentException("These training arguments cannot be: " + String.join("; ", faults) + ".");
            return new TrainingArguments(values);
        }

        private <T> void settle(TrainingSetting<T> setting, List<String> faults) {
            set(setting, get(setting));
            setting.fault(get(setting)).ifPresent(faults::add);
        }

        private void checkTogether(List<String> faults) {
            double epochs = get(TrainingSettings.NUM_TRAIN_EPOCHS);
            if (get(TrainingSettings.MAX_STEPS) <= 0 && !(epochs > 0)) faults.add("num_train_epochs " + epochs + " is not above 0");
            get(TrainingSettings.LR_SCHEDULER_KWARGS).missing(get(TrainingSettings.LR_SCHEDULER_TYPE)).ifPresent(faults::add);
        }
    }
}
