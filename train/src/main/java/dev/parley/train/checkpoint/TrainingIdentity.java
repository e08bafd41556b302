package dev.parley.train.checkpoint;

import dev.parley.data.Examples;
import dev.parley.model.ModelConfig;
import dev.parley.model.adapter.LoraConfig;
import dev.parley.train.TimeLimit;
import dev.parley.train.TrainingArguments;
import dev.parley.train.TrainingSetting;
import dev.parley.train.TrainingSettings;
import dev.parley.train.optimizer.Optim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What decides the weights that a run comes to, by name: its rows, its network, its arguments. A run that shares all of it with
 * a checkpoint goes on from there exactly. What only says where and when to save, to evaluate and to log is no part of it.
 */
public final class TrainingIdentity {

    /** The name of the network's configuration. */
    public static final String MODEL = "model";

    /** The name of the number of steps, where the learning rate depends on it. */
    static final String STEPS = "steps (max_steps or num_train_epochs)";

    /** Where and when to save, to evaluate, to log and to end; and the number of steps, which stands for itself. */
    private static final Set<TrainingSetting<?>> CHANGE_NO_WEIGHT = Set.of(TrainingSettings.OUTPUT_DIR,
            TrainingSettings.OVERWRITE_OUTPUT_DIR,
            TrainingSettings.NUM_TRAIN_EPOCHS, TrainingSettings.MAX_STEPS, TrainingSettings.PER_DEVICE_EVAL_BATCH_SIZE,
            TrainingSettings.EVAL_STRATEGY, TrainingSettings.EVAL_STEPS, TrainingSettings.EVAL_DELAY, TrainingSettings.EVAL_ON_START,
            TrainingSettings.SAVE_STRATEGY, TrainingSettings.SAVE_STEPS, TrainingSettings.SAVE_TOTAL_LIMIT,
            TrainingSettings.SAVE_ONLY_MODEL, TrainingSettings.LOAD_BEST_MODEL_AT_END,
            TrainingSettings.EARLY_STOPPING_PATIENCE, TrainingSettings.EARLY_STOPPING_THRESHOLD,
            TrainingSettings.LOGGING_STRATEGY, TrainingSettings.LOGGING_STEPS, TrainingSettings.LOGGING_FIRST_STEP,
            TrainingSettings.REPORT_TO, TrainingSettings.SMALL_DATA, // its values stand for themselves
            TrainingSettings.RESUME_FROM_CHECKPOINT);

    private static final Set<TrainingSetting<?>> MUONS = Set.of(TrainingSettings.MUON_LEARNING_RATE, TrainingSettings.MUON_MOMENTUM,
            TrainingSettings.NS_STEPS, TrainingSettings.NS_COEFFICIENTS, TrainingSettings.MUON_BLOCK_SIZE);

    private TrainingIdentity() {}

    /**
     * What a run is.
     *
     * @param adapter that is trained beside the model, if one is
     * @param ownSchedule whether the learning rate comes from the caller, who alone can say whether it is the same
     */
    public static Map<String, String> of(TrainingArguments arguments, Examples<?> rows, String objective, ModelConfig model,
            Optional<LoraConfig> adapter, long totalSteps, boolean ownSchedule, Optional<TimeLimit> limit) {
        var identity = new LinkedHashMap<String, String>();
        identity.put("training rows", rows.size() + " with the fingerprint " + Long.toHexString(rows.fingerprint()));
        identity.put("objective", objective);
        identity.put(MODEL, model.toJson());
        adapter.ifPresent(lora -> identity.put("peft", lora.withBaseModel("").toString())); // wherever the base lies
        identity.put(STEPS, arguments.knowsItsEnd() && !ownSchedule ? "" + totalSteps : "any");
        limit.ifPresent(time -> identity.put("seconds of the run", "" + time.seconds()));
        for (var setting : TrainingSettings.all()) {
            if (decides(setting, arguments)) identity.put(setting.name(), arguments.text(setting));
        }
        if (ownSchedule) identity.put(TrainingSettings.LR_SCHEDULER_TYPE.name(), "the caller's");
        return identity;
    }

    private static boolean decides(TrainingSetting<?> setting, TrainingArguments arguments) {
        return !CHANGE_NO_WEIGHT.contains(setting) && (arguments.get(TrainingSettings.OPTIM) == Optim.MUON || !MUONS.contains(setting));
    }

    /** What to say of a run that is to go on for more steps than it was planned for; nothing if it is not. */
    static Optional<String> longer(Map<String, String> now, Map<String, String> then) {
        String steps = now.getOrDefault(STEPS, ""), before = then.getOrDefault(STEPS, "");
        if (!steps.matches("[0-9]{1,18}") || !before.matches("[0-9]{1,18}") || Long.parseLong(steps) <= Long.parseLong(before))
            return Optional.empty();
        return Optional.of("The run is to have " + steps + " steps, and was planned for " + before
                + ": from here on the learning rate is that of the longer run.");
    }

    /** What differs, each in words: {@code learning_rate is 0.1, was 0.01}. */
    static List<String> differences(Map<String, String> now, Map<String, String> then) {
        var names = new ArrayList<>(now.keySet());
        then.keySet().stream().filter(name -> !now.containsKey(name)).forEach(names::add);
        return names.stream().filter(name -> !now.getOrDefault(name, "").equals(then.getOrDefault(name, "")))
                .map(name -> name
                        + " is " + now.getOrDefault(name, "not given") + ", was " + then.getOrDefault(name, "not given"))
                .toList();
    }
}
