package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tasks, groups and tags of folders of task files, by name. A file that cannot be read is passed over until it is asked for.
 *
 * <pre>{@code
 * var suite = TaskIndex.of(List.of(Path.of("lm-evaluation-harness/lm_eval/tasks"))).select(List.of("arc_easy", "mmlu"));
 * }</pre>
 */
public final class TaskIndex {

    private static final Set<String> GROUP_FIELDS = Set.of("group", "group_alias", "task", "aggregate_metric_list", "metadata", "tag");

    private final Map<String, Entry> entries = new TreeMap<>();
    private final Map<String, Set<String>> tags = new TreeMap<>();

    private record Entry(ObjectNode yaml, Path folder) {

        boolean isGroup() {
            return yaml.has("group") && !yaml.path("task").isTextual();
        }
    }

    /**
     * Tasks that are chosen, and the groups over them.
     *
     * @param tasks each once, in order
     * @param groups the inner before the outer
     */
    public record Suite(List<TaskConfig> tasks, List<TaskGroup> groups) {}

    private TaskIndex() {}

    /** The task files in folders and below; a later folder's task replaces an earlier one's of the same name. */
    public static TaskIndex of(List<Path> folders) {
        var index = new TaskIndex();
        for (var folder : folders) {
            if (!Files.isDirectory(folder)) throw new TaskException("There is no folder " + folder + " with task files.");
            index.addAll(folder);
        }
        return index;
    }

    private void addAll(Path folder) {
        try (var walk = Files.walk(folder)) {
            var here = new TreeMap<String, Entry>();
            for (var file : walk.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
                try {
                    add(file, here);
                } catch (TaskException e) {
                    // one of thousands; whoever asks for it by its path is told
                }
            }
            entries.putAll(here);
        } catch (IOException e) {
            throw new TaskException(folder + " cannot be read: " + e.getMessage() + ".");
        }
    }

    private String add(Path file, Map<String, Entry> into) {
        var yaml = TaskYaml.read(file);
        var entry = new Entry(yaml, file.toAbsolutePath().getParent());
        var name = entry.isGroup() ? yaml.get("group").asText() : yaml.path("task").asText();
        if (name.isEmpty()) throw new TaskException(file + " has neither \"task:\" nor \"group:\".");
        if (into.putIfAbsent(name, entry) == null && !entry.isGroup()) {
            for (var field : List.of("tag", "group")) {
                var named = yaml.path(field);
                for (var tag : named.isTextual() ? List.of(named) : named)
                    tags.computeIfAbsent(tag.asText(), t -> new TreeSet<>()).add(name);
            }
        }
        return name;
    }

    /** All names: tasks, groups and tags. */
    public Set<String> names() {
        var names = new TreeSet<>(entries.keySet());
        names.addAll(tags.keySet());
        return names;
    }

    /** What a task of the index asks for, for lists; empty for groups and tags. */
    public Optional<String> outputType(String name) {
        var entry = entries.get(name);
        return entry == null || entry.isGroup() ? Optional.empty() : Optional.of(entry.yaml.path("output_type").asText("generate_until"));
    }

    /**
     * Chooses tasks.
     *
     * @param asked names of tasks, groups or tags, patterns such as {@code blimp_*}, or paths of task files
     * @throws TaskException if there is no such task, or a task cannot be run
     */
    public Suite select(List<String> asked) {
        var chosen = new Selection();
        for (var name : asked) {
            if (name.endsWith(".yaml") || name.endsWith(".yml")) {
                if (!Files.isRegularFile(Path.of(name))) throw new TaskException("There is no task file " + name + ".");
                chosen.add(add(Path.of(name), entries), JsonNodeFactory.instance.objectNode());
            } else {
                matching(name).forEach(match -> chosen.add(match, JsonNodeFactory.instance.objectNode()));
            }
        }
        return new Suite(List.copyOf(chosen.tasks.values()), List.copyOf(chosen.groups.values()));
    }

    private List<String> matching(String name) {
        if (entries.containsKey(name) || tags.containsKey(name)) return List.of(name);
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
        var matches = name.contains("*") || name.contains("?")
                ? names().stream().filter(n -> matcher.matches(Path.of(n))).toList() : List.<String>of();
        if (!matches.isEmpty()) return matches;
        var alike = names().stream().filter(n -> n.contains(name) || name.contains(n)).limit(8).collect(Collectors.joining(", "));
        throw new TaskException("There is no task, group or tag " + name
                + (alike.isEmpty() ? "; name the folder of its file with --include-path, or the file itself."
                        : "; there are " + alike + "."));
    }

    /** Collects what has been chosen. */
    private final class Selection {

        private final Map<String, TaskConfig> tasks = new LinkedHashMap<>();
        private final Map<String, TaskGroup> groups = new LinkedHashMap<>();

        /**
         * @return names of the tasks and groups that the name stands for
         */
        List<String> add(String name, ObjectNode overrides) {
            var entry = entries.get(name);
            if (entry == null) {
                var tagged = tags.get(name);
                if (tagged == null) throw new TaskException("There is no task, group or tag " + name + ".");
                tagged.forEach(task -> task(task, entries.get(task), overrides));
                return List.copyOf(tagged);
            }
            if (entry.isGroup()) group(name, entry.yaml, entry.folder, overrides);
            else task(name, entry, overrides);
            return List.of(name);
        }

        private void task(String name, Entry entry, ObjectNode overrides) {
            var yaml = entry.yaml.deepCopy();
            yaml.setAll(overrides);
            yaml.remove(List.of("tag", "group", "task_list"));
            tasks.put(name, new TaskConfig(yaml.put("task", name), entry.folder));
        }

        private void group(String name, ObjectNode yaml, Path folder, ObjectNode given) {
            if (groups.containsKey(name)) return;
            var overrides = JsonNodeFactory.instance.objectNode();
            yaml.properties().stream().filter(p -> !GROUP_FIELDS.contains(p.getKey()))
                    .forEach(p -> overrides.set(p.getKey(), p.getValue()));
            overrides.setAll(given);
            var children = new ArrayList<String>();
            for (var member : yaml.path("task")) children.addAll(member(name, member, folder, overrides));
            groups.put(name, new TaskGroup(name, yaml.path("group_alias").asText(name), children, below(children),
                    TaskGroup.aggregates(name, yaml.path("aggregate_metric_list")), yaml.path("metadata").path("version").asText("none")));
        }

        private List<String> member(String group, JsonNode member, Path folder, ObjectNode overrides) {
            if (member.isTextual()) return add(member.asText(), overrides);
            var merged = overrides.deepCopy();
            if (member.has("group")) {
                var name = member.get("group").asText();
                if (entries.containsKey(name)) {
                    merged.setAll((ObjectNode) member);
                    merged.remove("group");
                    return add(name, merged);
                }
                group(group + "::" + name, (ObjectNode) member, folder, overrides);
                return List.of(group + "::" + name);
            }
            merged.setAll((ObjectNode) member);
            var name = member.path("task").asText();
            if (entries.containsKey(name) || tags.containsKey(name)) {
                merged.remove("task");
                return add(name, merged);
            }
            name = group + "::" + name;
            tasks.put(name, new TaskConfig(merged.put("task", name), folder));
            return List.of(name);
        }

        private List<String> below(List<String> children) {
            return children.stream().flatMap(c -> groups.containsKey(c) ? groups.get(c).tasks().stream() : Stream.of(c))
                    .distinct().toList();
        }
    }
}
