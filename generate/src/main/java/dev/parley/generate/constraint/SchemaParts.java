package dev.parley.generate.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A schema's parts brought together: what a reference names, what {@code allOf} says at once, and which alternatives exclude each other. */
final class SchemaParts {

    private static final int DEEPEST = 50;

    /** The keywords that say something of a value; all others are remarks. */
    private static final Set<String> ASSERTIONS = Set.of("$ref", "type", "const", "enum", "allOf", "anyOf", "oneOf", "properties", "required", "additionalProperties",
            "minProperties", "maxProperties", "items", "additionalItems", "prefixItems", "minItems", "maxItems", "minLength", "maxLength", "pattern", "format",
            "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "not", "if", "then", "else", "dependentSchemas", "dependentRequired",
            "dependencies", "patternProperties", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "contains", "minContains", "maxContains",
            "uniqueItems", "$dynamicRef", "$recursiveRef", "contentEncoding", "contentSchema");

    private final JsonNode root;

    SchemaParts(JsonNode root) {
        this.root = root;
    }

    /** The keywords of a schema that say something of a value. */
    Set<String> assertions(JsonNode schema) {
        var found = new TreeSet<String>();
        schema.fieldNames().forEachRemaining(name -> {
            if (ASSERTIONS.contains(name)) found.add(name);
        });
        return found;
    }

    /** What a {@code $ref} names: a place within the same schema. */
    JsonNode resolve(JsonNode reference, String where) {
        var text = reference.asText();
        if (!text.equals("#") && !text.startsWith("#/")) throw JsonSchema.fault("refers to \"" + text + "\"; only places of the same schema are supported, such as #/$defs/name", where);
        JsonNode found;
        try {
            found = root.at(URLDecoder.decode(text.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw JsonSchema.fault("refers to \"" + text + "\", which is no place", where);
        }
        if (found.isMissingNode()) throw JsonSchema.fault("refers to \"" + text + "\", which is not there", where);
        return found;
    }

    /** The same schema with its references and {@code allOf} written out. */
    ObjectNode flattened(ObjectNode schema, String where) {
        return flattened(schema, where, 0);
    }

    private ObjectNode flattened(ObjectNode schema, String where, int depth) {
        if (depth > DEEPEST) throw JsonSchema.fault("refers to itself without an end", where);
        if (!schema.has("$ref") && !schema.has("allOf")) return schema;
        var rest = schema.deepCopy();
        rest.remove(List.of("$ref", "allOf"));
        var all = rest;
        if (schema.has("$ref")) all = merged(all, flattenedAny(resolve(schema.path("$ref"), where), where, depth + 1), where);
        for (var part : schema.path("allOf")) all = merged(all, flattenedAny(part, where, depth + 1), where);
        return flattened(all, where, depth + 1);
    }

    private JsonNode flattenedAny(JsonNode schema, String where, int depth) {
        return schema instanceof ObjectNode object ? flattened(object, where, depth) : schema;
    }

    /** A schema that accepts what both accept. */
    ObjectNode merged(ObjectNode a, JsonNode b, String where) {
        if (b.isBoolean() && b.booleanValue()) return a;
        if (!b.isObject()) throw JsonSchema.fault("brings together what is no schema, or accepts nothing", where);
        var all = a.deepCopy();
        for (var keyword : assertions(b)) {
            if (keyword.equals("$ref") || keyword.equals("allOf")) return merged(a, flattenedAny(b, where, 1), where);
            all.set(keyword, a.has(keyword) ? both(keyword, a.get(keyword), b.get(keyword), where) : b.get(keyword));
        }
        closed(a, (ObjectNode) b, all, where);
        return all;
    }

    private JsonNode both(String keyword, JsonNode a, JsonNode b, String where) {
        if (a.equals(b)) return a;
        return switch (keyword) {
            case "type" -> commonTypes(a, b, where);
            case "enum" -> common(a, b);
            case "required" -> {
                var names = new TreeSet<String>();
                a.forEach(n -> names.add(n.asText()));
                b.forEach(n -> names.add(n.asText()));
                var list = JsonNodeFactory.instance.arrayNode();
                names.forEach(list::add);
                yield list;
            }
            case "properties" -> {
                var all = ((ObjectNode) a).deepCopy();
                b.properties().forEach(p -> all.set(p.getKey(), a.has(p.getKey()) ? allOf(a.get(p.getKey()), p.getValue()) : p.getValue()));
                yield all;
            }
            case "items" -> allOf(a, b);
            case "additionalProperties" -> a.isBoolean() ? a.booleanValue() ? b : a : b.isBoolean() ? b.booleanValue() ? a : b : allOf(a, b);
            case "minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties" -> a.decimalValue().compareTo(b.decimalValue()) > 0 ? a : b;
            case "maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties" -> a.decimalValue().compareTo(b.decimalValue()) < 0 ? a : b;
            default -> throw JsonSchema.fault("brings two different " + keyword + " together, which is not supported", where);
        };
    }

    private static JsonNode allOf(JsonNode a, JsonNode b) {
        var all = JsonNodeFactory.instance.objectNode();
        all.putArray("allOf").add(a).add(b);
        return all;
    }

    private static JsonNode common(JsonNode a, JsonNode b) {
        var list = JsonNodeFactory.instance.arrayNode();
        for (var x : a) {
            for (var y : b) {
                if (x.equals(y)) list.add(x);
            }
        }
        return list;
    }

    private static JsonNode commonTypes(JsonNode a, JsonNode b, String where) {
        var list = JsonNodeFactory.instance.arrayNode();
        var others = names(b);
        for (var type : names(a)) {
            if (others.contains(type)) list.add(type);
            else if (type.equals("integer") && others.contains("number") || type.equals("number") && others.contains("integer")) list.add("integer");
        }
        if (list.isEmpty()) throw JsonSchema.fault("allows no type, since its parts name different ones", where);
        return list;
    }

    /** Where one of two objects forbids other properties, those that only the other names are not allowed. */
    private void closed(ObjectNode a, ObjectNode b, ObjectNode all, String where) {
        for (var pair : List.of(List.of(a, b), List.of(b, a))) {
            ObjectNode closed = pair.getFirst(), other = pair.getLast();
            var more = closed.path("additionalProperties");
            if (more.isMissingNode() || more.isBoolean() && more.booleanValue()) continue;
            if (!more.isBoolean()) {
                if (other.has("properties")) throw JsonSchema.fault("brings additionalProperties and other properties together, which is not supported", where);
                continue;
            }
            for (var name : names(other.path("properties"))) {
                if (!closed.path("properties").has(name)) ((ObjectNode) all.path("properties")).remove(name);
            }
        }
    }

    /** The texts of a text or list, or the names of an object's fields. */
    private static Set<String> names(JsonNode node) {
        var names = new HashSet<String>();
        if (node.isTextual()) names.add(node.textValue());
        else if (node.isObject()) node.fieldNames().forEachRemaining(names::add);
        else node.forEach(n -> names.add(n.asText()));
        return names;
    }

    // ---- numbers ----

    /** The bounds of a number. Older drafts' {@code exclusiveMinimum: true} makes {@code minimum} exclusive. */
    static NumberRange range(ObjectNode schema, String where) {
        Optional<BigDecimal> low = bound(schema, "minimum", where), high = bound(schema, "maximum", where);
        boolean aboveLow = schema.path("exclusiveMinimum").asBoolean(), belowHigh = schema.path("exclusiveMaximum").asBoolean();
        var above = schema.path("exclusiveMinimum").isBoolean() ? Optional.<BigDecimal>empty() : bound(schema, "exclusiveMinimum", where);
        var below = schema.path("exclusiveMaximum").isBoolean() ? Optional.<BigDecimal>empty() : bound(schema, "exclusiveMaximum", where);
        if (above.isPresent()) {
            aboveLow = low.isEmpty() || above.get().compareTo(low.get()) >= 0;
            if (aboveLow) low = above;
        }
        if (below.isPresent()) {
            belowHigh = high.isEmpty() || below.get().compareTo(high.get()) <= 0;
            if (belowHigh) high = below;
        }
        if (low.isPresent() && high.isPresent() && low.get().compareTo(high.get()) > 0) throw JsonSchema.fault("has a maximum below its minimum", where);
        return new NumberRange(low, aboveLow, high, belowHigh);
    }

    private static Optional<BigDecimal> bound(ObjectNode schema, String keyword, String where) {
        var value = schema.path(keyword);
        if (value.isMissingNode()) return Optional.empty();
        if (!value.isNumber()) throw JsonSchema.fault("has a " + keyword + " that is no number", where);
        var number = value.decimalValue();
        if (number.precision() > 60 || Math.abs(number.scale()) > 60) throw JsonSchema.fault("has a " + keyword + " of too many digits", where);
        return Optional.of(number);
    }

    // ---- alternatives that exclude each other ----

    /** @throws GrammarException if a value might fit two of the alternatives, which {@code oneOf} forbids */
    void requireDisjoint(List<ObjectNode> options, String where) {
        for (int i = 0; i < options.size(); i++) {
            for (int j = i + 1; j < options.size(); j++) {
                if (!disjoint(options.get(i), options.get(j), where)) {
                    throw JsonSchema.fault("has a oneOf whose alternatives " + i + " and " + j + " may accept the same value; use anyOf, or a required property with a const of its own in each", where);
                }
            }
        }
    }

    private boolean disjoint(ObjectNode a, ObjectNode b, String where) {
        Optional<Set<JsonNode>> these = values(a), those = values(b);
        if (these.isPresent() && those.isPresent()) return these.get().stream().noneMatch(those.get()::contains);
        Set<String> types = names(a.path("type")), others = names(b.path("type"));
        if (!types.isEmpty() && !others.isEmpty()) {
            if (types.remove("integer")) types.add("number");
            if (others.remove("integer")) others.add("number");
            if (types.stream().noneMatch(others::contains)) return true;
        }
        if (!types.equals(Set.of("object")) || !others.equals(Set.of("object"))) return false;
        Set<String> required = names(a.path("required")), otherRequired = names(b.path("required"));
        if (excludes(b, required) || excludes(a, otherRequired)) return true;
        return required.stream().filter(otherRequired::contains).anyMatch(name -> a.path("properties").path(name) instanceof ObjectNode x
                && b.path("properties").path(name) instanceof ObjectNode y && disjoint(flattened(x, where), flattened(y, where), where));
    }

    private static boolean excludes(ObjectNode closed, Set<String> required) {
        var more = closed.path("additionalProperties");
        return more.isBoolean() && !more.booleanValue() && required.stream().anyMatch(name -> !closed.path("properties").has(name));
    }

    private static Optional<Set<JsonNode>> values(ObjectNode schema) {
        if (schema.has("const")) return Optional.of(Set.of(schema.get("const")));
        if (!schema.has("enum")) return Optional.empty();
        var values = new HashSet<JsonNode>();
        schema.path("enum").forEach(values::add);
        return Optional.of(values);
    }
}
