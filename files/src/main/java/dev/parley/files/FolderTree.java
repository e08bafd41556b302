package dev.parley.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A folder of ours with all that is in it. */
public final class FolderTree {

    private FolderTree() {}

    /**
     * Deletes a folder and what is in it; links are deleted and not followed. Does nothing where there is none.
     *
     * @param folder to delete
     * @throws IOException if a file cannot be deleted; what was deleted before it is gone
     */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
