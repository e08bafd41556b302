package dev.parley.jinja;

import dev.parley.jinja.Value.Bool;
import dev.parley.jinja.Value.Dict;
import dev.parley.jinja.Value.Int;
import dev.parley.jinja.Value.None;
import dev.parley.jinja.Value.Real;
import dev.parley.jinja.Value.Seq;
import dev.parley.jinja.Value.Undefined;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Locale;

/** Values as Python prints them: str() and repr(). */
final class Printer {

    private final Budget budget;

    Printer(Budget budget) {
        this.budget = budget;
    }

    /** Python's str(). */
    Text string(Value value) {
        if (value instanceof Text text) return text;
        if (value instanceof Undefined u) {
            budget.missing(u);
            return Text.EMPTY;
        }
        return represent(value);
    }

    /** Python's repr(). */
    Text represent(Value value) {
        var out = new TextBuilder(budget);
        represent(value, out);
        return out.build();
    }

    private void represent(Value value, TextBuilder out) {
        budget.step();
        switch (value) {
            case None n -> out.add("None");
            case Bool b -> out.add(b == Bool.TRUE ? "True" : "False");
            case Int i -> out.add(i.value().toString());
            case Real r -> out.add(real(r.value()));
            case Undefined u -> out.add("Undefined");
            case Text t -> out.add(quoted(t.chars()), t.source());
            case Seq s -> represent(s, out);
            case Dict d -> {
                out.add("{");
                var first = true;
                for (var entry : d.entries().values()) {
                    if (!first) out.add(", ");
                    first = false;
                    represent(entry.key(), out);
                    out.add(": ");
                    represent(entry.value(), out);
                }
                out.add("}");
            }
            case Value.Generator g -> out.add("<generator object>");
            case Value.Namespace n -> out.add("<Namespace>");
            case Value.Function f -> out.add("<function " + f.name() + ">");
            case Loop l -> out.add("<LoopContext " + l.index() + "/" + l.length() + ">");
        }
    }

    private void represent(Seq row, TextBuilder out) {
        switch (row.kind()) {
            case LIST -> items(row, "[", "]", out);
            case TUPLE, GROUP -> items(row, "(", row.items().size() == 1 ? ",)" : ")", out);
            case RANGE -> out.add("range").add("(" + bounds(row) + ")");
            case KEYS, VALUES, ITEMS -> items(row, row.kind().name + "([", "])", out);
        }
    }

    private static String bounds(Seq range) {
        var items = range.items();
        if (items.isEmpty()) return "0, 0";
        var first = Python.integer(items.getFirst());
        var step = items.size() < 2 ? BigInteger.ONE : Python.integer(items.get(1)).subtract(first);
        var end = Python.integer(items.getLast()).add(step);
        return first + ", " + end + (step.equals(BigInteger.ONE) ? "" : ", " + step);
    }

    private void items(Seq row, String before, String after, TextBuilder out) {
        out.add(before);
        for (int i = 0; i < row.items().size(); i++) {
            if (i > 0) out.add(", ");
            represent(row.items().get(i), out);
        }
        out.add(after);
    }

    private static String quoted(String text) {
        var quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        var out = new StringBuilder().append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c == quote) out.append('\\').appendCodePoint(c);
                    else if (isPrintable(c)) out.appendCodePoint(c);
                    else out.append(c < 0x100 ? String.format(Locale.ROOT, "\\x%02x", c)
                            : c < 0x10000 ? String.format(Locale.ROOT, "\\u%04x", c) : String.format(Locale.ROOT, "\\U%08x", c));
                }
            }
        });
        return out.append(quote).toString();
    }

    /** As Python's str.isprintable tells it, for one character. */
    static boolean isPrintable(int codePoint) {
        return codePoint == ' ' || switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR ->
                false;
            default -> true;
        };
    }

    /** A float as Python writes it: the fewest digits that read back as the same number, an exponent below 1e-4 and from 1e16. */
    static String real(double value) {
        if (Double.isNaN(value)) return "nan";
        if (Double.isInfinite(value)) return value > 0 ? "inf" : "-inf";
        if (value == 0) return 1 / value < 0 ? "-0.0" : "0.0";
        var sign = value < 0 ? "-" : "";
        var shortest = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
        var digits = oneDigit(Math.abs(value), shortest).unscaledValue().toString();
        var exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent < -4 || exponent >= 16) {
            var fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            return String.format(Locale.ROOT, "%s%c%se%c%02d", sign, digits.charAt(0), fraction, exponent < 0 ? '-' : '+',
                    Math.abs(exponent));
        }
        if (exponent < 0) return sign + "0." + "0".repeat(-exponent - 1) + digits;
        if (digits.length() <= exponent + 1) return sign + digits + "0".repeat(exponent + 1 - digits.length()) + ".0";
        return sign + digits.substring(0, exponent + 1) + "." + digits.substring(exponent + 1);
    }

    /** Java always writes two digits, of which one can be enough: 4.9E-324 is Python's 5e-324. */
    private static BigDecimal oneDigit(double value, BigDecimal shortest) {
        if (shortest.precision() != 2) return shortest;
        var rounded = shortest.round(new MathContext(1));
        return rounded.doubleValue() == value ? rounded.stripTrailingZeros() : shortest;
    }
}
