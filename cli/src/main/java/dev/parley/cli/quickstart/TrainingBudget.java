package dev.parley.cli.quickstart;

import dev.parley.train.TimeLimit;
import dev.parley.train.recipe.TrainingStage;
import java.io.IOException;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * How far the training of a run goes: as many steps as were asked for, or as many as fit the time. Speed is measured before
 * the first step and again by the first stage, and a stage ends on time whatever becomes of it; the steps planned say
 * how many rows to make, and how long the warm-up is.
 */
final class TrainingBudget {

    /** More rows than planned are made: the machine may become faster, and a row should not come twice. */
    private static final double SPARE_ROWS = 1.3;

    private final Plan plan;
    private final State state;
    private final Shape shape;
    private final double tokensPerSecond; // 0 where steps were asked for
    private final double expectedTokens;

    private TrainingBudget(Plan plan, State state, Shape shape, double tokensPerSecond, double expectedTokens) {
        this.plan = plan;
        this.state = state;
        this.shape = shape;
        this.tokensPerSecond = tokensPerSecond;
        this.expectedTokens = expectedTokens;
    }

    /** @param probe measures the speed of a shape, in tokens a second */
    static TrainingBudget of(Plan plan, State state, ToDoubleFunction<Shape> probe) throws IOException {
        if (plan.steps().isPresent()) {
            var steps = (double) plan.steps().getAsLong();
            var shape = Shape.of(steps * Shape.SMALL.tokensPerStep());
            return new TrainingBudget(plan, state, shape, 0, steps * shape.tokensPerStep());
        }
        var small = atItsSpeed(plan, state, Shape.SMALL, probe);
        var shape = Shape.of(small.expectedTokens);
        return shape.equals(Shape.SMALL) ? small : atItsSpeed(plan, state, shape, probe);
    }

    private static TrainingBudget atItsSpeed(Plan plan, State state, Shape shape, ToDoubleFunction<Shape> probe) throws IOException {
        var speed = state.decided("tokens per second of " + shape, () -> probe.applyAsDouble(shape));
        return new TrainingBudget(plan, state, shape, speed,
                state.decided("tokens of " + shape, () -> speed * plan.trainSeconds(state.elapsed())));
    }

    Shape shape() {
        return shape;
    }

    double tokensPerSecond() {
        return tokensPerSecond;
    }

    /** Tokens that both stages will read, as far as one could say before the first. */
    double expectedTokens() {
        return expectedTokens;
    }

    /** What is read. */
    Mixture mixture() {
        return Mixture.of(expectedTokens);
    }

    /** What the chats are of: by then the speed is known better. */
    Mixture chatMixture() throws IOException {
        if (plan.steps().isPresent()) return mixture();
        double read = tokensRead(), speed = speedOfPretrain();
        return Mixture.of(state.decided("tokens, by the speed of reading", () -> read + speed * plan.trainSeconds(state.elapsed())));
    }

    /** Minutes that a run needs for so many tokens on this machine. */
    double minutesFor(double tokens) {
        return plan.minutesFor(tokens / tokensPerSecond);
    }

    /** How a stage is run. @param steps planned @param limit of its time, unless steps were asked for */
    record Part(long steps, long rowTokens, Optional<TimeLimit> limit) {}

    Part pretrain() throws IOException {
        return part(TrainingStage.PRETRAIN, pretrainSteps(), plan.trainSeconds(state.elapsed()) * mixture().readingShare(),
                tokensPerSecond);
    }

    Part sft() throws IOException {
        return part(TrainingStage.SFT, plan.steps().orElse(0) - pretrainSteps(), plan.trainSeconds(state.elapsed()), speedOfPretrain());
    }

    /** Keeps how many steps a stage came to: the next one's plan follows from its speed. */
    void finished(TrainingStage stage, long steps) throws IOException {
        state.decided(done(stage), () -> steps);
    }

    /** Of the steps that were asked for. */
    private long pretrainSteps() {
        return Math.max(1, Math.round(plan.steps().orElse(0) * mixture().readingShare()));
    }

    private double speedOfPretrain() throws IOException {
        var seconds = state.seconds().getOrDefault(TrainingStage.PRETRAIN.label(), 0.0);
        return seconds > 0 ? tokensRead() / seconds : tokensPerSecond;
    }

    private double tokensRead() throws IOException {
        return state.decided(done(TrainingStage.PRETRAIN), () -> 0) * shape.tokensPerStep();
    }

    private static String done(TrainingStage stage) {
        return "steps of " + stage.label() + " done";
    }

    private Part part(TrainingStage stage, long stepsAsked, double secondsNow, double speed) throws IOException {
        if (plan.steps().isPresent()) return new Part(stepsAsked, stepsAsked * shape.tokensPerStep(), Optional.empty());
        var seconds = state.decided("seconds of " + stage.label(), () -> secondsNow);
        var steps = (long) state.decided("steps of " + stage.label(),
                () -> Math.max(20, Math.rint(seconds * speed / shape.tokensPerStep())));
        return new Part(steps, (long) (SPARE_ROWS * steps * shape.tokensPerStep()), Optional.of(TimeLimit.ofSeconds(seconds)));
    }
}
