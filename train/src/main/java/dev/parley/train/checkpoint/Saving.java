package dev.parley.train.checkpoint;

import static dev.parley.train.TrainingSettings.LOAD_BEST_MODEL_AT_END;
import static dev.parley.train.TrainingSettings.OUTPUT_DIR;
import static dev.parley.train.TrainingSettings.SAVE_ONLY_MODEL;
import static dev.parley.train.TrainingSettings.SAVE_TOTAL_LIMIT;

import dev.parley.train.TrainEvent;
import dev.parley.train.TrainingArguments;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Saves a run as it goes. A checkpoint that cannot be written ends nothing: the run tells of it, goes on, and tries again at the
 * next chance.
 */
public final class Saving {

    private final Checkpoints checkpoints;
    private final Checkpoint checkpoint;
    private final TrainingArguments arguments;
    private final Consumer<TrainEvent> listener;
    private long lineFrom; // the step that the run went on from; later checkpoints are not its own before its first
    private boolean ownsLine;
    private long savedAt;
    private long failedAt = -1;

    /** What saves these parts of a run. */
    public Saving(List<Stateful> parts, TrainingArguments arguments, Consumer<TrainEvent> listener) {
        checkpoints = new Checkpoints(arguments.get(OUTPUT_DIR));
        checkpoint = new Checkpoint(parts, arguments.get(SAVE_ONLY_MODEL));
        this.arguments = arguments;
        this.listener = listener;
    }

    /**
     * Where the run begins.
     *
     * @param isSaved whether its output folder has a checkpoint of this step, or needs none
     */
    public void beginAt(long step, boolean isSaved) {
        lineFrom = step;
        savedAt = isSaved ? step : -1;
    }

    /** Whether anything is saved. */
    public boolean isOn() {
        return arguments.saves();
    }

    /** Whether this step is the one that was saved last. */
    public boolean hasSaved(long step) {
        return savedAt == step;
    }

    /** The folder of the best checkpoint. */
    public Optional<Path> best(TrainerState state) {
        return state.best().map(best -> checkpoints.folder(best.step())).filter(Checkpoints::isWhole);
    }

    /**
     * Saves, and keeps as many as are to be kept; not again at a step at which it could not.
     *
     * @return whether it could
     */
    public boolean save(TrainerState state) {
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

    /**
     * Saves.
     *
     * @throws UncheckedIOException if it cannot
     */
    public void saveOrFail(TrainerState state) {
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
            checkpoints.rotate(arguments.get(SAVE_TOTAL_LIMIT), state.best(), arguments.get(LOAD_BEST_MODEL_AT_END));
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
    public void amend(TrainerState state) {
        try {
            state.write(checkpoints.folder(state.step()));
        } catch (IOException e) {
            note(state.step(), "The evaluation could not be noted in " + checkpoints.folder(state.step()) + ": " + e.getMessage() + ".");
        }
        rotate(state);
    }
}
