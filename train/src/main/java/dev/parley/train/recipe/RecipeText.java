package dev.parley.train.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of a recipe with the place of each: its line in the file, or the setting that took its place. A key in a map has the path
 * {@code model.hidden_size}.
 *
 * @param name that errors begin with
 * @param places in words, by path
 */
record RecipeText(String name, ObjectNode keys, Map<String, String> places) {

    private static final ObjectMapper YAML = new ObjectMapper(
            YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

    /** @throws IllegalArgumentException if the text is no map in YAML, naming the line */
    static RecipeText parse(String name, String yaml) {
        if (!(tree(name, yaml) instanceof ObjectNode keys))
            throw new IllegalArgumentException(name + " holds no recipe: keys with values.");
        return new RecipeText(name, keys, lines(yaml));
    }

    private static JsonNode tree(String where, String yaml) {
        try {
            return YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            var line = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            throw new IllegalArgumentException(where + line + ": this is not YAML (" + e.getOriginalMessage().lines().findFirst().orElse("")
                    + ").", e);
        }
    }

    private static Map<String, String> lines(String yaml) {
        var places = new HashMap<String, String>();
        try (var parser = YAML.createParser(yaml)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token != JsonToken.FIELD_NAME) continue;
                var path = parser.getParsingContext().pathAsPointer().toString().substring(1).replace('/', '.');
                places.put(path, ", line " + parser.currentTokenLocation().getLineNr());
            }
        } catch (IOException e) {
            throw new IllegalStateException("What was read once is read again.", e);
        }
        return places;
    }

    /**
     * The same with another value.
     *
     * @param path of a key, which may be in a map
     * @param value as YAML writes it
     * @throws IllegalArgumentException if a key in a map is meant and its map is none
     */
    RecipeText with(String path, String value) {
        return with(path, tree(name + ", " + path, value), value);
    }

    /** The same for a value that needs no reading. */
    RecipeText with(String path, JsonNode value) {
        return with(path, value, value.asText());
    }

    private RecipeText with(String path, JsonNode value, String written) {
        var changed = keys.deepCopy();
        var map = changed;
        var names = path.split("\\.");
        for (int i = 0; i < names.length - 1; i++) {
            var inner = map.path(names[i]);
            if (!inner.isMissingNode() && !inner.isNull() && !inner.isObject()) {
                throw new IllegalArgumentException(name + place(names[i]) + ": " + names[i] + " is " + inner + " and has no " + names[i + 1]
                        + "; give it a map first, " + names[i] + "={" + names[i + 1] + ": …}.");
            }
            map = inner.isObject() ? (ObjectNode) inner : map.putObject(names[i]);
        }
        map.set(names[names.length - 1], value.isMissingNode() ? NullNode.getInstance() : value); // nothing after "key=" is the default
        var moved = new HashMap<>(places);
        moved.keySet().removeIf(key -> key.startsWith(path + "."));
        moved.put(path, " with " + path + "=" + written);
        return new RecipeText(name, changed, moved);
    }

    boolean has(String key) {
        return keys.hasNonNull(key);
    }

    double number(String key, double byDefault) {
        return has(key) ? keys.path(key).asDouble() : byDefault;
    }

    boolean flag(String key) {
        return List.of("true", "yes", "on").contains(keys.path(key).asText());
    }

    /** Texts: one, a list, or none. */
    List<String> texts(String key) {
        var texts = new ArrayList<String>();
        var node = keys.path(key);
        if (node.isTextual()) texts.add(node.asText());
        for (var text : node) texts.add(text.asText());
        return texts;
    }

    /** Files or folders: one, or a list. */
    List<Path> files(String key) {
        var files = texts(key).stream().map(Path::of).toList();
        if (files.isEmpty()) throw wrong(key, key + " names no file.");
        return files;
    }

    /** Where a key stands; goes on from the recipe's name. */
    String place(String path) {
        for (var key = path; !key.isEmpty(); key = key.contains(".") ? key.substring(0, key.lastIndexOf('.')) : "") {
            if (places.containsKey(key)) return places.get(key);
        }
        return "";
    }

    /** A fault of a key. */
    IllegalArgumentException wrong(String path, String what) {
        return new IllegalArgumentException(name + place(path) + ": " + what);
    }
}
