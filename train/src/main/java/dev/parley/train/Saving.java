package dev.parley.train;

import static dev.parley.train.TrainingSettings.SAVE_STEPS;
import static dev.parley.train.TrainingSettings.SAVE_TOTAL_LIMIT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Saves a run as it goes. A checkpoint that cannot be written ends nothing: the run tells of it, goes on, and tries again at the
 * next chance.
 */
final class Saving {

    private final Checkpoints checkpoints;
    private final Checkpoint checkpoint;
    private final TrainingArguments arguments;
    private final Consumer<TrainEvent> listener;
    private long lineFrom; // the step that the run went on from; later checkpoints are not its own before its first
    private boolean ownsLine;
    private long savedAt;
    private long failedAt = -1;

    Saving(Checkpoints checkpoints, Checkpoint checkpoint, TrainingArguments arguments, Consumer<TrainEvent> listener) {
        this.checkpoints = checkpoints;
        this.checkpoint = checkpoint;
        this.arguments = arguments;
        this.listener = listener;
    }

    /** @param isSaved whether its output folder has a checkpoint of this step, or needs none */
    void beginAt(long step, boolean isSaved) {
        lineFrom = step;
        savedAt = isSaved ? step : -1;
    }

    boolean isOn() {
        return arguments.get(SAVE_STEPS) > 0;
    }

    boolean isDue(long step) {
        return isOn() && step % arguments.get(SAVE_STEPS) == 0;
    }

    boolean hasSaved(long step) {
        return savedAt == step;
    }

    /** The folder of the best checkpoint. */
    Optional<Path> best(TrainerState state) {
        return state.best().map(best -> checkpoints.folder(best.step())).filter(Checkpoints::isWhole);
    }

    /** Saves, and keeps as many as are to be kept; not again at a step at which it could not. @return whether it could */
    boolean save(TrainerState state) {
        if (failedAt == state.step()) return false;
        try {
            saveOrFail(state);
            return true;
        } catch (UncheckedIOException e) {
            failedAt = state.step();
            note(state.step(), e.getMessage() + " Training goes on and tries again; make room, or what it learns from now on may be lost.");
            return false;
        }
    }

    void saveOrFail(TrainerState state) {
        var folder = checkpoints.folder(state.step());
        try {
            takeTheLine();
            checkpoints.write(checkpoint, state);
            savedAt = state.step();
            listener.accept(new TrainEvent.Saved(state.step(), folder));
        } catch (IOException e) {
            throw new UncheckedIOException("The checkpoint " + folder + " cannot be written: " + e.getMessage() + ".", e);
        }
        rotate(state);
    }

    private void rotate(TrainerState state) {
        try {
            checkpoints.rotate(arguments.get(SAVE_TOTAL_LIMIT), state.best());
        } catch (IOException e) {
            note(state.step(), "An old checkpoint could not be deleted: " + e.getMessage() + ".");
        }
    }

    private void note(long step, String sentence) {
        listener.accept(new TrainEvent.Noted(step, sentence));
    }

    private void takeTheLine() throws IOException {
        if (ownsLine) return;
        for (var aside : checkpoints.setAside(lineFrom)) {
            note(lineFrom, "This run went on from step " + lineFrom + "; a later checkpoint of the one before is now " + aside + ".");
        }
        ownsLine = true;
    }

    /** Writes into the checkpoint of this very step what was found out since. */
    void amend(TrainerState state) {
        try {
            state.write(checkpoints.folder(state.step()));
        } catch (IOException e) {
            note(state.step(), "The evaluation could not be noted in " + checkpoints.folder(state.step()) + ": " + e.getMessage() + ".");
        }
        rotate(state);
    }
}
