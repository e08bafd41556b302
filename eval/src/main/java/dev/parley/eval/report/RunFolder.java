package dev.parley.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A run as it lies in its folder; one of lm-evaluation-harness itself will do too. */
public record RunFolder(String name, JsonNode results, Map<String, List<JsonNode>> samples) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @throws IllegalArgumentException if there is no run in the folder
     */
    public static RunFolder read(Path folder) {
        try (var files = Files.list(folder)) {
            var all = files.sorted().toList();
            var results = all.stream().filter(f -> f.getFileName().toString().matches("results.*\\.json")).toList();
            if (results.isEmpty())
                throw new IllegalArgumentException(folder + " holds no results.json; name the folder that a run wrote by --out.");
            var samples = new LinkedHashMap<String, List<JsonNode>>();
            for (var file : all) {
                var name = file.getFileName().toString();
                if (name.matches("samples_.*\\.jsonl")) samples.put(name.replaceAll("^samples_|(_\\d{4}-.*)?\\.jsonl$", ""), lines(file));
            }
            var named = folder.toAbsolutePath().normalize().getFileName();
            return new RunFolder(named == null ? folder.toString() : named.toString(), JSON.readTree(results.getLast().toFile()), samples);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        var lines = new ArrayList<JsonNode>();
        for (var line : Files.readAllLines(file)) if (!line.isBlank()) lines.add(JSON.readTree(line));
        return lines;
    }

    /** Tasks and groups that have figures. */
    List<String> tasks() {
        var tasks = new ArrayList<String>();
        results.path("results").fieldNames().forEachRemaining(tasks::add);
        return tasks;
    }

    /** The figures of a task by their keys, {@code METRIC,FILTER}. */
    ObjectNode figures(String task) {
        var figures = JSON.createObjectNode();
        results.path("results").path(task).properties().stream()
                .filter(p -> p.getKey().contains(",") && !p.getKey().contains("_stderr") && p.getValue().isNumber())
                .forEach(p -> figures.set(p.getKey(), p.getValue()));
        return figures;
    }

    /** The standard error of a figure, that tool's or ours; NaN where there is none. */
    double error(String task, String key) {
        var comma = key.lastIndexOf(',');
        var of = results.path("results").path(task);
        var tools = of.path(key.substring(0, comma) + "_stderr" + key.substring(comma));
        return tools.isNumber() ? tools.asDouble()
                : of.path(key.substring(0, comma) + "_stderr_parley" + key.substring(comma)).asDouble(Double.NaN);
    }
}
