package dev.parley.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What "is" asks. */
final class Tests {

    private static final Set<String> KNOWN = Set.of("defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "true", "false",
            "mapping", "sequence", "iterable", "callable", "odd", "even", "divisibleby", "equalto", "eq", "ne", "lt", "le", "gt", "ge", "lessthan",
            "greaterthan", "in", "sameas", "lower", "upper", "filter", "test");

    private Tests() {}

    static boolean known(String name) {
        return KNOWN.contains(name);
    }

    static boolean holds(String test, Object value, List<Object> arguments) {
        return switch (test) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == null;
            case "string" -> value instanceof String;
            case "number" -> Values.isNumber(value);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "mapping" -> value instanceof Map;
            case "sequence", "iterable" -> value instanceof List || value instanceof String || value instanceof Map || value instanceof Undefined;
            case "callable" -> value instanceof Function;
            case "odd" -> Math.floorMod(Values.asLong(value), 2L) == 1;
            case "even" -> Math.floorMod(Values.asLong(value), 2L) == 0;
            case "divisibleby" -> Math.floorMod(Values.asLong(value), Interpreter.notZero(Values.asLong(only(test, arguments)))) == 0;
            case "equalto", "eq" -> Values.equal(value, only(test, arguments));
            case "ne" -> !Values.equal(value, only(test, arguments));
            case "lt", "lessthan" -> Values.compare(value, only(test, arguments)) < 0;
            case "le" -> Values.compare(value, only(test, arguments)) <= 0;
            case "gt", "greaterthan" -> Values.compare(value, only(test, arguments)) > 0;
            case "ge" -> Values.compare(value, only(test, arguments)) >= 0;
            case "in" -> Values.contains(only(test, arguments), value);
            case "sameas" -> value == only(test, arguments) || Values.isNumber(value) && Values.equal(value, only(test, arguments));
            case "lower" -> Values.text(value).equals(Values.text(value).toLowerCase(java.util.Locale.ROOT));
            case "upper" -> Values.text(value).equals(Values.text(value).toUpperCase(java.util.Locale.ROOT));
            case "filter" -> Filters.known(Values.text(value));
            default -> known(Values.text(value));
        };
    }

    private static Object only(String test, List<Object> arguments) {
        if (arguments.size() != 1) throw new TemplateException("the test \"" + test + "\" needs one argument and has " + arguments.size() + ".");
        return arguments.getFirst();
    }
}
