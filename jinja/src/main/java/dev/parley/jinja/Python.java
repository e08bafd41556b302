package dev.parley.jinja;

import dev.parley.jinja.Value.Bool;
import dev.parley.jinja.Value.Dict;
import dev.parley.jinja.Value.Generator;
import dev.parley.jinja.Value.Int;
import dev.parley.jinja.Value.None;
import dev.parley.jinja.Value.Real;
import dev.parley.jinja.Value.Seq;
import dev.parley.jinja.Value.Undefined;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** What Python does with any value: truth, equality, order, iteration, membership. */
final class Python {

    private static final int MOST_TUPLES = 2;
    private static final int LONGEST_KEY = 64;

    private final Budget budget;

    Python(Budget budget) {
        this.budget = budget;
    }

    boolean truth(Value value) {
        return switch (value) {
            case None n -> false;
            case Undefined u -> {
                budget.missing(u);
                yield false;
            }
            case Bool b -> b == Bool.TRUE;
            case Int i -> i.value().signum() != 0;
            case Real r -> r.value() != 0;
            case Text t -> !t.isEmpty();
            case Seq s -> !s.items().isEmpty();
            case Dict d -> !d.entries().isEmpty();
            case Generator g -> true;
            case Value.Namespace n -> true;
            case Value.Function f -> true;
            case Loop l -> true;
        };
    }

    // ---- equality and order ----

    boolean equal(Value a, Value b) {
        budget.step();
        if (isNumber(a) && isNumber(b)) return !isNaN(a) && compareNumbers(a, b) == 0;
        return switch (a) {
            case Text t -> b instanceof Text other && sameText(t, other);
            case Seq s ->
                b instanceof Seq other && (s.kind() == other.kind() || s.isTuple() && other.isTuple()) && equal(s.items(), other.items());
            case Dict d -> b instanceof Dict other && equal(d, other);
            case Undefined u -> b instanceof Undefined;
            default -> a == b;
        };
    }

    private boolean sameText(Text a, Text b) {
        if (a.chars().length() != b.chars().length()) return false;
        budget.charge(a.chars().length());
        return a.equals(b);
    }

    private boolean equal(List<Value> a, List<Value> b) {
        if (a.size() != b.size()) return false;
        for (int i = 0; i < a.size(); i++) {
            if (!equal(a.get(i), b.get(i))) return false;
        }
        return true;
    }

    private boolean equal(Dict a, Dict b) {
        if (a.entries().size() != b.entries().size()) return false;
        for (var entry : a.entries().entrySet()) {
            var other = b.entries().get(entry.getKey());
            if (other == null || !equal(entry.getValue().value(), other.value())) return false;
        }
        return true;
    }

    static boolean isNaN(Value value) {
        return value instanceof Real r && Double.isNaN(r.value());
    }

    /** A total order, NaN after all other numbers, so that sorting ends. @param operator as the error names it */
    int compare(Value a, Value b, String operator) {
        budget.step();
        if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
        if (a instanceof Text left && b instanceof Text right) {
            budget.charge(Math.min(left.chars().length(), right.chars().length()));
            return left.compareTo(right);
        }
        if (a instanceof Seq left && b instanceof Seq right && left.kind().indexed
                && (left.kind() == right.kind() || left.isTuple() && right.isTuple())) {
            for (int i = 0; i < Math.min(left.items().size(), right.items().size()); i++) {
                if (!equal(left.items().get(i), right.items().get(i))) return compare(left.items().get(i), right.items().get(i), operator);
            }
            return Integer.compare(left.items().size(), right.items().size());
        }
        if (a instanceof Undefined u) throw undefined(u);
        if (b instanceof Undefined u) throw undefined(u);
        throw new Fault("'" + operator + "' does not compare " + a.type() + " with " + b.type());
    }

    static Fault undefined(Undefined value) {
        return new Fault(value.hint());
    }

    static boolean isNumber(Value value) {
        return value instanceof Int || value instanceof Bool || value instanceof Real;
    }

    private static int compareNumbers(Value a, Value b) {
        if (a instanceof Real || b instanceof Real) {
            double left = real(a), right = real(b);
            if (!Double.isFinite(left) || !Double.isFinite(right)) return Double.compare(left, right);
            return exact(a).compareTo(exact(b));
        }
        return integer(a).compareTo(integer(b));
    }

    private static BigDecimal exact(Value number) {
        return number instanceof Real r ? new BigDecimal(r.value()) : new BigDecimal(integer(number));
    }

    /** A number as Python's float() makes it. */
    static double real(Value number) {
        return number instanceof Real r ? r.value() : integer(number).doubleValue();
    }

    /** A whole number, or a bool as 0 or 1. */
    static BigInteger integer(Value number) {
        return number instanceof Int i ? i.value() : number == Bool.TRUE ? BigInteger.ONE : BigInteger.ZERO;
    }

    /** What a map finds a key by. */
    static Object key(Value key) {
        return switch (key) {
            case Text t -> t.chars();
            case Int i -> i.value();
            case Bool b -> integer(b);
            case Real r -> r.value() == Math.rint(r.value()) && !Double.isInfinite(r.value()) ? new BigDecimal(r.value()).toBigInteger()
                    : (Object) r.value();
            case Seq s when s.isTuple() && s.depth() <= MOST_TUPLES && s.items().size() <= LONGEST_KEY ->
                s.items().stream().map(Python::key).toList();
            case Undefined u -> Undefined.class;
            case Seq s -> throw new Fault("a " + s.type() + " cannot be a key of a map");
            case Dict d -> throw new Fault("a dict cannot be a key of a map");
            default -> key;
        };
    }

    // ---- going through ----

    /** The elements: of a string its characters, of a map its keys. A generator is used up. */
    List<Value> elements(Value value) {
        return switch (value) {
            case Seq s -> s.items();
            case Dict d -> d.keys();
            case Text t -> characters(t);
            case Undefined u -> {
                budget.missing(u);
                yield List.of();
            }
            case Generator g -> {
                var items = new ArrayList<Value>();
                g.rest().forEachRemaining(items::add);
                budget.makeList(items.size());
                yield items;
            }
            default -> throw new Fault("a " + value.type() + " cannot be gone through");
        };
    }

    static boolean isIterable(Value value) {
        return value instanceof Seq || value instanceof Dict || value instanceof Text || value instanceof Undefined
                || value instanceof Generator;
    }

    private List<Value> characters(Text text) {
        budget.makeList(text.length());
        var characters = new ArrayList<Value>();
        for (int i = 0; i < text.chars().length();) {
            var next = text.chars().offsetByCodePoints(i, 1);
            characters.add(text.part(i, next));
            i = next;
        }
        return characters;
    }

    /** Python's len(). */
    int length(Value value) {
        return switch (value) {
            case Text t -> {
                budget.charge(t.chars().length() / 16);
                yield t.length();
            }
            case Seq s -> s.items().size();
            case Dict d -> d.entries().size();
            case Undefined u -> 0;
            default -> throw new Fault("a " + value.type() + " has no length");
        };
    }

    /** Python's {@code item in container}. */
    boolean contains(Value container, Value item) {
        if (container instanceof Dict d) return d.entries().containsKey(key(item));
        if (container instanceof Text t) {
            if (item instanceof Text part) return find(t, part.chars(), 0) >= 0;
            throw item instanceof Undefined u ? undefined(u) : new Fault("'in' looks for a string in a string, not for a " + item.type());
        }
        for (var element : elements(container)) {
            if (equal(element, item)) return true;
        }
        return false;
    }

    /** The char at which a part is found at or after another, or -1. Pays for the worst case of the search. */
    int find(Text text, String part, int from) {
        charge(text, part);
        return text.chars().indexOf(part, from);
    }

    void charge(Text text, String part) {
        budget.charge(text.chars().length() + (long) Math.max(0, text.chars().length() - part.length()) * part.length() / 16);
    }
}
