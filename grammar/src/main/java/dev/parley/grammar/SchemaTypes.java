package dev.parley.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The types of JSON Schema, and which of them a schema allows. */
final class SchemaTypes {

    static final List<String> ALL = List.of("object", "array", "string", "number", "integer", "boolean", "null");

    private SchemaTypes() {}

    /** Whether a value is of a type. */
    static boolean isOfType(JsonNode value, String type) {
        return switch (type) {
            case "integer" -> value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
            case "number" -> value.isNumber();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            case "array" -> value.isArray();
            default -> value.isObject();
        };
    }

    /** The types that a schema names, or those that its other keywords are about, or all. */
    static List<String> of(ObjectNode schema, String where) {
        var type = schema.path("type");
        if (type.isTextual() || type.isArray()) {
            var types = new ArrayList<String>();
            if (type.isTextual()) types.add(type.textValue());
            else type.forEach(t -> types.add(t.asText()));
            for (var name : types) {
                if (!ALL.contains(name))
                    throw JsonSchema.fault("has the type \"" + name + "\", which is none of " + String.join(", ", ALL), where);
            }
            if (types.isEmpty()) throw JsonSchema.fault("has an empty list of types", where);
            return types;
        }
        if (schema.has("type")) throw JsonSchema.fault("has a type that is neither a name nor a list of names", where);
        var meant = new ArrayList<String>();
        if (hasAny(schema, "properties", "required", "additionalProperties", "minProperties", "maxProperties", "propertyNames",
                "patternProperties"))
            meant.add("object");
        if (hasAny(schema, "items", "prefixItems", "minItems", "maxItems")) meant.add("array");
        if (hasAny(schema, "minLength", "maxLength", "pattern")) meant.add("string");
        if (hasAny(schema, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")) meant.add("number");
        return meant.isEmpty() ? ALL.stream().filter(t -> !t.equals("integer")).toList() : meant;
    }

    private static boolean hasAny(JsonNode schema, String... keywords) {
        for (var keyword : keywords) {
            if (schema.has(keyword)) return true;
        }
        return false;
    }
}
