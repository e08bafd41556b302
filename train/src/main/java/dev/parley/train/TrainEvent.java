package dev.parley.train;

import java.nio.file.Path;
import java.util.Map;

/** What happens while a {@link Trainer} works; a listener shows it, logs it, or draws it. */
public sealed interface TrainEvent {

    /** Optimiser steps done. */
    long step();

    /**
     * A run begins.
     *
     * @param step after which it goes on; 0 for a new one
     * @param totalSteps of the whole run
     */
    record Began(long step, long totalSteps) implements TrainEvent {}

    /**
     * Some steps were made.
     *
     * @param totalSteps of the whole run
     * @param epoch passes over the training set, with the part of the present one
     * @param loss mean over the targets since the event before, in nats
     * @param gradNorm length of the last step's gradient before clipping
     * @param tokensPerSecond tokens, padding not counted, since the event before
     * @param secondsLeft at the present speed
     * @param metrics of the objective, each a mean since the event before; none of the plain loss
     */
    record Step(long step, long totalSteps, double epoch, double loss, double gradNorm, double learningRate,
            double tokensPerSecond, double secondsLeft, Map<String, Double> metrics) implements TrainEvent {}

    /**
     * The evaluation set was scored.
     *
     * @param evalLoss mean over its targets, in nats
     * @param best whether it is the lowest so far; its model is saved, if any is
     * @param metrics of the objective, each a mean over the set
     */
    record Evaluated(long step, double evalLoss, boolean best, Map<String, Double> metrics) implements TrainEvent {}

    /** A checkpoint was written. */
    record Saved(long step, Path checkpoint) implements TrainEvent {}

    /** Something that whoever runs the training should know, in one sentence. */
    record Noted(long step, String sentence) implements TrainEvent {}

    /**
     * Training ended.
     *
     * @param interrupted whether before its last step, by {@link Trainer#stop()}
     */
    record Finished(long step, double seconds, boolean interrupted) implements TrainEvent {}

    /**
     * Training failed, which is then thrown.
     *
     * @param sentence what the failure says
     */
    record Failed(long step, String sentence) implements TrainEvent {}
}
