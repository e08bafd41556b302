package dev.parley.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The alternatives of {@code oneOf}, of which a value may fit one only. What is written of one must not be accepted by another: by
 * its type, its values, a property that the other asks for or forbids, or one whose values tell them apart. Such a property is
 * always written, also where the schema does not ask for it.
 */
final class SchemaAlternatives {

    private final SchemaParts parts;
    private final Work work;

    SchemaAlternatives(SchemaParts parts, Work work) {
        this.parts = parts;
        this.work = work;
    }

    /**
     * The alternatives so that nothing that is written of one fits another; those that need no change are the same objects.
     *
     * @param options without references
     * @throws GrammarException if that cannot be
     */
    List<ObjectNode> exclusive(List<ObjectNode> options, String where) {
        var exclusive = new ArrayList<>(options);
        for (int i = 0; i < options.size(); i++) {
            for (int j = 0; j < options.size(); j++) {
                work.pay(20);
                if (i == j || apart(exclusive.get(i), options.get(j), where)) continue;
                var name = telling(exclusive.get(i), options.get(j), where);
                if (name.isEmpty()) {
                    throw JsonSchema.fault("has a oneOf whose alternatives " + Math.min(i, j) + " and " + Math.max(i, j)
                            + " may accept the same value; use anyOf, or a property with a const of its own in each", where);
                }
                exclusive.set(i, requiring(exclusive.get(i), name.get()));
            }
        }
        return exclusive;
    }

    private static ObjectNode requiring(ObjectNode option, String name) {
        var copy = option.deepCopy();
        var required = JsonNodeFactory.instance.arrayNode();
        copy.path("required").forEach(required::add);
        copy.set("required", required.add(name));
        return copy;
    }

    /** Whether nothing that is written of one is accepted by another. */
    private boolean apart(ObjectNode written, ObjectNode other, String where) {
        if (disjoint(written, other)) return true;
        if (!isObject(written)) return false;
        var always = SchemaParts.names(written.path("required"));
        if (SchemaParts.names(other.path("required")).stream().anyMatch(name -> !always.contains(name) && neverWrites(written, name)))
            return true;
        if (isClosed(other) && always.stream().anyMatch(name -> !other.path("properties").has(name))) return true;
        return always.stream().anyMatch(name -> tellsApart(written, other, name, where));
    }

    /** A property that would tell them apart if it were always written. */
    private Optional<String> telling(ObjectNode written, ObjectNode other, String where) {
        if (!isObject(written)) return Optional.empty();
        return SchemaParts.names(written.path("properties")).stream().sorted().filter(name -> tellsApart(written, other, name, where))
                .findFirst();
    }

    private boolean tellsApart(ObjectNode written, ObjectNode other, String name, String where) {
        work.pay(20);
        if (!(written.path("properties").path(name) instanceof ObjectNode a)
                || !(other.path("properties").path(name) instanceof ObjectNode b))
            return false;
        ObjectNode one = parts.flattened(a, where), another = parts.flattened(b, where);
        return disjoint(one, another) || isObject(one) && apart(one, another, where);
    }

    private static boolean isObject(ObjectNode schema) {
        return schema.path("type").asText().equals("object") || !schema.has("type") && schema.has("properties");
    }

    private static boolean isClosed(ObjectNode schema) {
        var more = schema.path("additionalProperties");
        return more.isBoolean() && !more.booleanValue() && !schema.has("patternProperties");
    }

    /** Objects that name their properties have no others here, unless they are asked for. */
    private static boolean neverWrites(ObjectNode written, String name) {
        if (written.path("properties").has(name) || written.has("patternProperties")) return false;
        return isClosed(written) || written.has("properties") && !written.has("additionalProperties");
    }

    /** Whether values or types are different. */
    private static boolean disjoint(ObjectNode a, ObjectNode b) {
        Optional<Set<JsonNode>> these = values(a), those = values(b);
        if (these.isPresent() && those.isPresent()) return these.get().stream().noneMatch(those.get()::contains);
        Set<String> types = SchemaParts.names(a.path("type")), others = SchemaParts.names(b.path("type"));
        if (types.isEmpty() || others.isEmpty()) return false;
        if (types.remove("integer")) types.add("number");
        if (others.remove("integer")) others.add("number");
        return types.stream().noneMatch(others::contains);
    }

    private static Optional<Set<JsonNode>> values(ObjectNode schema) {
        if (schema.has("const")) return Optional.of(Set.of(schema.get("const")));
        if (!schema.has("enum")) return Optional.empty();
        var values = new HashSet<JsonNode>();
        schema.path("enum").forEach(values::add);
        return Optional.of(values);
    }
}
