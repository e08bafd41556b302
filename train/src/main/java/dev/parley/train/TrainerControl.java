package dev.parley.train;

/** What callbacks ask of a run; done once the present step is. */
public final class TrainerControl {

    private boolean stops;
    private boolean saves;
    private boolean evaluates;
    private boolean logs;

    TrainerControl() {}

    /** Ends the run as if this were its last step: it is saved and evaluated, and counts as finished. */
    public void stop() {
        stops = true;
    }

    /** Writes a checkpoint, where the run writes any. */
    public void save() {
        saves = true;
    }

    /** Scores the evaluation set. */
    public void evaluate() {
        evaluates = true;
    }

    /** Reports progress. */
    public void log() {
        logs = true;
    }

    boolean stops() {
        return stops;
    }

    boolean takeSave() {
        var asked = saves;
        saves = false;
        return asked;
    }

    boolean takeEvaluate() {
        var asked = evaluates;
        evaluates = false;
        return asked;
    }

    boolean takeLog() {
        var asked = logs;
        logs = false;
        return asked;
    }
}
