package dev.parley.generate.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.grammar.ArgumentTypes;
import java.util.Optional;
import java.util.Set;

/** Writes the arguments of a call as JSON, one after the other, whose values are told apart by the function's schema. */
final class ArgumentWriter {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).setNodeFactory(new JsonNodeFactory(true));

    private final JsonNode schema;
    private Set<String> types = Set.of();
    private boolean begun;

    /** @param tool whose call it is, if there is one of the name */
    ArgumentWriter(Optional<Tool> tool) {
        schema = tool.map(t -> t.definition().path("function").path("parameters")).orElseGet(JsonNodeFactory.instance::missingNode);
    }

    /** The name of the next argument, and what stands before it. */
    String name(String name) {
        types = ArgumentTypes.possible(schema, schema.path("properties").path(name));
        var before = begun ? ", " : "{";
        begun = true;
        return before + TextNode.valueOf(name) + ": ";
    }

    /** Whether the argument that was named is a string and nothing else. */
    boolean isString() {
        return types.equals(Set.of("string"));
    }

    /** More of the string. */
    String string(String piece, boolean first, boolean last) {
        var quoted = TextNode.valueOf(piece).toString();
        return (first ? "\"" : "") + quoted.substring(1, quoted.length() - 1) + (last ? "\"" : "");
    }

    /** A value that is written without quotes: what its type says, or else a string. */
    String value(String text) {
        return read(text.strip()).filter(this::fits).orElseGet(() -> TextNode.valueOf(text)).toString();
    }

    private boolean fits(JsonNode value) {
        if (value.isTextual()) return false;
        if (value.isNull()) return types.contains("null");
        if (value.isBoolean()) return types.contains("boolean");
        if (value.isNumber()) return types.contains("number") || types.contains("integer");
        return types.contains(value.isArray() ? "array" : "object");
    }

    private static Optional<JsonNode> read(String text) {
        var json = switch (text) {
            case "True" -> "true";
            case "False" -> "false";
            case "None" -> "null";
            default -> text;
        };
        try {
            return Optional.ofNullable(JSON.readTree(json)).filter(node -> !node.isMissingNode());
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** A value that is known. */
    String value(JsonNode value) {
        return value.toString();
    }

    /** What stands after the last argument. */
    String end() {
        return begun ? "}" : "{}";
    }
}
