package dev.parley.train.checkpoint;

import static dev.parley.train.TrainingSettings.BF16;
import static dev.parley.train.TrainingSettings.OUTPUT_DIR;
import static dev.parley.train.TrainingSettings.OVERWRITE_OUTPUT_DIR;
import static dev.parley.train.TrainingSettings.RESUME_FROM_CHECKPOINT;
import static dev.parley.train.TrainingSettings.SAVE_ONLY_MODEL;

import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.tensor.Engine;
import dev.parley.train.TrainEvent;
import dev.parley.train.TrainingArguments;
import dev.parley.train.TrainingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Where a run begins: at its first step, or where a checkpoint stands. */
public final class Beginning {

    private final Checkpoints checkpoints;
    private final Checkpoint checkpoint;
    private final TrainingArguments arguments;
    private final boolean resumeAnyway;
    private final Consumer<TrainEvent> listener;
    private boolean isSavedHere = true;

    /** How a run with these parts begins. */
    public Beginning(List<Stateful> parts, TrainingArguments arguments, boolean resumeAnyway, Consumer<TrainEvent> listener) {
        checkpoints = new Checkpoints(arguments.get(OUTPUT_DIR));
        checkpoint = new Checkpoint(parts, arguments.get(SAVE_ONLY_MODEL));
        this.arguments = arguments;
        this.resumeAnyway = resumeAnyway;
        this.listener = listener;
    }

    /** Whether the output folder has what the run goes on from; so it is at the first step, from which nothing is to be saved. */
    public boolean isSavedHere() {
        return isSavedHere;
    }

    /**
     * Sets model, optimiser and random generator to where the run begins.
     *
     * @param identity of this run, {@link TrainingIdentity}; not asked for where nothing is to be resumed, now or later
     */
    public TrainerState state(Supplier<Map<String, String>> identity) {
        if (arguments.get(BF16) && !CpuFeatures.hasFastBfloat16()) {
            note(0, "This processor computes bfloat16 without instructions for it, many times slower than float32 (bf16 false).");
        }
        try {
            Checkpoints.sweep(arguments.get(OUTPUT_DIR));
            var asked = arguments.get(RESUME_FROM_CHECKPOINT);
            var from = asked.isEmpty() ? Optional.<Path>empty() : checkpointAt(asked.get());
            isSavedHere = from.isEmpty() || isHere(from.get());
            if (arguments.saves()) checkpoints.requireRoom(checkpoint);
            if (from.isEmpty() || !isSavedHere) makeRoom();
            if (from.isPresent()) return resume(from.get(), identity.get());
            if (asked.isPresent()) note(0, asked.get() + " holds no checkpoint: there was nothing to resume, and the run begins.");
            return arguments.saves() ? TrainerState.beginning(identity.get(), Engine.describe())
                    : TrainerState.beginning(Map.of(), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException("The output folder " + arguments.get(OUTPUT_DIR) + " cannot be used: " + reason(e) + ".", e);
        }
    }

    /** Some failures of the file system only name the file. */
    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "it may not be written to (" + denied.getFile() + ")";
            case FileAlreadyExistsException there -> there.getFile() + " is no folder";
            default -> e.getMessage();
        };
    }

    /** A checkpoint itself, or the last of an output folder; none where this run's own has none yet. */
    private Optional<Path> checkpointAt(Path asked) throws IOException {
        if (Checkpoints.isWhole(asked)) return Optional.of(asked);
        var last = Checkpoints.last(asked);
        if (last.isEmpty() && !same(asked, arguments.get(OUTPUT_DIR))) {
            throw new TrainingException(asked + " is no whole checkpoint and holds none: there is no " + TrainerState.FILE
                    + ", which is written last.");
        }
        return last;
    }

    private boolean isHere(Path folder) {
        return same(folder.toAbsolutePath().getParent(), arguments.get(OUTPUT_DIR));
    }

    private static boolean same(Path a, Path b) {
        return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
    }

    /** The checkpoints of another run must not be taken for those of this one. */
    private void makeRoom() throws IOException {
        if (!arguments.get(OVERWRITE_OUTPUT_DIR) && !checkpoints.list().isEmpty()) {
            throw new TrainingException(arguments.get(OUTPUT_DIR) + " holds checkpoints of an earlier run; resume from them, or overwrite"
                    + " the folder (overwrite_output_dir), or name another.");
        }
        if (arguments.get(OVERWRITE_OUTPUT_DIR)) checkpoints.deleteAll();
    }

    private TrainerState resume(Path folder, Map<String, String> identity) throws IOException {
        var saved = TrainerState.read(folder);
        if (!checkpoint.isComplete(folder)) {
            throw new TrainingException(folder + " holds a model only (save_only_model), from which no run can go on;"
                    + " name it as the model of a new run.");
        }
        var longer = TrainingIdentity.longer(identity, saved.identity());
        longer.ifPresent(sentence -> note(saved.step(), sentence));
        var differences = TrainingIdentity.differences(identity, saved.identity()).stream()
                .filter(difference -> longer.isEmpty() || !difference.startsWith(TrainingIdentity.STEPS)).toList();
        if (!differences.isEmpty() && !resumeAnyway) {
            throw new TrainingException("The run of " + folder + " was another: " + String.join("; ", differences)
                    + ". Give what it had, or resume anyway (--resume-anyway), which will not equal a run that was never interrupted.");
        }
        if (!differences.isEmpty()) note(saved.step(), "Resumed although the run was another: " + String.join("; ", differences) + ".");
        var machine = Engine.describe();
        var changes = TrainingIdentity.differences(machine, saved.machine());
        if (!changes.isEmpty()) {
            note(saved.step(), "What computes is not what it was, so that the last bits may differ: " + String.join("; ", changes) + ".");
        }
        return checkpoint.restore(folder).takenOver(identity, machine);
    }

    private void note(long step, String sentence) {
        listener.accept(new TrainEvent.Noted(step, sentence));
    }
}
