package dev.parley.train;

import dev.parley.train.objective.Tally;
import java.util.Optional;
import java.util.function.LongSupplier;

/** How far a run is: by its steps, or by the time that it has. */
final class RunProgress {

    private final long plannedSteps;
    private final Optional<TimeLimit> limit;
    private final LongSupplier nanoTime;
    private final double secondsBefore;
    private final long firstStep;
    private final long started;
    private double stepSeconds; // of the last step

    /**
     * @param plannedSteps of the whole run; with a time limit the scale of the schedule only
     * @param secondsBefore of training before a resume
     */
    RunProgress(long plannedSteps, Optional<TimeLimit> limit, long firstStep, double secondsBefore) {
        this.plannedSteps = plannedSteps;
        this.limit = limit;
        this.firstStep = firstStep;
        this.secondsBefore = secondsBefore;
        nanoTime = limit.map(TimeLimit::nanoTime).orElse(System::nanoTime);
        started = nanoTime.getAsLong();
    }

    /** Seconds of training, those before a resume counted. */
    double seconds() {
        return secondsBefore + secondsNow();
    }

    private double secondsNow() {
        return (nanoTime.getAsLong() - started) / 1e9;
    }

    /** Tells of a step done in so many seconds: whether another one fits depends on it. */
    void stepTook(double seconds) {
        stepSeconds = seconds;
    }

    /** Whether the run is at its end. @param step steps done */
    boolean isOver(long step) {
        return limit.isEmpty() ? step >= plannedSteps : seconds() + stepSeconds / 2 >= limit.get().seconds();
    }

    /** The step to ask the schedule for. */
    long scheduledStep(long step) {
        return limit.isEmpty() ? step : Math.round(plannedSteps * Math.min(1, seconds() / limit.get().seconds()));
    }

    /** Steps of the whole run, as far as one can say now. */
    long totalSteps(long step) {
        if (limit.isEmpty()) return plannedSteps;
        return isOver(step) ? step
                : Math.max(step + 1, firstStep + Math.round((step - firstStep) / secondsNow() * (limit.get().seconds() - secondsBefore)));
    }

    double secondsLeft(long step) {
        return limit.isEmpty() ? secondsNow() / Math.max(1, step - firstStep) * (plannedSteps - step)
                : Math.max(0, limit.get().seconds() - seconds());
    }

    /** A moment by this run's clock. */
    long now() {
        return nanoTime.getAsLong();
    }

    /**
     * The steps since the last report.
     *
     * @param since when they began
     * @param tokens padding not counted
     */
    record Window(long since, Tally tally, long tokens) {

        Window plus(Tally step, long stepTokens) {
            return new Window(since, tally.plus(step), tokens + stepTokens);
        }

        double tokensPerSecond(long now) {
            return tokens / ((now - since) / 1e9);
        }
    }
}
