package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.hub.Hub;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Finds the files of a task's data set and reads its splits, where Python's {@code datasets} would look: the loaders json, csv, parquet
 * and text with {@code data_files}; a folder; or a data set of the hub in the hub's cache.
 */
final class Datasets {

    private static final List<String> LOADERS = List.of("json", "csv", "parquet", "text");
    private static final List<String> ENDINGS = List.of("jsonl", "json", "ndjson", "csv", "tsv", "parquet", "txt");
    private static final Map<String, Pattern> SPLITS = new LinkedHashMap<>();

    static {
        SPLITS.put("train", keyword("train|training"));
        SPLITS.put("test", keyword("test|testing|eval|evaluation"));
        SPLITS.put("validation", keyword("validation|valid|dev|val"));
    }

    private final Map<String, Path> folders;

    /**
     * @param folders of data sets by the name that tasks have for them, before any other place
     */
    Datasets(Map<String, Path> folders) {
        this.folders = folders;
    }

    private static Pattern keyword(String words) {
        return Pattern.compile("(^|[-._ 0-9/])(" + words + ")([-._ 0-9/]|$)");
    }

    /**
     * The documents of a split.
     *
     * @throws TaskException naming what was looked for and where
     */
    List<ObjectNode> split(TaskConfig task, String split) {
        var files = files(task);
        var chosen = Optional.ofNullable(files.get(split)).orElseThrow(() -> new TaskException("The task " + task.name()
                + " asks for the split " + split + " of its data set, which has " + String.join(", ", files.keySet()) + "."));
        var field = task.yaml().path("dataset_kwargs").path("field").asText("");
        var documents = new ArrayList<ObjectNode>();
        for (var file : chosen) documents.addAll(DocumentFiles.read(file, field, task.yaml().path("dataset_kwargs")));
        if (documents.isEmpty()) throw new TaskException("The split " + split + " of the task " + task.name() + " has no documents.");
        return documents;
    }

    private Map<String, List<Path>> files(TaskConfig task) {
        var path = task.text("dataset_path").orElseThrow(() -> new TaskException("The task " + task.name() + " names no dataset_path."));
        var given = task.yaml().path("dataset_kwargs");
        if (folders.containsKey(path)) return inFolder(task, folders.get(path));
        if (LOADERS.contains(path)) return named(task, given, List.of(Path.of(""), task.folder()));
        for (var from : List.of(Path.of(""), task.folder())) {
            if (Files.isDirectory(from.resolve(path)))
                return given.has("data_files") ? named(task, given, List.of(from.resolve(path))) : inFolder(task, from.resolve(path));
        }
        var cached = cached(path).orElseThrow(() -> new TaskException("The data set " + path + " of the task " + task.name()
                + " is neither a folder nor in the hub's cache. Download it (hf download --repo-type dataset " + path
                + "), or name a folder that holds it with --dataset " + path + "=FOLDER."));
        return given.has("data_files") ? named(task, given, List.of(cached)) : inFolder(task, cached);
    }

    /** The newest snapshot of a data set in the hub's cache. */
    private static Optional<Path> cached(String name) {
        var snapshots = Hub.standard().cache().root().resolve("datasets--" + name.replace("/", "--")).resolve("snapshots");
        if (!name.matches("[\\w.-]+(/[\\w.-]+)?") || !Files.isDirectory(snapshots)) return Optional.empty();
        try (var all = Files.list(snapshots)) {
            return all.filter(Files::isDirectory).max((a, b) -> Long.compare(a.toFile().lastModified(), b.toFile().lastModified()));
        } catch (IOException e) {
            throw new TaskException(snapshots + " cannot be read: " + e.getMessage() + ".");
        }
    }

    // ---- data_files ----

    private static Map<String, List<Path>> named(TaskConfig task, JsonNode given, List<Path> places) {
        var written = given.path("data_files");
        if (written.isMissingNode())
            throw new TaskException("The task " + task.name() + " needs dataset_kwargs with data_files, as its dataset_path is "
                    + task.text("dataset_path").orElse("") + ".");
        var inside = given.path("data_dir").asText("");
        var splits = new LinkedHashMap<String, List<Path>>();
        if (written.isObject()) {
            written.properties().forEach(p -> splits.put(p.getKey(), matching(task, p.getValue(), places, inside)));
        } else {
            splits.put("train", matching(task, written, places, inside));
        }
        return splits;
    }

    private static List<Path> matching(TaskConfig task, JsonNode written, List<Path> places, String inside) {
        var found = new ArrayList<Path>();
        for (var name : written.isArray() ? written : List.of(written)) {
            var files = places.stream().map(place -> matching(place.resolve(inside), name.asText())).filter(f -> !f.isEmpty()).findFirst();
            found.addAll(files.orElseThrow(() -> new TaskException("The task " + task.name() + " names the data file " + name.asText()
                    + ", which is neither here nor in " + places.getLast().toAbsolutePath() + ".")));
        }
        return found;
    }

    private static List<Path> matching(Path place, String name) {
        if (!name.contains("*")) return Files.isRegularFile(place.resolve(name)) ? List.of(place.resolve(name)) : List.of();
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
        return walk(place).filter(f -> matcher.matches(place.relativize(f))).toList();
    }

    private static Stream<Path> walk(Path folder) {
        try (var walk = Files.walk(folder, 6)) {
            return walk.filter(f -> Files.isRegularFile(f) && ENDINGS.contains(DocumentFiles.ending(f))).sorted().toList().stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    // ---- folders ----

    private static Map<String, List<Path>> inFolder(TaskConfig task, Path folder) {
        var name = task.text("dataset_name");
        var declared = declared(folder, name);
        if (!declared.isEmpty()) return declared;
        if (name.isPresent() && Files.isDirectory(folder.resolve(name.get()))) return bySplit(folder.resolve(name.get()), f -> true);
        var ofName = name.map(n -> bySplit(folder, f -> f.getFileName().toString().startsWith(n + "."))).orElse(Map.of());
        if (!ofName.isEmpty()) return ofName;
        if (name.isPresent() && !name.get().equals("default"))
            throw new TaskException("The data set in " + folder + " has no part named " + name.get() + ", which the task " + task.name()
                    + " asks for by dataset_name.");
        return bySplit(folder, f -> true);
    }

    /** By the words in the names of files and folders; what has none is all for training. */
    private static Map<String, List<Path>> bySplit(Path folder, Predicate<Path> wanted) {
        var splits = new LinkedHashMap<String, List<Path>>();
        for (var file : walk(folder).filter(wanted).toList()) {
            var place = folder.relativize(file).toString().replace('\\', '/');
            var split = SPLITS.entrySet().stream().filter(s -> s.getValue().matcher(place).find()).map(Map.Entry::getKey).findFirst()
                    .orElse("");
            splits.computeIfAbsent(split, s -> new ArrayList<>()).add(file);
        }
        var others = splits.remove("");
        if (splits.isEmpty() && others != null) splits.put("train", others);
        return splits;
    }

    /** What the README's front matter says of parts and their files. */
    @SuppressWarnings("unchecked")
    private static Map<String, List<Path>> declared(Path folder, Optional<String> name) {
        try {
            var readme = folder.resolve("README.md");
            if (!Files.isRegularFile(readme)) return Map.of();
            var text = Files.readString(readme);
            var end = text.indexOf("\n---", 3);
            if (!text.startsWith("---") || end < 0) return Map.of();
            Object front = new Yaml(new SafeConstructor(new LoaderOptions()))
                    .load(text.substring(3, end));
            if (!(front instanceof Map<?, ?> map) || !(map.get("configs") instanceof List<?> configs)) return Map.of();
            for (var config : configs) {
                if (!(config instanceof Map<?, ?> c) || !(c.get("data_files") instanceof List<?> files)) continue;
                if (!name.orElse("default").equals(c.get("config_name")) && !(name.isEmpty() && configs.size() == 1)) continue;
                var splits = new LinkedHashMap<String, List<Path>>();
                for (var entry : (List<Map<String, Object>>) files) {
                    var patterns = entry.get("path") instanceof List<?> many ? many : List.of(entry.get("path"));
                    splits.put(String.valueOf(entry.get("split")),
                            patterns.stream().flatMap(p -> matching(folder, String.valueOf(p)).stream()).toList());
                }
                return splits;
            }
            return Map.of();
        } catch (IOException | RuntimeException e) {
            return Map.of(); // a README that says nothing to us; the names of files do
        }
    }
}
