package dev.parley.grammar;

import static dev.parley.grammar.Expression.UNBOUNDED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The strings that a schema accepts: what {@code pattern}, {@code format} and lengths say at once. */
final class SchemaStrings {

    /** The keywords that are heard here. */
    static final List<String> KEYWORDS = List.of("minLength", "maxLength", "pattern", "format");

    private final Work work;

    SchemaStrings(Work work) {
        this.work = work;
    }

    /** As a notation has them. */
    Expression written(ObjectNode schema, WrittenStrings strings, String where) {
        int least = JsonSchema.count(schema, "minLength", 0, where), most = JsonSchema.count(schema, "maxLength", UNBOUNDED, where);
        if (most != UNBOUNDED && most < least) throw JsonSchema.fault("has a maxLength below its minLength", where);
        var conditions = conditions(schema, where);
        var anyLength = least == 0 && most == UNBOUNDED;
        if (conditions.isEmpty()) return anyLength ? strings.any() : strings.ofLength(least, most);
        if (conditions.size() == 1 && anyLength) return strings.of(conditions.getFirst());
        return strings.of(together(conditions, least, most, where).expression());
    }

    private CharacterMachine together(List<Expression> conditions, int least, int most, String where) {
        CharacterMachine all;
        try {
            all = CharacterMachine.of(conditions.getFirst(), work);
            for (var condition : conditions.subList(1, conditions.size())) all = all.and(CharacterMachine.of(condition, work), work);
            if (!all.hasLengthsWithin(least, most)) all = all.and(CharacterMachine.lengths(least, most, work), work);
        } catch (GrammarException e) {
            throw JsonSchema.fault("has a pattern, format and length that take too much work together", where);
        }
        if (all.isEmpty()) throw JsonSchema.fault("has a pattern, format and length that no string keeps together", where);
        return all;
    }

    private List<Expression> conditions(ObjectNode schema, String where) {
        var conditions = new ArrayList<Expression>();
        for (var pattern : all(schema.path("pattern"))) {
            try {
                conditions.add(Regex.somewhere(pattern.asText(), work));
            } catch (GrammarException e) {
                throw JsonSchema.fault("has a pattern that cannot be honoured: " + e.getMessage().replaceFirst("\\.$", ""), where);
            }
        }
        for (var format : all(schema.path("format"))) Formats.of(format.asText(), schema.has("maxLength"), work).ifPresent(conditions::add);
        return conditions;
    }

    /** One value, or the several that parts of a schema brought together. */
    private static List<JsonNode> all(JsonNode value) {
        if (value.isMissingNode()) return List.of();
        if (!value.isArray()) return List.of(value);
        var all = new ArrayList<JsonNode>();
        value.forEach(all::add);
        return all;
    }

    /** Whether a schema's words on strings hold of one. */
    Predicate<String> accepted(ObjectNode schema, String where) {
        int least = JsonSchema.count(schema, "minLength", 0, where), most = JsonSchema.count(schema, "maxLength", UNBOUNDED, where);
        var machines = conditions(schema, where).stream().map(condition -> CharacterMachine.of(condition, work)).toList();
        return text -> {
            var length = text.codePointCount(0, text.length());
            return length >= least && (most == UNBOUNDED || length <= most) && machines.stream().allMatch(machine -> machine.accepts(text));
        };
    }
}
