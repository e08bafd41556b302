package dev.parley.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** What an object's schema says of the names of its properties: {@code propertyNames}, or one {@code patternProperties}. */
final class SchemaNames {

    private final SchemaStrings strings;
    private final String where;
    private final ObjectNode names; // a schema of strings
    private final Optional<JsonNode> ofPattern;

    SchemaNames(SchemaParts parts, SchemaStrings strings, ObjectNode schema, String where) {
        this.strings = strings;
        this.where = where + "/propertyNames";
        var patterns = schema.path("patternProperties");
        var more = schema.path("additionalProperties");
        if (!patterns.isEmpty()) {
            var closed = more.isMissingNode() || more.isBoolean() && !more.booleanValue();
            if (patterns.size() > 1 || schema.has("propertyNames") || !closed) {
                throw JsonSchema.fault(
                        "has patternProperties beside others, beside propertyNames or beside additionalProperties, which is not supported",
                        where);
            }
            var only = patterns.properties().iterator().next();
            names = JsonNodeFactory.instance.objectNode().put("pattern", only.getKey());
            ofPattern = Optional.of(only.getValue());
            return;
        }
        ofPattern = Optional.empty();
        names = switch (schema.path("propertyNames")) {
            case ObjectNode object -> parts.flattened(object, this.where);
            case JsonNode none when none.isBoolean() && !none.booleanValue() ->
                JsonNodeFactory.instance.objectNode().set("enum", JsonNodeFactory.instance.arrayNode());
            default -> JsonNodeFactory.instance.objectNode();
        };
        var others = parts.assertions(names);
        others.removeAll(Set.of("const", "enum", "type"));
        SchemaStrings.KEYWORDS.forEach(others::remove);
        if (!others.isEmpty()) throw JsonSchema.fault("has " + others.iterator().next() + ", which is not supported for names", this.where);
        var type = names.path("type");
        if (names.has("type") && !type.equals(JsonNodeFactory.instance.textNode("string")))
            throw JsonSchema.fault("has the type " + type + "; names are strings", this.where);
    }

    /** Whether properties are told by a pattern of their names. */
    boolean hasPattern() {
        return ofPattern.isPresent();
    }

    /** What properties are whose names have the pattern. */
    JsonNode ofPattern() {
        return ofPattern.orElseThrow();
    }

    /** The names that may be, if they are listed. */
    Optional<Set<String>> listed() {
        if (!names.has("const") && !names.has("enum")) return Optional.empty();
        var listed = new LinkedHashSet<String>();
        var accepted = strings.accepted(names, where);
        (names.has("enum") ? names.path("enum") : JsonNodeFactory.instance.arrayNode().add(names.get("const"))).forEach(name -> {
            var fits = name.isTextual() && (!names.has("const") || names.get("const").equals(name)) && accepted.test(name.textValue());
            if (fits) listed.add(name.textValue());
        });
        return Optional.of(listed);
    }

    /** Whether any name may be, or each that is listed. */
    boolean isAny() {
        return listed().isPresent() || SchemaStrings.KEYWORDS.stream().noneMatch(names::has);
    }

    /** Any of the names. */
    Expression written(JsonText text) {
        return strings.written(names, text.names(), where);
    }
}
