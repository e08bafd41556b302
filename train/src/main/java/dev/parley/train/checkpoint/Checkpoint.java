package dev.parley.train.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** What training goes on from exactly, in a folder: its parts, and {@link TrainerState}, which is written last. */
record Checkpoint(List<Stateful> parts) {

    void write(Path folder, TrainerState state) throws IOException {
        for (var part : parts) part.save(folder);
        state.write(folder);
    }

    /** Bytes of its tensors: nearly all that it needs on the disk. */
    long bytes() {
        return parts.stream().mapToLong(Stateful::bytes).sum();
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
