package dev.parley.assist.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.AssistantException;
import dev.parley.assist.LocalText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A value in a YAML file that knows where it stands. What it is asked for and is not, it says in a sentence. */
public final class YamlValue {

    private final String file;
    private final Map<String, Integer> lines;
    private final String pointer;
    private final JsonNode node;

    YamlValue(String file, Map<String, Integer> lines, String pointer, JsonNode node) {
        this.file = file;
        this.lines = lines;
        this.pointer = pointer;
        this.node = node;
    }

    /** The value itself. */
    public JsonNode json() {
        return node;
    }

    /**
     * A sentence that begins with file, line and key.
     *
     * @param what after {@code the key}
     */
    public AssistantException fault(String what) {
        return new AssistantException(place() + (pointer.isEmpty() ? ": " : " ") + what);
    }

    /** File, line and key. */
    public String place() {
        var line = lines.containsKey(pointer) ? ", line " + lines.get(pointer) : "";
        return file + line + (pointer.isEmpty() ? "" : ": " + key());
    }

    /** Such as {@code tools.servers[0].name}. */
    private String key() {
        var key = new StringBuilder();
        for (var part : pointer.substring(1).split("/")) {
            if (part.matches("\\d+")) key.append('[').append(part).append(']');
            else key.append(key.isEmpty() ? "" : ".").append(part.replace("~1", "/").replace("~0", "~"));
        }
        return key.toString();
    }

    // ---- mappings ----

    /** The value of a key, if it is there and not null. */
    public Optional<YamlValue> optional(String key) {
        var value = node.path(key);
        return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(at(key, value));
    }

    /** The value of a key that must be there. */
    public YamlValue required(String key) {
        return optional(key).orElseThrow(() -> fault(pointer.isEmpty() ? "the key " + key + " is missing." : "needs the key " + key + "."));
    }

    private YamlValue at(String key, JsonNode value) {
        return new YamlValue(file, lines, pointer + "/" + key.replace("~", "~0").replace("/", "~1"), value);
    }

    /** Refuses a value that is no mapping, and keys that are not among these. */
    public YamlValue requireOnly(String... keys) {
        if (!node.isObject()) throw fault("is no mapping of keys to values.");
        var known = new TreeSet<>(Set.of(keys));
        for (var entry : node.properties()) {
            if (!known.contains(entry.getKey())) {
                var line = at(entry.getKey(), entry.getValue());
                throw line.fault("is no key that is known here; there are " + String.join(", ", known) + ".");
            }
        }
        return this;
    }

    /** Its keys with their values, in order. */
    public Map<String, YamlValue> entries() {
        if (!node.isObject()) throw fault("is no mapping of keys to values.");
        var entries = new LinkedHashMap<String, YamlValue>();
        for (var entry : node.properties()) entries.put(entry.getKey(), at(entry.getKey(), entry.getValue()));
        return entries;
    }

    /** A mapping as JSON. */
    public ObjectNode object() {
        if (node instanceof ObjectNode object) return object;
        throw fault("is no mapping of keys to values.");
    }

    // ---- lists ----

    /** Its items. */
    public List<YamlValue> items() {
        if (!node.isArray()) throw fault("is no list.");
        var items = new ArrayList<YamlValue>();
        for (int i = 0; i < node.size(); i++) items.add(at(Integer.toString(i), node.get(i)));
        return items;
    }

    /** Its items, which are texts. */
    public List<String> texts() {
        return items().stream().map(YamlValue::text).toList();
    }

    // ---- plain values ----

    /** A text that is not blank; numbers are read as they are written. */
    public String text() {
        if (!node.isTextual() && !node.isNumber()) throw fault("is no text.");
        if (node.asText().isBlank()) throw fault("is empty.");
        return node.asText();
    }

    /** A whole number. */
    public int integer(int least, int most) {
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < least || node.intValue() > most) {
            throw fault("is " + node + "; it is a whole number from " + least + " to " + most + ".");
        }
        return node.intValue();
    }

    /** A number. */
    public double number(double least, double most) {
        if (!node.isNumber() || node.doubleValue() < least || node.doubleValue() > most) {
            throw fault("is " + node + "; it is a number from " + least + " to " + most + ".");
        }
        return node.doubleValue();
    }

    /** True or false. */
    public boolean flag() {
        if (!node.isBoolean()) throw fault("is " + node + "; it is true or false.");
        return node.booleanValue();
    }

    /**
     * A text for all languages, or a mapping of languages to texts.
     *
     * @param languages that it must have then
     */
    public LocalText localText(List<String> languages) {
        if (!node.isObject()) return LocalText.of(text());
        var texts = new LinkedHashMap<String, String>();
        requireOnly(languages.toArray(String[]::new));
        for (var language : languages) texts.put(language, required(language).text());
        return new LocalText(texts);
    }
}
