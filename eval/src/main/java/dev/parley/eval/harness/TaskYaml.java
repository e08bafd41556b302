package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads a task file with what it includes. YAML 1.1 as PyYAML reads it, where a bare {@code no} is false. A Python function,
 * {@code !function utils.process_docs}, becomes an object {@code {"!function": "utils.process_docs"}}.
 */
final class TaskYaml {

    static final String FUNCTION = "!function";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST = 16 << 20;

    private TaskYaml() {}

    private static final class Constructor extends SafeConstructor {

        Constructor(LoaderOptions options) {
            super(options);
            yamlConstructors.put(new Tag(FUNCTION), new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    return Map.of(FUNCTION, node instanceof ScalarNode s ? s.getValue() : "?");
                }
            });
        }
    }

    /**
     * The settings of a file; its own go before those that it includes.
     *
     * @throws TaskException naming the file
     */
    static ObjectNode read(Path file) {
        return read(file.toAbsolutePath().normalize(), new ArrayList<>());
    }

    private static ObjectNode read(Path file, List<Path> including) {
        if (including.contains(file)) throw new TaskException(file + " includes itself.");
        including.add(file);
        var own = parse(file);
        var includes = own.remove("include");
        if (includes == null) return own;
        var merged = JSON.createObjectNode();
        for (var include : includes.isArray() ? includes : List.of(includes)) {
            var included = read(file.resolveSibling(include.asText()).normalize(), new ArrayList<>(including));
            included.remove("task_list");
            merged.setAll(included);
        }
        merged.setAll(own);
        return merged;
    }

    private static ObjectNode parse(Path file) {
        try {
            var options = new LoaderOptions();
            options.setCodePointLimit(LARGEST);
            options.setAllowDuplicateKeys(true); // the later one counts, as in Python
            options.setWarnOnDuplicateKeys(false);
            Object value = new Yaml(new Constructor(options)).load(Files.readString(file));
            if (JSON.<JsonNode>valueToTree(named(value)) instanceof ObjectNode settings) return settings;
            throw new TaskException(file + " holds no settings of a task; it needs lines such as \"task: my_task\".");
        } catch (IOException e) {
            throw new TaskException(file + " cannot be read: " + e.getMessage() + ".");
        } catch (YAMLException e) {
            throw new TaskException(file + " is no YAML: " + e.getMessage().replaceAll("\\s+", " ").strip() + ".");
        }
    }

    /** Keys that are no strings, such as numbers, by their names. */
    private static Object named(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                var named = new LinkedHashMap<String, Object>();
                map.forEach((key, of) -> named.put(String.valueOf(key), named(of)));
                yield (Object) named;
            }
            case List<?> list -> list.stream().map(TaskYaml::named).toList();
            case null, default -> value;
        };
    }
}
