package dev.parley.grammar;

import static dev.parley.grammar.Expression.EMPTY;
import static dev.parley.grammar.Expression.UNBOUNDED;
import static dev.parley.grammar.Expression.choice;
import static dev.parley.grammar.Expression.optional;
import static dev.parley.grammar.Expression.separated;
import static dev.parley.grammar.Expression.sequence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.grammar.Expression.Call;
import dev.parley.grammar.Expression.Repeat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A JSON Schema (draft 2020-12, and the older drafts' {@code definitions} and lists of items) as rules. Everything that these rules
 * allow, the schema accepts; what cannot be honoured so is refused by name. Properties come in the order of the schema, and an
 * object has no others unless {@code additionalProperties} asks for them.
 */
final class JsonSchema {

    /** The rule for a whole text. */
    static final String ROOT = "schema";

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
    private static final Set<String> REFUSED = Set.of("not", "if", "then", "else", "dependentSchemas", "dependentRequired", "dependencies",
            "unevaluatedProperties", "unevaluatedItems", "contains", "minContains", "maxContains", "uniqueItems", "$dynamicRef",
            "$recursiveRef");
    private static final int DEEPEST = 200;

    private final Map<String, Expression> rules = new HashMap<>();
    private final JsonNode root;
    private final SchemaParts parts;
    private final SchemaAlternatives alternatives;
    private final SchemaStrings strings;
    private final Work work;
    private final Set<String> named = new HashSet<>();
    private JsonText text; // the notation of what is being written
    private int depth;

    /** As JSON. */
    JsonSchema(String schema, Work work) {
        this(schema, new JsonText(), work);
    }

    JsonSchema(String schema, JsonText text, Work work) {
        this.work = work;
        this.text = text;
        Stream.of(text, text.inner(), text.inner().inner()).forEach(notation -> rules.putAll(notation.rules()));
        try {
            root = JSON.readTree(schema);
        } catch (JsonProcessingException e) {
            var why = e.getOriginalMessage().replaceAll("(?s)\\s*\\(start marker.*", "");
            throw new GrammarException("The schema is not JSON: " + why + ".");
        }
        parts = new SchemaParts(root, work);
        alternatives = new SchemaAlternatives(parts, work);
        strings = new SchemaStrings(work);
        rules.put(ROOT, value(root, "#"));
    }

    Map<String, Expression> rules() {
        return rules;
    }

    /** What a schema allows. @param where the schema is, for messages */
    private Expression value(JsonNode schema, String where) {
        work.pay(10);
        if (schema.isBoolean()) return schema.booleanValue() ? text.any() : Expression.NOTHING;
        if (!schema.isObject()) throw fault("is neither an object nor true or false", where);
        if (++depth > DEEPEST) throw fault("is nested deeper than " + DEEPEST, where);
        try {
            if (schema.has("$ref") && parts.assertions(schema).equals(Set.of("$ref"))) return reference(schema.path("$ref"), where);
            return flat(parts.flattened((ObjectNode) schema, where), where);
        } finally {
            depth--;
        }
    }

    /** Each place that is referred to is one rule, so that it may refer to itself. */
    private Expression reference(JsonNode reference, String where) {
        var place = text.name() + " at " + reference.asText();
        if (named.add(place)) rules.put(place, value(parts.resolve(reference, where), reference.asText()));
        return new Call(place);
    }

    /** A schema without references and allOf. */
    private Expression flat(ObjectNode said, String where) {
        var schema = withoutUnknownFormat(said);
        for (var keyword : REFUSED) {
            var harmless = keyword.equals("uniqueItems") && schema.path(keyword).isBoolean() && !schema.path(keyword).booleanValue();
            if (schema.has(keyword) && !harmless) throw fault("has " + keyword + ", which is not supported", where);
        }
        for (var keyword : List.of("anyOf", "oneOf")) {
            if (schema.has(keyword)) return alternatives(schema, keyword, where);
        }
        if (text.isArguments() && (schema.has("const") || schema.has("enum"))) throw fault("has a list of values for arguments", where);
        if (schema.has("const")) return constants(List.of(schema.path("const")), schema, where);
        if (schema.has("enum")) return constants(list(schema, "enum", where), schema, where);
        var types = new ArrayList<>(SchemaTypes.of(schema, where));
        if (text.isArguments()) types.removeIf(type -> !type.equals("object"));
        var options = new ArrayList<Expression>();
        for (var type : types) {
            if (type.equals("integer") && types.contains("number")) continue;
            options.add(ofType(type, schema, where));
        }
        return options.size() == SchemaTypes.ALL.size() - 1 && parts.assertions(schema).isEmpty() ? text.any()
                : choice(options);
    }

    private static ObjectNode withoutUnknownFormat(ObjectNode schema) {
        var format = schema.path("format");
        return !format.isTextual() || Formats.isKnown(format.textValue()) ? schema : schema.deepCopy().without(List.of("format"));
    }

    private Expression alternatives(ObjectNode schema, String keyword, String where) {
        var options = new ArrayList<ObjectNode>();
        var rest = schema.deepCopy().without(List.of(keyword));
        var index = 0;
        for (var option : list(schema, keyword, where)) {
            var place = where + "/" + keyword + "/" + index++;
            if (option.isBoolean() && !option.booleanValue()) continue;
            options.add(parts.flattened(parts.merged((ObjectNode) rest, option, place), place));
        }
        if (options.isEmpty()) throw fault("has an empty " + keyword, where);
        var exclusive = keyword.equals("oneOf") ? alternatives.exclusive(options, where) : options;
        var bare = parts.assertions(rest).isEmpty() && options.size() == schema.path(keyword).size();
        var expressions = new ArrayList<Expression>();
        for (int i = 0; i < options.size(); i++) {
            var asSaid = bare && exclusive.get(i) == options.get(i); // then it may be a reference, and so a rule of its own
            expressions.add(value(asSaid ? schema.path(keyword).path(i) : exclusive.get(i), where + "/" + keyword + "/" + i));
        }
        return choice(expressions);
    }

    /** The values of a list that have one of the schema's types; other conditions beside a list are refused. */
    private Expression constants(List<JsonNode> values, ObjectNode schema, String where) {
        var others = new HashSet<>(parts.assertions(schema));
        others.removeAll(Set.of("const", "enum", "type"));
        SchemaStrings.KEYWORDS.forEach(others::remove);
        if (!others.isEmpty())
            throw fault("has " + others.iterator().next() + " beside a list of values; leave out the values that do not fit", where);
        var listed = new HashSet<>(schema.has("const") && schema.has("enum") ? list(schema, "enum", where) : values);
        var accepted = strings.accepted(schema, where);
        var types = SchemaTypes.of(schema, where);
        var fitting = values.stream()
                .filter(v -> listed.contains(v) && (!schema.has("type") || types.stream().anyMatch(t -> SchemaTypes.isOfType(v, t)))
                        && (!v.isTextual() || accepted.test(v.textValue())))
                .toList();
        if (fitting.isEmpty()) throw fault("allows no value", where);
        return choice(fitting.stream().map(text::constant).toList());
    }

    private Expression ofType(String type, ObjectNode schema, String where) {
        return switch (type) {
            case "object" -> within(notation -> object(schema, notation, where));
            case "array" -> within(notation -> array(schema, notation, where));
            case "string" -> strings.written(schema, text.strings(), where);
            case "number", "integer" -> number(schema, type.equals("integer"), where);
            case "boolean" -> text.bool();
            default -> text.none();
        };
    }

    /** Values within an object or array may be written otherwise than it. */
    private Expression within(Function<JsonText, Expression> make) {
        var outer = text;
        text = outer.inner();
        try {
            return make.apply(outer);
        } finally {
            text = outer;
        }
    }

    // ---- numbers ----

    private static Expression number(ObjectNode schema, boolean whole, String where) {
        var fractionDigits = NumberRange.MOST_DIGITS;
        if (schema.has("multipleOf")) {
            var step = schema.path("multipleOf").decimalValue().stripTrailingZeros();
            if (step.unscaledValue().intValue() != 1 || step.scale() < 0 || step.scale() > fractionDigits) {
                throw fault("has multipleOf " + schema.path("multipleOf") + "; only 1, 0.1, 0.01 and so on are supported", where);
            }
            fractionDigits = step.scale();
        }
        var range = SchemaParts.range(schema, where);
        if (whole || fractionDigits == 0) return range.isUnbounded() ? NumberRange.anyInteger() : range.integers();
        return range.isUnbounded() && !schema.has("multipleOf") ? NumberRange.anyNumber() : range.decimals(fractionDigits);
    }

    static int count(ObjectNode schema, String keyword, int otherwise, String where) {
        var value = schema.path(keyword);
        if (value.isMissingNode()) return otherwise;
        if (!value.isNumber() || value.decimalValue().stripTrailingZeros().scale() > 0 || value.decimalValue().signum() < 0)
            throw fault("has a " + keyword + " that is no count", where);
        if (value.asLong() > 100_000) throw fault("has a " + keyword + " above 100000, which is not supported", where);
        return value.asInt();
    }

    // ---- arrays and objects ----

    private Expression array(ObjectNode schema, JsonText notation, String where) {
        var first = schema.has("prefixItems") ? list(schema, "prefixItems", where)
                : schema.path("items").isArray() ? list(schema, "items", where) : List.<JsonNode>of();
        var others = schema.path(schema.path("items").isArray() ? "additionalItems" : "items");
        int least = count(schema, "minItems", 0, where), most = count(schema, "maxItems", UNBOUNDED, where);
        var open = others.isMissingNode() ? first.isEmpty() : !others.isBoolean() || others.booleanValue();
        if (most != UNBOUNDED && most < least || !open && first.size() < least) throw fault("has a minItems that it cannot reach", where);
        var item = open ? rule(where + "/items", others.isMissingNode() ? text.any() : value(others, where + "/items"))
                : Expression.NOTHING;
        if (first.isEmpty()) return notation.array(open ? separated(item, notation.comma(), least, most) : EMPTY);
        var given = most == UNBOUNDED ? first.size() : Math.min(most, first.size());
        var rest = open && (most == UNBOUNDED || most > given)
                ? new Repeat(sequence(notation.comma(), item), Math.max(0, least - given), most == UNBOUNDED ? UNBOUNDED : most - given)
                : EMPTY;
        for (int i = given - 1; i >= 0; i--) {
            var one = value(first.get(i), where + "/prefixItems/" + i);
            rest = sequence(i == 0 ? EMPTY : notation.comma(), one, rest);
            if (i >= least) rest = optional(rest);
        }
        return notation.array(rest);
    }

    private Expression rule(String name, Expression expression) {
        var unique = name;
        for (int i = 2; rules.containsKey(unique); i++) unique = name + " " + i;
        rules.put(unique, expression);
        return new Call(unique);
    }

    private Expression object(ObjectNode schema, JsonText notation, String where) {
        var properties = new LinkedHashMap<String, JsonNode>();
        schema.path("properties").properties().forEach(p -> properties.put(p.getKey(), p.getValue()));
        var required = new HashSet<String>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        var names = new SchemaNames(parts, strings, schema, where);
        var more = names.hasPattern() ? Optional.of(names.ofPattern())
                : additional(schema, !schema.has("properties") && required.isEmpty());
        if (names.listed().isPresent()) {
            var listed = names.listed().get();
            properties.keySet().retainAll(listed);
            for (var name : listed) more.ifPresent(any -> properties.putIfAbsent(name, any));
            more = Optional.empty();
        }
        for (var name : required) {
            if (properties.containsKey(name)) continue;
            if (more.isEmpty() || !names.isAny()) throw fault("requires the property " + name + ", which it neither has nor allows", where);
            properties.put(name, more.get());
        }
        if (!properties.isEmpty() && !names.isAny())
            throw fault("has propertyNames or patternProperties beside properties, which is not supported", where);
        int least = count(schema, "minProperties", 0, where), most = count(schema, "maxProperties", UNBOUNDED, where);
        if (properties.isEmpty()) {
            if (more.isEmpty()) return notation.object(EMPTY);
            if (most == UNBOUNDED && least == 0 && more.get().isBoolean() && names.isAny()) return notation.anyObject();
            return notation.object(separated(extra(more.get(), names.written(notation), notation, where), notation.comma(), least, most));
        }
        if (least > required.size() || most != UNBOUNDED && (more.isPresent() || most < properties.size())) {
            throw fault("has a minProperties or maxProperties beside properties, which is not supported", where);
        }
        return notation.object(properties(properties, required, more, notation, where));
    }

    /**
     * The schema of properties that are not named, where there may be any: without a word on them, only in an object that has no list of
     * properties.
     */
    private static Optional<JsonNode> additional(ObjectNode schema, boolean open) {
        var more = schema.path("additionalProperties");
        if (more.isMissingNode()) return open ? Optional.of(JsonNodeFactory.instance.booleanNode(true)) : Optional.empty();
        return more.isBoolean() && !more.booleanValue() ? Optional.empty() : Optional.of(more);
    }

    private Expression extra(JsonNode more, Expression name, JsonText notation, String where) {
        return rule(where + "/additionalProperties", notation.property(name, ofProperty(more, where + "/additionalProperties")));
    }

    private Expression ofProperty(JsonNode schema, String where) {
        var notation = text;
        text = notation.ofTypes(ArgumentTypes.possible(root, schema));
        try {
            return value(schema, where);
        } finally {
            text = notation;
        }
    }

    /** Properties in order; what is not required may be left out, and a comma stands between those that are there. */
    private Expression properties(Map<String, JsonNode> properties, Set<String> required, Optional<JsonNode> more,
            JsonText notation, String where) {
        Expression rest = EMPTY, first = EMPTY; // what follows some property, and what begins an object
        if (more.isPresent()) {
            var extra = extra(more.get(), notation.names().otherThan(properties.keySet()), notation, where);
            rest = new Repeat(sequence(notation.comma(), extra), 0, UNBOUNDED);
            first = separated(extra, notation.comma(), 0, UNBOUNDED);
        }
        for (var name : List.copyOf(properties.keySet()).reversed()) {
            var place = where + "/properties/" + name;
            var one = rule(place, notation.property(notation.names().literal(name), ofProperty(properties.get(name), place)));
            var after = rule(place + " and what follows", sequence(one, rest));
            var needed = required.contains(name);
            first = needed ? after : choice(after, rule(place + " left out at first", first));
            rest = needed ? sequence(notation.comma(), after) : choice(sequence(notation.comma(), after), rule(place + " left out", rest));
        }
        return first;
    }

    private static List<JsonNode> list(ObjectNode schema, String keyword, String where) {
        if (!schema.path(keyword).isArray() || schema.path(keyword).isEmpty())
            throw fault("has " + (keyword.equals("enum") ? "an " : "a ") + keyword + " that is no list of something", where);
        var list = new ArrayList<JsonNode>();
        schema.path(keyword).forEach(list::add);
        return list;
    }

    static GrammarException fault(String what, String where) {
        return new GrammarException("The schema at " + where + " " + what + ".");
    }
}
