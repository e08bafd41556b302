package dev.parley.jinja;

import dev.parley.jinja.Value.Dict;
import dev.parley.jinja.Value.Int;
import dev.parley.jinja.Value.Real;
import dev.parley.jinja.Value.Seq;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Python's two ways to fill a pattern: {@code '%s' % value} and {@code '{}'.format(value)}, for strings and numbers. */
final class Formatting {

    private static final int WIDEST = 1000;
    private static final Pattern PERCENT = Pattern.compile("%(?:\\(([^)]*)\\))?([-+ 0#]*)(\\d{0,4})(?:\\.(\\d{0,4}))?(.)", Pattern.DOTALL);
    private static final Pattern BRACES = Pattern.compile("\\{\\{|}}|\\{([^{}!:]*)(?:!([rsa]))?(?::([^{}]*))?}|[{}]");
    private static final Pattern SPECIFICATION = Pattern
            .compile("(?:(.)?([<>^]))?([+ ]?)(0?)(\\d{0,4})(,?)(?:\\.(\\d{1,4}))?([sdfFeEgGxXob%]?)");

    private static final Text SPACE = Text.of(" ");
    private static final Text ZERO = Text.of("0");

    private final Budget budget;
    private final Printer printer;

    Formatting(Budget budget) {
        this.budget = budget;
        printer = new Printer(budget);
    }

    // ---- % ----

    Text percent(Text format, Value value) {
        var values = value instanceof Seq s && s.isTuple() ? s.items() : List.of(value);
        var out = new TextBuilder(budget);
        var matcher = PERCENT.matcher(format.chars());
        int from = 0, next = 0;
        for (; matcher.find(from); from = matcher.end()) {
            out.add(plain(format, from, matcher.start()));
            if (matcher.group(5).equals("%")) {
                out.add(format.part(matcher.start(), matcher.start() + 1));
                continue;
            }
            Value shown;
            if (matcher.group(1) != null) {
                if (!(value instanceof Dict dict)) throw new Fault("'%(" + matcher.group(1) + ")' needs a map");
                var entry = dict.entries().get(matcher.group(1));
                if (entry == null) throw new Fault("'%(" + matcher.group(1) + ")' finds no such key");
                shown = entry.value();
            } else {
                if (next >= values.size()) throw new Fault("'%' has more places than values");
                shown = values.get(next++);
            }
            var precision = matcher.group(4) == null ? -1 : number(matcher.group(4), 0);
            out.add(percent(shown, matcher.group(2), number(matcher.group(3), 0), precision, matcher.group(5).charAt(0)));
        }
        out.add(plain(format, from, format.chars().length()));
        if (next < values.size() && !(value instanceof Dict)) throw new Fault("'%' has fewer places than values");
        return out.build();
    }

    private static Text plain(Text format, int from, int to) {
        if (format.chars().substring(from, to).indexOf('%') >= 0) throw new Fault("'%' at the end of a pattern lacks its letter");
        return format.part(from, to);
    }

    private static int number(String digits, int otherwise) {
        return digits == null || digits.isEmpty() ? otherwise : Math.min(WIDEST, Integer.parseInt(digits));
    }

    private Text percent(Value value, String flags, int width, int precision, char letter) {
        var left = flags.indexOf('-') >= 0;
        var sign = flags.indexOf('+') >= 0 ? "+" : flags.indexOf(' ') >= 0 ? " " : "";
        var fill = flags.indexOf('0') >= 0 && !left ? ZERO : SPACE;
        return switch (letter) {
            case 's', 'r', 'a' -> {
                var text = letter == 's' ? printer.string(value) : printer.represent(value);
                yield padded(precision >= 0 ? cut(text, precision) : text, SPACE, left ? '<' : '>', width, 0);
            }
            case 'd', 'i', 'u' -> numeric(whole(value, "%" + letter), sign, fill, left ? '<' : '>', width);
            case 'x', 'X', 'o' -> numeric(based(value, letter, "%" + letter), sign, fill, left ? '<' : '>', width);
            case 'f', 'F', 'e', 'E', 'g', 'G' -> numeric(real(value, letter, precision, "%" + letter), sign, fill, left ? '<' : '>', width);
            default -> throw new Fault("'%" + letter + "' is not supported in a pattern");
        };
    }

    // ---- {} ----

    Text format(Text format, Arguments arguments) {
        var out = new TextBuilder(budget);
        var matcher = BRACES.matcher(format.chars());
        int from = 0, next = 0;
        for (; matcher.find(from); from = matcher.end()) {
            out.add(format.part(from, matcher.start()));
            var found = matcher.group();
            if (found.equals("{{") || found.equals("}}")) {
                out.add(format.part(matcher.start(), matcher.start() + 1));
                continue;
            }
            if (found.length() == 1) throw new Fault("format meets a single '" + found + "'");
            var name = matcher.group(1);
            var value = argument(name.isEmpty() ? String.valueOf(next++) : name, arguments);
            if (matcher.group(2) != null) value = matcher.group(2).equals("s") ? printer.string(value) : printer.represent(value);
            out.add(formatted(value, matcher.group(3) == null ? Text.EMPTY : format.part(matcher.start(3), matcher.end(3))));
        }
        return out.add(format.part(from, format.chars().length())).build();
    }

    /** By number or name, then by {@code .key} or {@code [key]} into it. */
    private Value argument(String path, Arguments arguments) {
        var parts = path.split("[.\\[]", 2);
        var first = parts[0];
        Value value;
        if (first.matches("\\d{1,4}")) {
            var index = Integer.parseInt(first);
            if (index >= arguments.positional().size()) throw new Fault("format has no argument number " + first);
            value = arguments.positional().get(index);
        } else {
            value = arguments.named().get(first);
            if (value == null) throw new Fault("format has no argument " + first);
        }
        if (parts.length == 1) return value;
        for (var key : parts[1].replace("]", "").split("[.\\[]")) {
            value = new Access(budget).item(value, key.matches("\\d{1,9}") ? Value.of(Integer.parseInt(key)) : Text.of(key));
        }
        return value;
    }

    private Text formatted(Value value, Text written) {
        if (written.isEmpty()) return printer.string(value);
        var specification = written.chars();
        var matcher = SPECIFICATION.matcher(specification);
        if (!matcher.matches()) throw new Fault("format does not know the specification '" + specification + "'");
        var zero = !matcher.group(4).isEmpty();
        var fill = matcher.group(1) != null ? written.part(matcher.start(1), matcher.end(1)) : zero ? ZERO : SPACE;
        var numeric = Python.isNumber(value) && !(value instanceof Value.Bool && matcher.group(8).isEmpty());
        var align = matcher.group(2) != null ? matcher.group(2).charAt(0) : numeric ? '>' : '<';
        var width = number(matcher.group(5), 0);
        var precision = matcher.group(7) == null ? -1 : number(matcher.group(7), 0);
        var letter = matcher.group(8).isEmpty() ? numeric && value instanceof Int ? 'd' : numeric ? 'r' : 's' : matcher.group(8).charAt(0);
        if (letter == 's') {
            if (!(value instanceof Text text)) throw new Fault("format cannot write a " + value.type() + " as '" + specification + "'");
            return padded(precision >= 0 ? cut(text, precision) : text, fill, align, width, 0);
        }
        var digits = switch (letter) {
            case 'd' -> whole(value, specification);
            case 'x', 'X', 'o', 'b' -> based(value, letter, specification);
            case 'r' -> precision < 0 ? Printer.real(((Real) value).value()) : real(value, 'g', precision, specification);
            case '%' -> real(new Real(Python.real(value) * 100), 'f', precision, specification) + "%";
            default -> real(value, letter, precision, specification);
        };
        return numeric(matcher.group(6).isEmpty() ? digits : grouped(digits), matcher.group(3), fill, align, width);
    }

    private static String grouped(String digits) {
        var end = digits.indexOf('.') < 0 ? digits.length() : digits.indexOf('.');
        return digits.substring(0, end).replaceAll("(?<=\\d)(?=(\\d{3})+$)", ",") + digits.substring(end);
    }

    // ---- parts of both ----

    private static Text cut(Text text, int length) {
        return text.part(0, text.charAt(Math.min(length, text.length())));
    }

    private String whole(Value value, String where) {
        if (!Python.isNumber(value)) throw new Fault("'" + where + "' needs a number, not a " + value.type());
        if (!(value instanceof Real r)) return Python.integer(value).toString();
        if (!Double.isFinite(r.value())) throw new Fault("'" + where + "' cannot write " + Printer.real(r.value()));
        return new BigDecimal(r.value()).toBigInteger().toString();
    }

    private static String based(Value value, char letter, String where) {
        if (!Python.isNumber(value) || value instanceof Real)
            throw new Fault("'" + where + "' needs a whole number, not a " + value.type());
        var digits = Python.integer(value).toString(letter == 'o' ? 8 : letter == 'b' ? 2 : 16);
        return letter == 'X' ? digits.toUpperCase(Locale.ROOT) : digits;
    }

    private static String real(Value value, char letter, int precision, String where) {
        if (!Python.isNumber(value)) throw new Fault("'" + where + "' needs a number, not a " + value.type());
        var number = Python.real(value);
        if (!Double.isFinite(number)) return Printer.real(number);
        var digits = precision < 0 ? 6 : precision;
        return switch (letter) {
            case 'f', 'F' -> (number < 0 || 1 / number < 0 ? "-" : "")
                    + new BigDecimal(Math.abs(number)).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
            default -> throw new Fault("'" + letter + "' is not supported in a pattern; use 'f'");
        };
    }

    private Text numeric(String digits, String sign, Text fill, char align, int width) {
        var signed = digits.startsWith("-") ? digits : sign + digits;
        var head = signed.startsWith("-") || !sign.isEmpty() ? 1 : 0;
        return padded(Text.of(signed), fill, align, width, fill.equals(ZERO) && align == '>' ? head : 0);
    }

    /** @param head so many characters stay before the filling: the sign before zeroes */
    private Text padded(Text text, Text fill, char align, int width, int head) {
        var room = Math.max(0, width - text.length());
        if (room == 0) return text;
        var left = align == '<' ? 0 : align == '>' ? room : room / 2;
        var out = new TextBuilder(budget).add(text.part(0, head));
        for (int i = 0; i < left; i++) out.add(fill);
        out.add(text.part(head, text.chars().length()));
        for (int i = left; i < room; i++) out.add(fill);
        return out.build();
    }
}
