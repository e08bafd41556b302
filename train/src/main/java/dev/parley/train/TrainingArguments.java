package dev.parley.train;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.train.optimizer.NewtonSchulz;
import dev.parley.train.optimizer.Optim;
import dev.parley.train.optimizer.OptimizerSettings;
import dev.parley.train.optimizer.OptimizerSettings.AdamWSettings;
import dev.parley.train.optimizer.OptimizerSettings.MuonSettings;
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
    public <T> String text(TrainingSetting<T> setting) {
        return setting.text(get(setting));
    }

    /** What concerns the optimiser. */
    OptimizerSettings optimizer() {
        return new OptimizerSettings(get(TrainingSettings.OPTIM), get(TrainingSettings.LEARNING_RATE), get(TrainingSettings.WEIGHT_DECAY),
                get(TrainingSettings.MAX_GRAD_NORM),
                new AdamWSettings(get(TrainingSettings.ADAM_BETA1), get(TrainingSettings.ADAM_BETA2), get(TrainingSettings.ADAM_EPSILON)),
                new MuonSettings(get(TrainingSettings.MUON_LEARNING_RATE), get(TrainingSettings.MUON_MOMENTUM),
                        get(TrainingSettings.NS_COEFFICIENTS), get(TrainingSettings.NS_STEPS), get(TrainingSettings.MUON_BLOCK_SIZE)));
    }

    /** The same, going on from a checkpoint. */
    public TrainingArguments resumingFrom(Path checkpoint) {
        var builder = new Builder();
        builder.values.putAll(values);
        return builder.resumeFromCheckpoint(checkpoint).build();
    }

    /** A builder that begins with the defaults. */
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
         * @throws IllegalArgumentException naming a setting and a value that it cannot have
         */
        public Builder read(JsonNode map) {
            for (var setting : TrainingSettings.all()) {
                if (map.hasNonNull(setting.name())) read(setting, map.path(setting.name()));
            }
            return this;
        }

        private <T> void read(TrainingSetting<T> setting, JsonNode value) {
            var read = setting.read(value, this);
            setting.fault(read).ifPresent(fault -> {
                throw new IllegalArgumentException(fault);
            });
            set(setting, read);
        }

        /** {@link TrainingSettings#OUTPUT_DIR} */
        public Builder outputDir(Path value) {
            return set(TrainingSettings.OUTPUT_DIR, value);
        }

        /** {@link TrainingSettings#OVERWRITE_OUTPUT_DIR} */
        public Builder overwriteOutputDir(boolean value) {
            return set(TrainingSettings.OVERWRITE_OUTPUT_DIR, value);
        }

        /** {@link TrainingSettings#NUM_TRAIN_EPOCHS} */
        public Builder numTrainEpochs(double value) {
            return set(TrainingSettings.NUM_TRAIN_EPOCHS, value);
        }

        /** {@link TrainingSettings#MAX_STEPS} */
        public Builder maxSteps(long value) {
            return set(TrainingSettings.MAX_STEPS, value);
        }

        /** {@link TrainingSettings#PER_DEVICE_TRAIN_BATCH_SIZE} */
        public Builder perDeviceTrainBatchSize(int value) {
            return set(TrainingSettings.PER_DEVICE_TRAIN_BATCH_SIZE, value);
        }

        /** {@link TrainingSettings#PER_DEVICE_EVAL_BATCH_SIZE} */
        public Builder perDeviceEvalBatchSize(int value) {
            return set(TrainingSettings.PER_DEVICE_EVAL_BATCH_SIZE, value);
        }

        /** {@link TrainingSettings#GRADIENT_ACCUMULATION_STEPS} */
        public Builder gradientAccumulationSteps(int value) {
            return set(TrainingSettings.GRADIENT_ACCUMULATION_STEPS, value);
        }

        /** {@link TrainingSettings#LEARNING_RATE} */
        public Builder learningRate(double value) {
            return set(TrainingSettings.LEARNING_RATE, value);
        }

        /** {@link TrainingSettings#LR_SCHEDULER_TYPE} */
        public Builder lrSchedulerType(LrSchedule.Type value) {
            return set(TrainingSettings.LR_SCHEDULER_TYPE, value);
        }

        /** {@link TrainingSettings#LR_SCHEDULER_KWARGS} */
        public Builder lrSchedulerKwargs(LrSchedule.Shape value) {
            return set(TrainingSettings.LR_SCHEDULER_KWARGS, value);
        }

        /** {@link TrainingSettings#WARMUP_STEPS} */
        public Builder warmupSteps(long value) {
            return set(TrainingSettings.WARMUP_STEPS, value);
        }

        /** {@link TrainingSettings#WEIGHT_DECAY} */
        public Builder weightDecay(double value) {
            return set(TrainingSettings.WEIGHT_DECAY, value);
        }

        /** {@link TrainingSettings#ADAM_BETA1} */
        public Builder adamBeta1(double value) {
            return set(TrainingSettings.ADAM_BETA1, value);
        }

        /** {@link TrainingSettings#ADAM_BETA2} */
        public Builder adamBeta2(double value) {
            return set(TrainingSettings.ADAM_BETA2, value);
        }

        /** {@link TrainingSettings#ADAM_EPSILON} */
        public Builder adamEpsilon(double value) {
            return set(TrainingSettings.ADAM_EPSILON, value);
        }

        /** {@link TrainingSettings#OPTIM} */
        public Builder optim(Optim value) {
            return set(TrainingSettings.OPTIM, value);
        }

        /** {@link TrainingSettings#MUON_LEARNING_RATE} */
        public Builder muonLearningRate(double value) {
            return set(TrainingSettings.MUON_LEARNING_RATE, value);
        }

        /** {@link TrainingSettings#MUON_MOMENTUM} */
        public Builder muonMomentum(double value) {
            return set(TrainingSettings.MUON_MOMENTUM, value);
        }

        /** {@link TrainingSettings#NS_STEPS} */
        public Builder nsSteps(int value) {
            return set(TrainingSettings.NS_STEPS, value);
        }

        /** {@link TrainingSettings#NS_COEFFICIENTS} */
        public Builder nsCoefficients(NewtonSchulz value) {
            return set(TrainingSettings.NS_COEFFICIENTS, value);
        }

        /** {@link TrainingSettings#MUON_BLOCK_SIZE} */
        public Builder muonBlockSize(int value) {
            return set(TrainingSettings.MUON_BLOCK_SIZE, value);
        }

        /** {@link TrainingSettings#MAX_GRAD_NORM} */
        public Builder maxGradNorm(double value) {
            return set(TrainingSettings.MAX_GRAD_NORM, value);
        }

        /** {@link TrainingSettings#EVAL_STEPS} */
        public Builder evalSteps(long value) {
            return set(TrainingSettings.EVAL_STEPS, value);
        }

        /** {@link TrainingSettings#SAVE_STEPS} */
        public Builder saveSteps(long value) {
            return set(TrainingSettings.SAVE_STEPS, value);
        }

        /** {@link TrainingSettings#SAVE_TOTAL_LIMIT} */
        public Builder saveTotalLimit(int value) {
            return set(TrainingSettings.SAVE_TOTAL_LIMIT, value);
        }

        /** {@link TrainingSettings#LOGGING_STEPS} */
        public Builder loggingSteps(long value) {
            return set(TrainingSettings.LOGGING_STEPS, value);
        }

        /** {@link TrainingSettings#BF16} */
        public Builder bf16(boolean value) {
            return set(TrainingSettings.BF16, value);
        }

        /** {@link TrainingSettings#GROUP_BY_LENGTH} */
        public Builder groupByLength(boolean value) {
            return set(TrainingSettings.GROUP_BY_LENGTH, value);
        }

        /** {@link TrainingSettings#SHUFFLE} */
        public Builder shuffle(boolean value) {
            return set(TrainingSettings.SHUFFLE, value);
        }

        /** {@link TrainingSettings#SEED} */
        public Builder seed(long value) {
            return set(TrainingSettings.SEED, value);
        }

        /** {@link TrainingSettings#RESUME_FROM_CHECKPOINT} */
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
