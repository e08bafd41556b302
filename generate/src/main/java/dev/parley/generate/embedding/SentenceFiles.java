package dev.parley.generate.embedding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files that sentence-transformers writes into a model's folder: {@code modules.json} names the steps from a text to a vector or a
 * score, each with a folder of its settings, {@code config_sentence_transformers.json} the prompts. A folder without them has no steps.
 *
 * @param steps the folders of the steps, by the ends of their types' names, such as {@code Pooling}
 * @param settings of config_sentence_transformers.json
 */
public record SentenceFiles(Path model, Map<String, String> steps, JsonNode settings) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MODULES = "modules.json";
    private static final long LARGEST = 1 << 20;

    /**
     * Reads a model's.
     *
     * @throws IllegalArgumentException if a file is no JSON, or a step's folder lies elsewhere
     */
    public static SentenceFiles of(Path model) {
        var steps = new LinkedHashMap<String, String>();
        for (var step : json(model, MODULES)) {
            var type = step.path("type").asText();
            var folder = step.path("path").asText();
            if (!folder.matches("|[A-Za-z0-9_][A-Za-z0-9_.-]*")) throw new IllegalArgumentException(model.resolve(MODULES)
                    + " has a step in a folder \"" + folder.replaceAll("\\p{C}", "?") + "\", which is none of the model's.");
            steps.put(type.substring(type.lastIndexOf('.') + 1), folder);
        }
        return new SentenceFiles(model, steps, json(model, "config_sentence_transformers.json"));
    }

    /** Whether the model has such files at all. */
    public boolean areThere() {
        return !steps.isEmpty();
    }

    /** The folder of a step, if there is one. */
    public Optional<String> step(String type) {
        return Optional.ofNullable(steps.get(type));
    }

    /** A file of the model; a missing node where there is none. */
    public JsonNode json(String file) {
        return json(model, file);
    }

    /** What is written before texts, by its purpose. */
    public Map<String, String> prompts() {
        var prompts = new LinkedHashMap<String, String>();
        for (var prompt : settings.path("prompts").properties()) {
            if (prompt.getValue().isTextual()) prompts.put(prompt.getKey(), prompt.getValue().textValue());
        }
        return prompts;
    }

    /** The name of the prompt that is written where none is asked for. */
    public Optional<String> defaultPromptName() {
        return Optional.ofNullable(settings.path("default_prompt_name").textValue());
    }

    private static JsonNode json(Path model, String name) {
        var file = model.resolve(name);
        if (!Files.isRegularFile(file)) return JSON.missingNode();
        try {
            if (Files.size(file) > LARGEST) throw new IllegalArgumentException(file + " is larger than it can be (1 MiB).");
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
