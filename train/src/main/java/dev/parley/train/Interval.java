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

    /** A number of steps as it is, a part of all steps as the steps that it is, rounded up. */
    static long steps(double stepsOrPart, long totalSteps) {
        return (long) (stepsOrPart < 1 ? Math.ceil(stepsOrPart * totalSteps) : stepsOrPart);
    }

    boolean isDue(long step) {
        return switch (strategy) {
            case NO, BEST -> false;
            case STEPS -> steps > 0 && step % steps == 0;
            case EPOCH -> step % stepsPerEpoch == 0;
        };
    }
}
