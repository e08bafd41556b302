package dev.parley.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The callbacks of a run, in their order, and what they ask of it. */
final class Callbacks {

    private final List<TrainerCallback> all;
    private final TrainerControl control = new TrainerControl();

    Callbacks(List<TrainerCallback> all) {
        this.all = List.copyOf(all);
    }

    /** Those of a trainer, and those that its arguments ask for. @param trainers own ones */
    static Callbacks of(TrainingArguments arguments, List<TrainerCallback> trainers) {
        var all = new ArrayList<TrainerCallback>();
        if (arguments.get(TrainingSettings.EARLY_STOPPING_PATIENCE) > 0) all.add(EarlyStopping.of(arguments));
        all.addAll(trainers);
        return new Callbacks(all);
    }

    TrainerControl control() {
        return control;
    }

    /** @param states by name, as {@link #states()} gave them */
    void begin(Map<String, String> states) {
        for (var callback : all) {
            if (states.containsKey(callback.name())) callback.restore(states.get(callback.name()));
        }
        each(callback -> callback.onBegin(control));
    }

    void tell(TrainEvent event) {
        each(callback -> callback.onEvent(event, control));
    }

    void tell(TrainerCallback.StepDone step) {
        each(callback -> callback.onStep(step, control));
    }

    private void each(Consumer<TrainerCallback> call) {
        all.forEach(call);
    }

    Map<String, String> states() {
        var states = new LinkedHashMap<String, String>();
        for (var callback : all) callback.state().ifPresent(state -> states.put(callback.name(), state));
        return states;
    }
}
