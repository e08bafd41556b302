package dev.parley.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An object of a tokenizer's file, whose fields are of the kind that they should be or a fault.
 *
 * @param where what the object is, for messages
 */
record Fields(Path file, String where, JsonNode json) {

    TokenizerException fault(String fault) {
        return new TokenizerException(file + ": " + fault + ".");
    }

    TokenizerException unsupported(String what) {
        return fault(where + " " + what + " is not supported by this version");
    }

    static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    boolean has(String name) {
        return !absent(json.path(name));
    }

    String type() {
        if (!json.isObject() || !json.path("type").isTextual()) throw fault("the " + where + " has no type");
        return json.path("type").asText();
    }

    String text(String name) {
        return optionalText(name).orElseThrow(() -> fault("the " + where + " has no text \"" + name + "\""));
    }

    Optional<String> optionalText(String name) {
        var node = json.path(name);
        if (absent(node)) return Optional.empty();
        if (!node.isTextual()) throw fault("the " + where + " has " + shown(node) + " for \"" + name + "\" where a text should be");
        return Optional.of(node.asText());
    }

    boolean flag(String name, boolean otherwise) {
        var node = json.path(name);
        if (absent(node)) return otherwise;
        if (!node.isBoolean()) throw fault("the " + where + " has " + shown(node) + " for \"" + name + "\" where true or false should be");
        return node.asBoolean();
    }

    int number(String name, int otherwise, int most) {
        var node = json.path(name);
        if (absent(node)) return otherwise;
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0 || node.intValue() > most) {
            throw fault("the " + where + " has " + shown(node) + " for \"" + name + "\" where a number from 0 to " + most + " should be");
        }
        return node.intValue();
    }

    private static String shown(JsonNode node) {
        var text = node.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    /** The parts of a Sequence; or the one step that this is. Sequences in sequences are opened. */
    List<Fields> steps(String name) {
        if (!json.isObject() || !json.path("type").asText().equals("Sequence")) return List.of(this);
        if (!json.path(name).isArray()) throw fault("a Sequence of the " + where + " has no list \"" + name + "\"");
        var steps = new ArrayList<Fields>();
        for (var step : json.path(name)) steps.addAll(new Fields(file, where, step).steps(name));
        return steps;
    }

    /** {@code "pattern": {"String": …}} or {@code {"Regex": …}}. */
    TextPattern pattern() {
        var pattern = json.path("pattern");
        try {
            if (pattern.isTextual()) return TextPattern.literal(pattern.asText());
            if (pattern.path("Regex").isTextual()) return TextPattern.regex(pattern.path("Regex").asText());
            if (pattern.path("String").isTextual()) return TextPattern.literal(pattern.path("String").asText());
        } catch (IllegalArgumentException e) {
            throw fault("the " + where + ": " + e.getMessage());
        }
        throw fault("the " + where + " has the pattern " + shown(pattern));
    }

    /** A text of one character. */
    String character(String name, String otherwise) {
        var text = optionalText(name).orElse(otherwise);
        if (text.codePointCount(0, text.length()) != 1)
            throw fault("the " + where + " has \"" + name + "\" " + shown(json.path(name)) + " where one character should be");
        return text;
    }
}
