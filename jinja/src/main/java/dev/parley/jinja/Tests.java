package dev.parley.jinja;

import dev.parley.jinja.Value.Bool;
import dev.parley.jinja.Value.Dict;
import dev.parley.jinja.Value.Int;
import dev.parley.jinja.Value.None;
import dev.parley.jinja.Value.Real;
import dev.parley.jinja.Value.Seq;
import dev.parley.jinja.Value.Undefined;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** All tests there are by name: what stands after {@code is}. */
final class Tests {

    /** A test. */
    interface Test {
        boolean holds(Evaluator evaluator, Value value, Arguments arguments);
    }

    private static final Map<String, Test> ALL = new HashMap<>();

    static {
        plain("defined", v -> !(v instanceof Undefined));
        plain("undefined", v -> v instanceof Undefined);
        plain("none", v -> v == None.NONE);
        plain("boolean", v -> v instanceof Bool);
        plain("true", v -> v == Bool.TRUE);
        plain("false", v -> v == Bool.FALSE);
        plain("integer", v -> v instanceof Int);
        plain("float", v -> v instanceof Real);
        plain("number", Python::isNumber);
        plain("string", v -> v instanceof Text);
        plain("mapping", v -> v instanceof Dict);
        plain("sequence", v -> v instanceof Text || v instanceof Dict || v instanceof Undefined || v instanceof Seq s && s.kind().indexed);
        plain("iterable", Python::isIterable);
        plain("callable", v -> v instanceof Value.Function);
        plain("escaped", v -> false);
        ALL.put("upper", (e, v, a) -> Letters.isUpper(e.printer().string(v)));
        ALL.put("lower", (e, v, a) -> Letters.isLower(e.printer().string(v)));
        ALL.put("odd", (e, v, a) -> remainder(e, v, Value.of(2), Value.of(1)));
        ALL.put("even", (e, v, a) -> remainder(e, v, Value.of(2), Value.of(0)));
        ALL.put("divisibleby", (e, v, a) -> remainder(e, v, a.bind("divisibleby", 1, "num").value(0), Value.of(0)));
        ALL.put("sameas", (e, v, a) -> same(v, a.bind("sameas", 1, "other").value(0)));
        ALL.put("filter", (e, v, a) -> v instanceof Text t && Filters.isKnown(t.chars()));
        ALL.put("test", (e, v, a) -> v instanceof Text t && isKnown(t.chars()));
        ALL.put("in", (e, v, a) -> e.operators().compare("in", v, a.bind("in", 1, "seq").value(0)));
        comparison("==", "eq", "equalto", "==");
        comparison("!=", "ne", "!=");
        comparison("<", "lt", "lessthan", "<");
        comparison("<=", "le", "<=");
        comparison(">", "gt", "greaterthan", ">");
        comparison(">=", "ge", ">=");
    }

    private Tests() {}

    private static void plain(String name, Predicate<Value> test) {
        ALL.put(name, (evaluator, value, arguments) -> {
            arguments.bind(name, 0);
            return test.test(value);
        });
    }

    private static void comparison(String operator, String... names) {
        for (var name : names) ALL.put(name, (e, v, a) -> e.operators().compare(operator, v, a.bind(name, 1, "other").value(0)));
    }

    static boolean isKnown(String name) {
        return ALL.containsKey(name);
    }

    static Test of(String name) {
        var test = ALL.get(name);
        if (test == null) throw new Fault("there is no test '" + name + "'");
        return test;
    }

    private static boolean remainder(Evaluator evaluator, Value value, Value divisor, Value rest) {
        return evaluator.python().equal(evaluator.operators().binary("%", value, divisor), rest);
    }

    /** Python's {@code is}; strings and small numbers of one value are one object. */
    private static boolean same(Value a, Value b) {
        if (a instanceof Int x && b instanceof Int y)
            return x.value().equals(y.value()) && x.value().abs().compareTo(BigInteger.valueOf(256)) <= 0;
        return a == b || a instanceof Text && a.equals(b);
    }
}
