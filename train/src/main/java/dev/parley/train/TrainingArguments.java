package dev.parley.train;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.train.optimizer.OptimizerSettings;
import dev.parley.train.optimizer.OptimizerSettings.AdamWSettings;
import dev.parley.train.optimizer.OptimizerSettings.MuonSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

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

    /** Whether anything is saved. */
    public boolean saves() {
        return saves(get(TrainingSettings.SAVE_STRATEGY), get(TrainingSettings.SAVE_STEPS));
    }

    private static boolean saves(IntervalStrategy strategy, double steps) {
        return strategy != IntervalStrategy.NO && (strategy != IntervalStrategy.STEPS || steps > 0);
    }

    /** Whether the learning rate depends on how many steps the whole run has. */
    public boolean knowsItsEnd() {
        var type = get(TrainingSettings.LR_SCHEDULER_TYPE);
        return type.knowsItsEnd() || type != LrSchedule.Type.CONSTANT
                && (get(TrainingSettings.WARMUP_STEPS) < 1 && get(TrainingSettings.WARMUP_STEPS) + get(TrainingSettings.WARMUP_RATIO) > 0);
    }

    /** Steps in which the learning rate rises. */
    long warmupSteps(long totalSteps) {
        var steps = get(TrainingSettings.WARMUP_STEPS);
        return Interval.steps(steps > 0 ? steps : get(TrainingSettings.WARMUP_RATIO), totalSteps);
    }

    /** The same, going on from a checkpoint. */
    public TrainingArguments resumingFrom(Path checkpoint) {
        var builder = new Builder();
        builder.values.putAll(values);
        return builder.resumeFromCheckpoint(checkpoint).build();
    }

    /** The same for a few steps that leave no trace: nothing is saved, resumed or overwritten. */
    TrainingArguments forTrial(long steps) {
        var builder = new Builder();
        builder.values.putAll(values);
        return builder.set(TrainingSettings.RESUME_FROM_CHECKPOINT, Optional.empty()).overwriteOutputDir(false)
                .outputDir(Path.of(System.getProperty("java.io.tmpdir"), "trial-" + UUID.randomUUID())) // is never made
                .maxSteps(steps).loggingSteps(1).loggingStrategy(IntervalStrategy.STEPS).saveStrategy(IntervalStrategy.NO)
                .evalStrategy(IntervalStrategy.NO).evalOnStart(false).loadBestModelAtEnd(false).earlyStoppingPatience(0).build();
    }

    /** Each setting's value as a recipe would write it, by name. */
    public Map<String, String> texts() {
        var texts = new LinkedHashMap<String, String>();
        for (var setting : TrainingSettings.all()) texts.put(setting.name(), text(setting));
        return texts;
    }

    /** A builder that begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the arguments that differ from the defaults; {@link #build()} checks all at once. */
    public static final class Builder extends BuilderMethods {

        private final Map<TrainingSetting<?>, Object> values = new HashMap<>();

        private Builder() {}

        @Override
        public <T> Builder set(TrainingSetting<T> setting, T value) {
            values.put(setting, value);
            return this;
        }

        /** What is set so far, or the default. */
        @SuppressWarnings("unchecked") // SmallData has values of the setting's type
        <T> T get(TrainingSetting<T> setting) {
            if (values.containsKey(setting)) return (T) values.get(setting);
            var isSmall = Boolean.TRUE.equals(values.get(TrainingSettings.SMALL_DATA));
            return isSmall && SmallData.DEFAULTS.containsKey(setting) ? (T) SmallData.DEFAULTS.get(setting) : setting.defaultValue();
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

        /** @throws IllegalArgumentException listing every fault */
        public TrainingArguments build() {
            var faults = new ArrayList<String>();
            if (!values.containsKey(TrainingSettings.EVAL_STRATEGY) && get(TrainingSettings.EVAL_STEPS) > 0)
                set(TrainingSettings.EVAL_STRATEGY, IntervalStrategy.STEPS);
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
            if (get(TrainingSettings.EARLY_STOPPING_PATIENCE) > 0 && get(TrainingSettings.EVAL_STRATEGY) == IntervalStrategy.NO)
                faults.add("early_stopping_patience needs an eval_strategy, or eval_steps");
            if (get(TrainingSettings.LOAD_BEST_MODEL_AT_END)
                    && !saves(get(TrainingSettings.SAVE_STRATEGY), get(TrainingSettings.SAVE_STEPS)))
                faults.add("load_best_model_at_end needs checkpoints, but save_strategy or save_steps saves none");
            get(TrainingSettings.LR_SCHEDULER_KWARGS).missing(get(TrainingSettings.LR_SCHEDULER_TYPE)).ifPresent(faults::add);
        }
    }
}
