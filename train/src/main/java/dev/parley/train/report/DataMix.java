package dev.parley.train.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the training set is made of, by the files or folders that a recipe names. It is told in bytes: rows are packed of documents from
 * anywhere, and do not know where these come from.
 *
 * @param parts in the recipe's order
 */
public record DataMix(List<Part> parts) {

    /** Of rows whose origin is not known. */
    public static final DataMix UNKNOWN = new DataMix(List.of());

    /** What comes from one file or folder. */
    public record Part(String name, long bytes) {}

    /** The parts. */
    public DataMix {
        parts = List.copyOf(parts);
    }

    /** The sizes of files, and of all files in folders. */
    public static DataMix ofFiles(List<Path> filesOrFolders) throws IOException {
        var parts = new ArrayList<Part>();
        for (var path : filesOrFolders) {
            var bytes = 0L;
            try (var files = Files.walk(path)) {
                for (var file : files.filter(Files::isRegularFile).toList()) bytes += Files.size(file);
            }
            parts.add(new Part(path.toString(), bytes));
        }
        return new DataMix(parts);
    }
}
