package dev.parley.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which types the value of an argument may have: where it is written without quotes, they tell how it is to be read. */
public final class ArgumentTypes {

    private static final int DEEPEST = 20;

    private ArgumentTypes() {}

    /**
     * The names of JSON Schema's types that a value may have, and more where the schema does not tell.
     *
     * @param root the whole schema, in which references are looked up
     * @param schema of the value
     */
    public static Set<String> possible(JsonNode root, JsonNode schema) {
        return possible(root, schema, 0);
    }

    private static Set<String> possible(JsonNode root, JsonNode schema, int depth) {
        var found = new TreeSet<>(SchemaTypes.ALL);
        if (depth > DEEPEST) return found;
        var type = schema.path("type");
        if (type.isTextual()) found.retainAll(Set.of(type.textValue()));
        else if (type.isArray()) found.retainAll(SchemaParts.names(type));
        for (var keyword : List.of("anyOf", "oneOf")) {
            if (!schema.path(keyword).isArray()) continue;
            var any = new TreeSet<String>();
            schema.path(keyword).forEach(option -> any.addAll(possible(root, option, depth + 1)));
            found.retainAll(any);
        }
        for (var part : schema.path("allOf")) found.retainAll(possible(root, part, depth + 1));
        var reference = schema.path("$ref").asText("");
        if (reference.startsWith("#/")) found.retainAll(possible(root, root.at(reference.substring(1)), depth + 1));
        if (schema.has("const")) found.removeIf(name -> !SchemaTypes.isOfType(schema.path("const"), name));
        if (schema.path("enum").isArray()) found.removeIf(name -> !anyIs(schema.path("enum"), name));
        return found;
    }

    private static boolean anyIs(JsonNode values, String type) {
        for (var value : values) {
            if (SchemaTypes.isOfType(value, type)) return true;
        }
        return false;
    }
}
