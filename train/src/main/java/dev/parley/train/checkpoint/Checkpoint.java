package dev.parley.train.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What training goes on from exactly, in a folder: its parts, and {@link TrainerState}, which is written last.
 *
 * @param onlyModel whether only the parts that belong to the model are written; no run can go on from that
 */
record Checkpoint(List<Stateful> parts, boolean onlyModel) {

    void write(Path folder, TrainerState state) throws IOException {
        for (var part : written()) part.save(folder);
        state.write(folder);
    }

    private List<Stateful> written() {
        return parts.stream().filter(part -> part.isOfModel() || !onlyModel).toList();
    }

    /** Whether a folder has every part. */
    boolean isComplete(Path folder) {
        return parts.stream().allMatch(part -> part.isIn(folder));
    }

    /** Bytes of its tensors: nearly all that it needs on the disk. */
    long bytes() {
        return written().stream().mapToLong(Stateful::bytes).sum();
    }

    /** Sets every part to where a folder stands. */
    TrainerState restore(Path folder) {
        try {
            for (var part : parts) part.load(folder);
            return TrainerState.read(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("The checkpoint " + folder + " cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
