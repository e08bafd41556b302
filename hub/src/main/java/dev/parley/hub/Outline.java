package dev.parley.hub;

import dev.parley.files.FolderTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model as it can be seen before its download: what the hub says of it, and a copy in which settings are whole and of files of weights
 * only the beginnings, the rest being holes. Close it, and the copy is gone.
 *
 * @param card what the hub says; empty where it was not asked, the model being here
 * @param path the folder of the copy or its GGUF file; of a model that is here, its own; empty where it cannot be seen
 * @param refusal why it cannot, in a sentence: it is gated, or of a type that is not read
 * @param needed the files that a download brings, with their sizes
 * @param missing bytes of them that are not here yet
 * @param copy the folder to remove; empty where the model is here
 */
public record Outline(HubModel model, Optional<ModelListing> card, Optional<Path> path, Optional<String> refusal,
        List<ModelListing.File> needed,
        long missing, Optional<Path> copy) implements AutoCloseable {

    public Outline {
        needed = List.copyOf(needed);
    }

    /** Whether all of the model is on this machine. */
    public boolean isHere() {
        return path.isPresent() && copy.isEmpty();
    }

    @Override
    public void close() {
        copy.ifPresent(folder -> {
            try {
                FolderTree.delete(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(folder + " cannot be removed: " + e.getMessage() + ".", e);
            }
        });
    }
}
