package dev.parley.jinja;

import dev.parley.jinja.Value.Bool;
import dev.parley.jinja.Value.Int;
import dev.parley.jinja.Value.Real;
import dev.parley.jinja.Value.Undefined;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** All filters there are by name; here are those on numbers and on any value. */
final class Filters {

    private static final Map<String, Filter> ALL = new HashMap<>();

    static {
        ALL.putAll(TextFilters.ALL);
        ALL.putAll(ListFilters.ALL);
        ALL.putAll(ChoiceFilters.ALL);
        for (var name : new String[] {"default", "d"}) ALL.put(name, Filters::otherwise);
        ALL.put("tojson", Filters::json);
        ALL.put("attr", (e, v, a) -> e.access().attribute(v, a.bind("attr", 1, "name").text(0).chars()));
        ALL.put("abs", (e, v, a) -> absolute(e, v));
        ALL.put("int", Filters::integer);
        ALL.put("float", (e, v, a) -> {
            var bound = a.bind("float", 0, "default");
            return real(v).<Value>map(Real::new).orElseGet(() -> bound.or(0, new Real(0)));
        });
        ALL.put("round", Filters::round);
    }

    private Filters() {}

    static boolean isKnown(String name) {
        return ALL.containsKey(name);
    }

    static Filter of(String name) {
        var filter = ALL.get(name);
        if (filter == null) throw new Fault("there is no filter '" + name + "'");
        return filter;
    }

    private static Value otherwise(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("default", 0, "default_value", "boolean");
        var falseToo = evaluator.python().truth(bound.or(1, Bool.FALSE));
        var missing = value instanceof Undefined || falseToo && !evaluator.python().truth(value);
        return missing ? bound.or(0, Text.EMPTY) : value;
    }

    private static Value json(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        var python = evaluator.python();
        var indent = !bound.has(1) ? Text.EMPTY
                : bound.value(1) instanceof Text t ? t : Text.of(" ".repeat(Math.clamp(bound.integer(1), 0, 100)));
        Text item = Text.of(bound.has(1) ? "," : ", "), key = Text.of(": ");
        if (bound.has(2)) {
            var both = python.elements(bound.value(2));
            if (both.size() != 2 || !(both.get(0) instanceof Text first) || !(both.get(1) instanceof Text second)) {
                throw new Fault("tojson: separators are two strings");
            }
            item = first;
            key = second;
        }
        return new JsonText(evaluator.budget(), python.truth(bound.or(0, Bool.FALSE)), bound.has(1), indent, item, key,
                python.truth(bound.or(3, Bool.FALSE))).write(value);
    }

    // ---- numbers ----

    private static Value absolute(Evaluator evaluator, Value value) {
        if (value instanceof Real r) return new Real(Math.abs(r.value()));
        if (value instanceof Undefined u) throw Python.undefined(u);
        if (!Python.isNumber(value)) throw new Fault("abs takes a number, not a " + value.type());
        return new Int(Python.integer(value).abs());
    }

    private static Value integer(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("int", 0, "default", "base");
        var otherwise = bound.or(0, Value.of(0));
        if (value instanceof Real r) return Double.isFinite(r.value()) ? new Int(new BigDecimal(r.value()).toBigInteger()) : otherwise;
        if (Python.isNumber(value)) return new Int(Python.integer(value));
        if (!(value instanceof Text text) || text.chars().length() > 1000) return otherwise;
        var whole = whole(text.strip("", true, true).chars(), bound.integerOr(1, 10));
        if (whole.isPresent()) return new Int(whole.get());
        return real(value).filter(Double::isFinite).<Value>map(r -> new Int(new BigDecimal(r).toBigInteger())).orElse(otherwise);
    }

    private static Optional<BigInteger> whole(String text, int base) {
        var digits = text.replaceAll("(?<=\\p{Alnum})_(?=\\p{Alnum})", "");
        var prefix = switch (base) {
            case 16 -> "0[xX]";
            case 8 -> "0[oO]";
            case 2 -> "0[bB]";
            default -> "";
        };
        if (!prefix.isEmpty()) digits = digits.replaceFirst("^([-+]?)" + prefix, "$1");
        if (base < Character.MIN_RADIX || base > Character.MAX_RADIX) return Optional.empty();
        try {
            return Optional.of(new BigInteger(digits, base));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** A number, or a string that Python's float() reads. */
    private static Optional<Double> real(Value value) {
        if (Python.isNumber(value)) return Optional.of(Python.real(value));
        if (!(value instanceof Text text) || text.chars().length() > 1000) return Optional.empty();
        var stripped = text.strip("", true, true).chars();
        if (stripped.matches("(?i)[-+]?(inf|infinity)"))
            return Optional.of(stripped.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        if (stripped.matches("(?i)[-+]?nan")) return Optional.of(Double.NaN);
        var digits = stripped.replaceAll("(?<=\\d)_(?=\\d)", "");
        return digits.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?") ? Optional.of(Double.parseDouble(digits)) : Optional.empty();
    }

    private static Value round(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("round", 0, "precision", "method");
        var precision = Math.clamp(bound.integerOr(0, 0), -400, 400);
        var method = bound.textOr(1, Text.of("common")).chars();
        if (value instanceof Undefined u) throw Python.undefined(u);
        if (!Python.isNumber(value)) throw new Fault("round takes a number, not a " + value.type());
        if (method.equals("common") && !(value instanceof Real)) {
            var rounded = new BigDecimal(Python.integer(value)).setScale(Math.min(0, precision), RoundingMode.HALF_EVEN);
            return new Int(rounded.toBigInteger());
        }
        var number = Python.real(value);
        if (!Double.isFinite(number)) return new Real(number);
        return new Real(switch (method) {
            case "common" -> new BigDecimal(number).setScale(precision, RoundingMode.HALF_EVEN).doubleValue();
            case "ceil" -> Math.ceil(number * Math.pow(10, precision)) / Math.pow(10, precision);
            case "floor" -> Math.floor(number * Math.pow(10, precision)) / Math.pow(10, precision);
            default -> throw new Fault("round knows the methods common, ceil and floor, not '" + method + "'");
        });
    }
}
