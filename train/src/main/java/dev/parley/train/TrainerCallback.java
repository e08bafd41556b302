package dev.parley.train;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Hears of a run while it goes on, and may ask it to save, to evaluate, to log or to end. All in the thread that trains.
 *
 * <pre>{@code
 * trainer.with(new TrainerCallback() {
 *     public void onEvaluate(TrainEvent.Evaluated e, TrainerControl control) {
 *         if (e.evalLoss() < 2) control.stop();
 *     }
 * }).train();
 * }</pre>
 *
 * What a callback remembers is part of a checkpoint if it gives it as its {@link #state()}.
 */
public interface TrainerCallback {

    /**
     * One step of the optimiser.
     *
     * @param loss mean over its targets
     * @param tokens read, padding not counted
     */
    record StepDone(long step, double loss, double gradNorm, double learningRate, long tokens) {}

    /** The run begins, or goes on; what was remembered has been {@linkplain #restore given back}. */
    default void onBegin(TrainerControl control) {}

    /** A step was made. */
    default void onStep(StepDone step, TrainerControl control) {}

    /** Progress is reported, every {@code logging_steps} steps. */
    default void onLog(TrainEvent.Step report, TrainerControl control) {}

    /** The evaluation set was scored. */
    default void onEvaluate(TrainEvent.Evaluated evaluation, TrainerControl control) {}

    /** A checkpoint was written. */
    default void onSave(TrainEvent.Saved checkpoint, TrainerControl control) {}

    /** The run ended. */
    default void onEnd(TrainEvent.Finished end) {}

    /** Any event; tells the methods above. */
    default void onEvent(TrainEvent event, TrainerControl control) {
        switch (event) {
            case TrainEvent.Step e -> onLog(e, control);
            case TrainEvent.Evaluated e -> onEvaluate(e, control);
            case TrainEvent.Saved e -> onSave(e, control);
            case TrainEvent.Finished e -> onEnd(e);
            default -> {}
        }
    }

    /** Under which name a checkpoint keeps what it remembers: one of each name in a run. */
    default String name() {
        return getClass().getName();
    }

    /** What it remembers, as it is to be kept; nothing by default. */
    default Optional<String> state() {
        return Optional.empty();
    }

    /** Takes back what a checkpoint kept. */
    default void restore(String state) {}

    /** One that only listens. */
    static TrainerCallback of(Consumer<TrainEvent> listener) {
        return new TrainerCallback() {

            @Override
            public void onEvent(TrainEvent event, TrainerControl control) {
                listener.accept(event);
            }
        };
    }
}
