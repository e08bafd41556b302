package dev.parley.jinja;

import dev.parley.jinja.Value.Int;
import dev.parley.jinja.Value.None;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a call hands over. */
record Arguments(List<Value> positional, Map<String, Value> named) {

    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** The arguments after the first so many positional ones. */
    Arguments from(int first) {
        return new Arguments(positional.subList(Math.min(first, positional.size()), positional.size()), named);
    }

    /**
     * Each argument to its parameter, by place or by name.
     *
     * @param function as errors name it
     * @param required how many of the parameters must be given
     */
    Bound bind(String function, int required, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new Fault(function + " takes at most " + parameters.length + " arguments, and is given " + positional.size());
        }
        var values = new ArrayList<Optional<Value>>();
        for (int i = 0; i < parameters.length; i++) {
            var byName = Optional.ofNullable(named.get(parameters[i]));
            if (i < positional.size() && byName.isPresent()) throw new Fault(function + " is given " + parameters[i] + " twice");
            var value = i < positional.size() ? Optional.of(positional.get(i)) : byName;
            if (value.isEmpty() && i < required) throw new Fault(function + " needs " + parameters[i]);
            values.add(value);
        }
        for (var name : named.keySet()) {
            if (!Arrays.asList(parameters).contains(name)) throw new Fault(function + " does not know the argument " + name);
        }
        return new Bound(function, parameters, values);
    }

    /** Arguments in the order of the parameters. */
    record Bound(String function, String[] parameters, List<Optional<Value>> values) {

        boolean has(int index) {
            return values.get(index).isPresent() && values.get(index).get() != None.NONE;
        }

        Value value(int index) {
            return values.get(index).orElseThrow();
        }

        Value or(int index, Value otherwise) {
            return values.get(index).orElse(otherwise);
        }

        Text text(int index) {
            if (value(index) instanceof Text text) return text;
            if (value(index) instanceof Value.Undefined u) throw Python.undefined(u);
            throw wrong(index, "a string");
        }

        Text textOr(int index, Text otherwise) {
            return has(index) ? text(index) : otherwise;
        }

        int integer(int index) {
            if (value(index) instanceof Int i) return small(i.value());
            if (value(index) instanceof Value.Bool b) return b.ordinal();
            throw wrong(index, "a whole number");
        }

        int integerOr(int index, int otherwise) {
            return has(index) ? integer(index) : otherwise;
        }

        private Fault wrong(int index, String wanted) {
            return new Fault(function + ": " + parameters[index] + " is a " + value(index).type() + " where " + wanted + " is needed");
        }
    }

    /** A whole number as an int, the nearest one where it is beyond. */
    static int small(BigInteger value) {
        return value.bitLength() < 32 ? value.intValue() : value.signum() < 0 ? Integer.MIN_VALUE + 1 : Integer.MAX_VALUE;
    }
}
