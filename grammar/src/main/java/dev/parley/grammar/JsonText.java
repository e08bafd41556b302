package dev.parley.grammar;

import static dev.parley.grammar.Expression.UNBOUNDED;
import static dev.parley.grammar.Expression.choice;
import static dev.parley.grammar.Expression.optional;
import static dev.parley.grammar.Expression.separated;
import static dev.parley.grammar.Expression.sequence;
import static dev.parley.grammar.Expression.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.grammar.Expression.Call;
import dev.parley.grammar.Expression.Characters;
import dev.parley.grammar.Expression.Repeat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How values are written, as expressions: in JSON (RFC 8259) unless a notation that extends this says otherwise. White space is bounded,
 * so that no text is made of it: a space, or a line end with an indentation, where people and models put one.
 */
class JsonText {

    private static final JsonStrings STRINGS = new JsonStrings();
    private static final Expression SPACE = optional(
            choice(text(" "), sequence(text("\n"), new Repeat(new Characters(CodePoints.of(" \t")), 0, 20))));

    /** The notation, in which its rules are told from those of others. */
    String name() {
        return "json";
    }

    /** How values within objects and arrays are written. */
    JsonText inner() {
        return this;
    }

    /** How a value is written that can have these types only. */
    JsonText ofTypes(Set<String> types) {
        return this;
    }

    /** Whether only an object can be written, as arguments are. */
    boolean isArguments() {
        return false;
    }

    /** The rules for any value; others may call them. */
    Map<String, Expression> rules() {
        var rules = new HashMap<>(JsonStrings.rules());
        rules.put(rule("value"), choice(new Call(rule("object")), new Call(rule("array")), strings().any(), NumberRange.anyNumber(),
                bool(), none()));
        var property = property(names().any(), new Call(rule("value")));
        rules.put(rule("object"), object(separated(property, comma(), 0, UNBOUNDED)));
        rules.put(rule("array"), array(separated(new Call(rule("value")), comma(), 0, UNBOUNDED)));
        return rules;
    }

    private String rule(String kind) {
        return name() + " any-" + kind;
    }

    /** Any value. */
    Expression any() {
        return new Call(rule("value"));
    }

    /** Any object. */
    Expression anyObject() {
        return new Call(rule("object"));
    }

    WrittenStrings strings() {
        return STRINGS;
    }

    /** The names of properties. */
    WrittenStrings names() {
        return STRINGS;
    }

    final Expression bool() {
        return choice(yes(), no());
    }

    Expression yes() {
        return text("true");
    }

    Expression no() {
        return text("false");
    }

    Expression none() {
        return text("null");
    }

    Expression comma() {
        return sequence(text(","), SPACE);
    }

    Expression property(Expression name, Expression value) {
        return sequence(name, text(":"), SPACE, value);
    }

    Expression object(Expression properties) {
        return sequence(text("{"), SPACE, properties, SPACE, text("}"));
    }

    Expression array(Expression items) {
        return sequence(text("["), SPACE, items, SPACE, text("]"));
    }

    /** This value, with white space where the notation has it. */
    final Expression constant(JsonNode value) {
        var parts = new ArrayList<Expression>();
        if (value.isObject()) {
            value.properties().forEach(p -> {
                if (!parts.isEmpty()) parts.add(comma());
                parts.add(property(names().literal(p.getKey()), inner().constant(p.getValue())));
            });
            return object(new Expression.Sequence(parts));
        }
        if (value.isArray()) {
            for (var item : value) {
                if (!parts.isEmpty()) parts.add(comma());
                parts.add(inner().constant(item));
            }
            return array(new Expression.Sequence(parts));
        }
        return switch (value.getNodeType()) {
            case STRING -> strings().literal(value.textValue());
            case BOOLEAN -> value.booleanValue() ? yes() : no();
            case NULL -> none();
            default -> text(value.toString());
        };
    }
}
