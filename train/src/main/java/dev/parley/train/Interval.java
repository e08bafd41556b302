package dev.parley.train;

/**
 * After which steps something is due.
 *
 * @param steps between two times, by steps; 0 for never
 * @param stepsPerEpoch of the run
 */
record Interval(IntervalStrategy strategy, long steps, long stepsPerEpoch) {

    /**
     * An interval as two settings name it.
     *
     * @param length the setting of its steps, or of the part of all steps that they are
     * @param totalSteps of the whole run
     */
    static Interval of(TrainingArguments arguments, TrainingSetting<IntervalStrategy> strategy, TrainingSetting<Double> length,
            long totalSteps, long stepsPerEpoch) {
        return new Interval(arguments.get(strategy), steps(arguments.get(length), totalSteps), stepsPerEpoch);
    }

    /** When a run evaluates; without a number of its own, as often as it reports. */
    static Interval ofEvaluations(TrainingArguments arguments, long totalSteps, long stepsPerEpoch) {
        return of(arguments, TrainingSettings.EVAL_STRATEGY,
                arguments.get(TrainingSettings.EVAL_STEPS) > 0 ? TrainingSettings.EVAL_STEPS : TrainingSettings.LOGGING_STEPS, totalSteps,
                stepsPerEpoch);
    }

    /** A number of steps as it is, a part of all steps as the steps that it is, rounded up. */
    static long steps(double stepsOrPart, long totalSteps) {
        return (long) (stepsOrPart < 1 ? Math.ceil(stepsOrPart * totalSteps) : stepsOrPart);
    }

    /** How often it is due in a run of so many steps, its end counted in any case. */
    long times(long totalSteps) {
        return switch (strategy) {
            case NO, BEST -> 1;
            case STEPS -> steps > 0 ? Math.ceilDiv(totalSteps, steps) : 1;
            case EPOCH -> Math.ceilDiv(totalSteps, stepsPerEpoch);
        };
    }

    boolean isDue(long step) {
        return switch (strategy) {
            case NO, BEST -> false;
            case STEPS -> steps > 0 && step % steps == 0;
            case EPOCH -> step % stepsPerEpoch == 0;
        };
    }
}
