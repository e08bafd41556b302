package dev.parley.jinja;

import dev.parley.jinja.Value.Int;
import dev.parley.jinja.Value.Real;
import dev.parley.jinja.Value.Seq;
import dev.parley.jinja.Value.Undefined;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;

/** Python's operators on values. */
final class Operators {

    private final Budget budget;
    private final Python python;
    private final Printer printer;

    Operators(Budget budget) {
        this.budget = budget;
        python = new Python(budget);
        printer = new Printer(budget);
    }

    Value binary(String operator, Value a, Value b) {
        if (a instanceof Undefined u) throw Python.undefined(u);
        if (operator.equals("%") && a instanceof Text format) return new Formatting(budget).percent(format, b);
        if (b instanceof Undefined u) throw Python.undefined(u);
        if (Python.isNumber(a) && Python.isNumber(b)) return arithmetic(operator, a, b);
        if (operator.equals("+")) {
            if (a instanceof Text left && b instanceof Text right) return new TextBuilder(budget).add(left).add(right).build();
            if (a instanceof Seq left && b instanceof Seq right
                    && (left.kind() == Seq.Kind.LIST && right.kind() == left.kind() || left.isTuple() && right.isTuple())) {
                return joined(left, right);
            }
        }
        if (operator.equals("*") && a instanceof Int times && (b instanceof Text || b instanceof Seq)) return repeated(b, times.value());
        if (operator.equals("*") && b instanceof Int times && (a instanceof Text || a instanceof Seq)) return repeated(a, times.value());
        throw new Fault("'" + operator + "' does not go with " + a.type() + " and " + b.type());
    }

    private Seq joined(Seq left, Seq right) {
        budget.makeList((long) left.items().size() + right.items().size());
        var items = new ArrayList<>(left.items());
        items.addAll(right.items());
        return Seq.of(left.isTuple() ? Seq.Kind.TUPLE : Seq.Kind.LIST, items);
    }

    private Value repeated(Value value, BigInteger count) {
        var times = Math.max(0, Arguments.small(count));
        if (value instanceof Seq row) {
            if (row.kind() != Seq.Kind.LIST && !row.isTuple()) throw new Fault("'*' does not go with " + row.type());
            budget.makeList((long) row.items().size() * times);
            return Seq.of(row.kind(),
                    Collections.nCopies(row.items().isEmpty() ? 0 : times, row.items()).stream().flatMap(i -> i.stream()).toList());
        }
        var text = (Text) value;
        budget.makeText((long) text.chars().length() * times, 0);
        var out = new TextBuilder(budget);
        for (int i = 0; i < times && !text.isEmpty(); i++) out.add(text);
        return out.build();
    }

    // ---- numbers ----

    private Value arithmetic(String operator, Value a, Value b) {
        if (operator.equals("**")) return power(a, b);
        if (a instanceof Real || b instanceof Real || operator.equals("/"))
            return new Real(arithmetic(operator, Python.real(a), Python.real(b)));
        BigInteger left = Python.integer(a), right = Python.integer(b);
        return new Int(switch (operator) {
            case "+" -> left.add(right);
            case "-" -> left.subtract(right);
            case "*" -> left.multiply(right);
            case "//" -> floor(left, right)[0];
            case "%" -> floor(left, right)[1];
            default -> throw new IllegalArgumentException(operator);
        });
    }

    private static double arithmetic(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / nonZero(b);
            case "//" -> Math.floor(a / nonZero(b));
            case "%" -> remainder(a, nonZero(b));
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static double remainder(double a, double b) {
        var rest = a % b;
        return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }

    private static double nonZero(double divisor) {
        if (divisor == 0) throw new Fault("a division by zero");
        return divisor;
    }

    /** Quotient and remainder, rounded down as Python does. */
    private static BigInteger[] floor(BigInteger a, BigInteger b) {
        if (b.signum() == 0) throw new Fault("a division by zero");
        var both = a.divideAndRemainder(b);
        if (both[1].signum() != 0 && both[1].signum() != b.signum()) {
            both[0] = both[0].subtract(BigInteger.ONE);
            both[1] = both[1].add(b);
        }
        return both;
    }

    private static Value power(Value a, Value b) {
        if (a instanceof Real || b instanceof Real || Python.integer(b).signum() < 0) {
            if (Python.real(a) == 0 && Python.real(b) < 0) throw new Fault("a division by zero");
            return new Real(Math.pow(Python.real(a), Python.real(b)));
        }
        BigInteger base = Python.integer(a), exponent = Python.integer(b);
        if (base.abs().compareTo(BigInteger.ONE) > 0 && (long) (base.bitLength() - 1) * Arguments.small(exponent) > Int.MOST_BITS) {
            throw new Fault("a whole number has more than " + Int.MOST_BITS + " bits");
        }
        if (base.abs().compareTo(BigInteger.ONE) <= 0)
            return new Int(exponent.signum() == 0 ? BigInteger.ONE : exponent.testBit(0) ? base : base.abs());
        return new Int(base.pow(exponent.intValueExact()));
    }

    Value negated(Value value) {
        return switch (value) {
            case Real r -> new Real(-r.value());
            case Int i -> new Int(i.value().negate());
            case Value.Bool b -> new Int(Python.integer(b).negate());
            case Undefined u -> throw Python.undefined(u);
            default -> throw new Fault("'-' does not go with " + value.type());
        };
    }

    Value positive(Value value) {
        return value instanceof Real ? value : negated(negated(value));
    }

    // ---- comparison ----

    boolean compare(String operator, Value a, Value b) {
        return switch (operator) {
            case "==" -> python.equal(a, b);
            case "!=" -> !python.equal(a, b);
            case "in" -> python.contains(b, a);
            case "not in" -> !python.contains(b, a);
            default -> {
                var order = python.compare(a, b, operator);
                if (Python.isNaN(a) || Python.isNaN(b)) yield false;
                yield switch (operator) {
                    case "<" -> order < 0;
                    case "<=" -> order <= 0;
                    case ">" -> order > 0;
                    case ">=" -> order >= 0;
                    default -> throw new IllegalArgumentException(operator);
                };
            }
        };
    }

    /** The operator {@code ~}. */
    Text joined(Iterable<Value> values) {
        var out = new TextBuilder(budget);
        for (var value : values) out.add(printer.string(value));
        return out.build();
    }
}
