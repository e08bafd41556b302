package dev.parley.serve.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code suggestions.json} in a model folder: questions that the model can answer, with which the page begins.
 *
 * <pre>{@code
 * [{"text": "Who are you?", "language": "en"}, {"text": "你是谁?", "language": "zh"}, {"text": "12 + 5 ="}]
 * }</pre>
 */
public final class SuggestionsFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAME = "suggestions.json";
    private static final int MOST = 24;
    private static final long LARGEST = 64 << 10;

    private SuggestionsFile() {}

    /**
     * What a model folder suggests; nothing if it has no such file.
     *
     * @throws IllegalArgumentException naming the file and what is wrong with it
     */
    public static List<Suggestion> read(Path folder) throws IOException {
        var file = folder.resolve(NAME);
        if (!Files.isRegularFile(file)) return List.of();
        if (Files.size(file) > LARGEST) throw new IllegalArgumentException(file + " is larger than it can be (64 KiB).");
        try {
            return suggestions(json(Files.readAllBytes(file)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage() + ".");
        }
    }

    private static JsonNode json(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("this is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) { // bytes that are no characters
            throw new IllegalArgumentException("this is not JSON: " + e.getMessage());
        }
    }

    private static List<Suggestion> suggestions(JsonNode json) {
        if (!json.isArray() || json.size() > MOST)
            throw new IllegalArgumentException("it must hold a list of at most " + MOST + " suggestions");
        var suggestions = new ArrayList<Suggestion>();
        for (var item : json) {
            var language = item.path("language");
            if (!item.path("text").isTextual() || !language.isMissingNode() && !language.isTextual()) {
                throw new IllegalArgumentException("a suggestion is an object with a \"text\" and, if need be, a \"language\"");
            }
            suggestions.add(new Suggestion(item.path("text").textValue(), Optional.ofNullable(language.textValue())));
        }
        return List.copyOf(suggestions);
    }

    /** Writes them into a model folder. */
    public static void write(Path folder, List<Suggestion> suggestions) throws IOException {
        var json = JSON.createArrayNode();
        for (var suggestion : suggestions) {
            var item = json.addObject().put("text", suggestion.text());
            suggestion.language().ifPresent(language -> item.put("language", language));
        }
        DurableFile.write(folder.resolve(NAME), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }
}
