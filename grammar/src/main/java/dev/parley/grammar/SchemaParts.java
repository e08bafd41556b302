package dev.parley.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A schema's parts brought together: what a reference names, and what {@code allOf} says at once. */
final class SchemaParts {

    private static final int DEEPEST = 50;

    /** The keywords that say something of a value; all others are remarks. */
    private static final Set<String> ASSERTIONS = Set.of("$ref", "type", "const", "enum", "allOf", "anyOf", "oneOf", "properties",
            "required", "additionalProperties",
            "minProperties", "maxProperties", "items", "additionalItems", "prefixItems", "minItems", "maxItems", "minLength", "maxLength",
            "pattern", "format",
            "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "not", "if", "then", "else", "dependentSchemas",
            "dependentRequired",
            "dependencies", "patternProperties", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "contains", "minContains",
            "maxContains",
            "uniqueItems", "$dynamicRef", "$recursiveRef");

    private final JsonNode root;
    private final Work work;
    private final Map<String, JsonNode> flattened = new HashMap<>(); // what references name, by reference
    private final Map<String, JsonNode> named = new HashMap<>(); // parts with a name of their own

    SchemaParts(JsonNode root, Work work) {
        this.root = root;
        this.work = work;
        findNames(root);
    }

    private void findNames(JsonNode node) {
        if (node.path("$anchor").isTextual()) named.putIfAbsent("#" + node.path("$anchor").textValue(), node);
        for (var key : List.of("$id", "id")) {
            if (node.isObject() && node.path(key).isTextual()) named.putIfAbsent(node.path(key).textValue(), node);
        }
        node.forEach(this::findNames);
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
        if (named.containsKey(text)) return named.get(text);
        if (!text.equals("#") && !text.startsWith("#/"))
            throw JsonSchema.fault("refers to \"" + text + "\"; only parts of the same schema are supported, such as #/$defs/name", where);
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
        if (schema.has("$ref")) all = merged(all, referred(schema.path("$ref"), where, depth + 1), where);
        for (var part : schema.path("allOf")) all = merged(all, flattenedAny(part, where, depth + 1), where);
        return flattened(all, where, depth + 1);
    }

    /** What a reference names, flattened once: two of each level would else double the work with each. */
    private JsonNode referred(JsonNode reference, String where, int depth) {
        var known = flattened.get(reference.asText());
        if (known != null) return known;
        var found = flattenedAny(resolve(reference, where), where, depth);
        flattened.put(reference.asText(), found);
        return found;
    }

    private JsonNode flattenedAny(JsonNode schema, String where, int depth) {
        return schema instanceof ObjectNode object ? flattened(object, where, depth) : schema;
    }

    /** A schema that accepts what both accept. */
    ObjectNode merged(ObjectNode a, JsonNode b, String where) {
        if (b.isBoolean() && b.booleanValue()) return a;
        work.pay(size(a) + size(b));
        if (!b.isObject()) throw JsonSchema.fault("brings together what is no schema, or accepts nothing", where);
        var all = a.deepCopy();
        for (var keyword : assertions(b)) {
            if (keyword.equals("$ref") || keyword.equals("allOf")) return merged(a, flattenedAny(b, where, 1), where);
            all.set(keyword, a.has(keyword) ? both(keyword, a.get(keyword), b.get(keyword), where) : b.get(keyword));
        }
        closed(a, (ObjectNode) b, all, where);
        return all;
    }

    private static long size(JsonNode node) {
        var size = 1L;
        for (var part : node) size += size(part);
        return size;
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
            case "items", "propertyNames" -> allOf(a, b);
            case "pattern", "format" -> listed(a, b);
            case "additionalProperties" ->
                a.isBoolean() ? a.booleanValue() ? b : a : b.isBoolean() ? b.booleanValue() ? a : b : allOf(a, b);
            case "minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties" ->
                a.decimalValue().compareTo(b.decimalValue()) > 0 ? a : b;
            case "maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties" ->
                a.decimalValue().compareTo(b.decimalValue()) < 0 ? a : b;
            default -> throw JsonSchema.fault("brings two different " + keyword + " together, which is not supported", where);
        };
    }

    private static JsonNode allOf(JsonNode a, JsonNode b) {
        var all = JsonNodeFactory.instance.objectNode();
        all.putArray("allOf").add(a).add(b);
        return all;
    }

    /** Both of two conditions, in a list. */
    private static JsonNode listed(JsonNode a, JsonNode b) {
        var list = JsonNodeFactory.instance.arrayNode();
        for (var one : List.of(a, b)) {
            if (one.isArray()) one.forEach(list::add);
            else list.add(one);
        }
        return list;
    }

    private static JsonNode common(JsonNode a, JsonNode b) {
        var list = JsonNodeFactory.instance.arrayNode();
        var others = new HashSet<JsonNode>();
        b.forEach(others::add);
        for (var value : a) {
            if (others.contains(value)) list.add(value);
        }
        return list;
    }

    private static JsonNode commonTypes(JsonNode a, JsonNode b, String where) {
        var list = JsonNodeFactory.instance.arrayNode();
        var others = names(b);
        for (var type : names(a)) {
            if (others.contains(type)) list.add(type);
            else if (type.equals("integer") && others.contains("number") || type.equals("number") && others.contains("integer"))
                list.add("integer");
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
                if (other.has("properties"))
                    throw JsonSchema.fault("brings additionalProperties and other properties together, which is not supported", where);
                continue;
            }
            for (var name : names(other.path("properties"))) {
                if (!closed.path("properties").has(name)) ((ObjectNode) all.path("properties")).remove(name);
            }
        }
    }

    /** The texts of a text or list, or the names of an object's fields. */
    static Set<String> names(JsonNode node) {
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
        if (low.isPresent() && high.isPresent() && low.get().compareTo(high.get()) > 0)
            throw JsonSchema.fault("has a maximum below its minimum", where);
        return new NumberRange(low, aboveLow, high, belowHigh);
    }

    private static Optional<BigDecimal> bound(ObjectNode schema, String keyword, String where) {
        var value = schema.path(keyword);
        if (value.isMissingNode()) return Optional.empty();
        if (!value.isNumber()) throw JsonSchema.fault("has a " + keyword + " that is no number", where);
        var number = value.decimalValue();
        if (number.precision() > 60 || Math.abs(number.scale()) > 60)
            throw JsonSchema.fault("has a " + keyword + " of too many digits", where);
        return Optional.of(number);
    }
}
