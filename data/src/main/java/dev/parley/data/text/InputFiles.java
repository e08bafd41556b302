package dev.parley.data.text;

import dev.parley.files.FileFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;

/**
 * The files that a user names: files, folders with all files below them that hold text by their names, and globs, which a shell
 * leaves alone inside quotes.
 *
 * <pre>{@code
 * List<Path> files = InputFiles.find(List.of("book.txt", "pages", "corpus/**&#47;*.jsonl.gz"));
 * }</pre>
 */
public final class InputFiles {

    private static final int DEEPEST = 64;

    private InputFiles() {}

    /**
     * All of them, in the order of the inputs, each folder's sorted by name; a file that is named twice is read once.
     *
     * @throws IllegalArgumentException naming an input that leads to no file
     */
    public static List<Path> find(List<String> inputs) throws IOException {
        var found = new LinkedHashSet<Path>();
        for (var input : inputs) found.addAll(files(input));
        return List.copyOf(found);
    }

    private static List<Path> files(String input) throws IOException {
        var path = existing(input);
        if (path.isPresent() && !Files.isDirectory(path.get())) return List.of(path.get());
        var files = path.isPresent() ? walk(path.get(), file -> TextFormat.of(file).isPresent()) : glob(input);
        if (files.isEmpty()) {
            throw new IllegalArgumentException(path.isPresent()
                    ? "The folder " + input
                            + " holds no text by its files' names (.txt, .md, .jsonl, .json, .csv, .tsv, .parquet; also .gz, .zst)."
                    : "No file matches " + input + ".");
        }
        return files;
    }

    private static Optional<Path> existing(String input) {
        try {
            return Optional.of(Path.of(input)).filter(Files::exists);
        } catch (InvalidPathException e) {
            return Optional.empty(); // a * on Windows
        }
    }

    private static List<Path> glob(String input) throws IOException {
        var folder = Path.of(beforeTheStars(input));
        if (input.equals(folder.toString()) || !Files.isDirectory(folder))
            throw new IllegalArgumentException("There is no file or folder " + folder + ".");
        var system = FileSystems.getDefault();
        try {
            var matcher = system.getPathMatcher("glob:" + input);
            var withoutFolders = system.getPathMatcher("glob:" + input.replace("**/", "")); // as shells read a double star
            return walk(folder, file -> matcher.matches(file) || withoutFolders.matches(file));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(input + " is no glob: " + e.getDescription() + ".", e);
        }
    }

    /** The folder below which all matches are. */
    private static String beforeTheStars(String input) {
        var star = 0;
        while (star < input.length() && "*?[{".indexOf(input.charAt(star)) < 0) star++;
        return star == input.length() ? input : input.substring(0, input.lastIndexOf('/', star) + 1);
    }

    private static List<Path> walk(Path folder, Predicate<Path> wanted) throws IOException {
        try (var files = Files.walk(folder, DEEPEST, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(Files::isRegularFile).filter(file -> !isHidden(folder, file)).filter(wanted).sorted().toList();
        } catch (UncheckedIOException e) {
            throw new IllegalArgumentException("The folder " + folder + " cannot be read: " + FileFault.reason(e.getCause()) + ".", e);
        }
    }

    /** What begins with a dot below the folder: caches, version control, parts of files that are being written. */
    private static boolean isHidden(Path folder, Path file) {
        for (var name : folder.relativize(file)) if (name.toString().startsWith(".") && name.toString().length() > 1) return true;
        return false;
    }
}
