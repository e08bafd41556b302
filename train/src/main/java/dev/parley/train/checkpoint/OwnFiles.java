package dev.parley.train.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * The files of a checkpoint that Parley wrote, which alone it deletes: a note that somebody has put into the folder stays. They
 * are listed in the folder itself, in {@code checkpoint_files.json}.
 */
final class OwnFiles {

    private static final String LIST = "checkpoint_files.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private OwnFiles() {}

    /** Lists what a folder holds now that it has been written. */
    static void list(Path folder) throws IOException {
        var names = JSON.createArrayNode();
        for (var file : filesIn(folder)) names.add(folder.relativize(file).toString().replace('\\', '/'));
        DurableFile.write(folder.resolve(LIST), names + "\n");
    }

    /**
     * Deletes what is ours, the list last, so that whoever is killed here can go on.
     *
     * @return whether the folder is gone; otherwise it holds what is somebody else's
     */
    static boolean delete(Path folder) throws IOException {
        var list = folder.resolve(LIST);
        if (Files.isRegularFile(list)) {
            for (var name : JSON.readTree(Files.readAllBytes(list))) {
                var file = folder.resolve(name.asText()).normalize();
                if (file.startsWith(folder)) Files.deleteIfExists(file); // a list made by hand must not reach beyond
            }
            for (var file : filesIn(folder)) {
                if (file.getFileName().toString().matches(Checkpoints.UNFINISHED_FILE)) Files.delete(file);
            }
            Files.delete(list);
        }
        deleteEmptyFolders(folder);
        return !Files.exists(folder);
    }

    private static void deleteEmptyFolders(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (var each : all.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
                try (var within = Files.list(each)) {
                    if (within.findAny().isPresent()) continue;
                }
                Files.delete(each);
            }
        }
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            return all.filter(f -> !Files.isDirectory(f)).sorted().toList();
        }
    }
}
