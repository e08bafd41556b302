package dev.parley.train.report;

/**
 * How far a run is.
 *
 * @param name running, finished, interrupted or failed
 * @param seconds since it began or went on
 * @param checkpoint the last that was written, or nothing
 */
record RunState(String name, long step, long totalSteps, double secondsLeft, double seconds, String checkpoint) {

    static final String RUNNING = "running";

    static RunState beginning(long step, long totalSteps) {
        return new RunState(RUNNING, step, totalSteps, Double.NaN, 0, "");
    }

    boolean isRunning() {
        return name.equals(RUNNING);
    }

    RunState at(long step, long totalSteps, double secondsLeft, double seconds) {
        return new RunState(name, step, totalSteps, secondsLeft, seconds, checkpoint);
    }

    RunState withCheckpoint(String folder) {
        return new RunState(name, step, totalSteps, secondsLeft, seconds, folder);
    }

    RunState ended(String name, double seconds) {
        return new RunState(name, step, totalSteps, 0, seconds, checkpoint);
    }
}
