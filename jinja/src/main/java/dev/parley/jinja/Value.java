package dev.parley.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a template can hold. The kinds are closed: there is no Java object behind a value that a template could reach.
 * Values do not change, but for {@link Namespace} and the place of a {@link Generator}.
 */
sealed interface Value permits Value.None, Value.Bool, Value.Int, Value.Real, Value.Undefined, Value.Seq, Value.Generator, Value.Dict,
        Value.Namespace, Value.Function, Loop, Text {

    /** Python's None. */
    enum None implements Value { NONE }

    /** Python's bool, which counts as 0 and 1. */
    enum Bool implements Value { FALSE, TRUE }

    /** A whole number of at most {@value #MOST_BITS} bits. */
    record Int(BigInteger value) implements Value {

        static final int MOST_BITS = 4096;

        public Int {
            if (value.bitLength() > MOST_BITS) throw new Fault("a whole number has more than " + MOST_BITS + " bits");
        }
    }

    /** Python's float. */
    record Real(double value) implements Value {}

    /** What is not there: prints as nothing, and is an error to look into. @param hint what is missing */
    record Undefined(String hint) implements Value {}

    /** A row of values, of one of Python's kinds. */
    record Seq(Kind kind, List<Value> items, int depth) implements Value {

        /** How Python shows it, and whether places in it can be asked for. */
        enum Kind {
            LIST("list", true), TUPLE("tuple", true), GROUP("_GroupTuple", true), RANGE("range", true), KEYS("dict_keys", false),
            VALUES("dict_values", false), ITEMS("dict_items", false);

            final String name;
            final boolean indexed;

            Kind(String name, boolean indexed) {
                this.name = name;
                this.indexed = indexed;
            }
        }

        static Seq of(Kind kind, List<Value> items) {
            return new Seq(kind, items, depthOf(items));
        }

        boolean isTuple() {
            return kind == Kind.TUPLE || kind == Kind.GROUP;
        }
    }

    /** What Python makes on demand and can be gone through once. */
    record Generator(Iterator<Value> rest) implements Value {}

    /** A map in order of insertion. Keys are found by {@link Python#key}, so that 1 and 1.0 and True are one. */
    record Dict(Map<Object, Entry> entries, int depth) implements Value {

        record Entry(Value key, Value value) {}

        static Dict of(List<Entry> entries) {
            var map = new LinkedHashMap<Object, Entry>();
            for (var entry : entries) {
                var key = Python.key(entry.key());
                var before = map.get(key);
                map.put(key, before == null ? entry : new Entry(before.key(), entry.value()));
            }
            return new Dict(map, Math.max(depthOf(map.values().stream().map(Entry::value).toList()),
                    depthOf(map.values().stream().map(Entry::key).toList())));
        }

        List<Value> keys() {
            return entries.values().stream().map(Entry::key).toList();
        }

        List<Value> values() {
            return entries.values().stream().map(Entry::value).toList();
        }

        List<Value> items() {
            return entries.values().stream().map(e -> (Value) tuple(e.key(), e.value())).toList();
        }
    }

    /** The one thing that a template can change. */
    record Namespace(Map<String, Value> names) implements Value {

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** Something to call. @param name as errors say it */
    record Function(String name, Body body) implements Value {

        interface Body {
            Value call(Arguments arguments);
        }
    }

    // ---- making ----

    static Bool of(boolean value) {
        return value ? Bool.TRUE : Bool.FALSE;
    }

    static Int of(long value) {
        return new Int(BigInteger.valueOf(value));
    }

    static Seq list(List<Value> items) {
        return Seq.of(Seq.Kind.LIST, items);
    }

    static Seq tuple(Value... items) {
        return Seq.of(Seq.Kind.TUPLE, List.of(items));
    }

    static Generator generator(List<Value> items) {
        return new Generator(new ArrayList<>(items).iterator());
    }

    private static int depthOf(List<Value> items) {
        var deepest = 0;
        for (var item : items) deepest = Math.max(deepest, item.depth());
        return Budget.depthOver(deepest);
    }

    /** Levels of nesting, so that what walks through a value ends before the stack does. */
    default int depth() {
        return 0;
    }

    /** The type as Python names it. */
    default String type() {
        return switch (this) {
            case None n -> "NoneType";
            case Bool b -> "bool";
            case Int i -> "int";
            case Real r -> "float";
            case Text t -> "str";
            case Undefined u -> "Undefined";
            case Seq s -> s.kind().name;
            case Generator g -> "generator";
            case Dict d -> "dict";
            case Namespace n -> "Namespace";
            case Function f -> "function";
            case Loop l -> "LoopContext";
        };
    }
}
