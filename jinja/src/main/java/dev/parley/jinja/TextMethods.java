package dev.parley.jinja;

import dev.parley.jinja.Value.Seq;
import dev.parley.jinja.Value.Undefined;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntPredicate;

/** Python's methods of str. */
final class TextMethods {

    private interface Method {
        Value call(Text self, Arguments arguments);
    }

    private final Budget budget;
    private final Python python;
    private final Cutter cutter;
    private final Map<String, Method> methods;

    TextMethods(Budget budget) {
        this.budget = budget;
        python = new Python(budget);
        cutter = new Cutter(budget);
        methods = Map.ofEntries(
                Map.entry("strip", (t, a) -> strip(t, a, "strip", true, true)),
                Map.entry("lstrip", (t, a) -> strip(t, a, "lstrip", true, false)),
                Map.entry("rstrip", (t, a) -> strip(t, a, "rstrip", false, true)),
                Map.entry("removeprefix", (t, a) -> remove(t, a.bind("removeprefix", 1, "prefix").text(0), true)),
                Map.entry("removesuffix", (t, a) -> remove(t, a.bind("removesuffix", 1, "suffix").text(0), false)),
                Map.entry("split", (t, a) -> split(t, a, "split", true)),
                Map.entry("rsplit", (t, a) -> split(t, a, "rsplit", false)),
                Map.entry("splitlines",
                        (t, a) -> list(cutter.lines(t, python.truth(a.bind("splitlines", 0, "keepends").or(0, Value.Bool.FALSE))))),
                Map.entry("partition", (t, a) -> cutter.partition(t, separator(a.bind("partition", 1, "sep").text(0)), true)),
                Map.entry("rpartition", (t, a) -> cutter.partition(t, separator(a.bind("rpartition", 1, "sep").text(0)), false)),
                Map.entry("replace", (t, a) -> replace(t, a)),
                Map.entry("join", (t, a) -> join(t, a)),
                Map.entry("format", (t, a) -> new Formatting(budget).format(t, a)),
                Map.entry("startswith", (t, a) -> Value.of(begins(t, a, true))),
                Map.entry("endswith", (t, a) -> Value.of(begins(t, a, false))),
                Map.entry("find", (t, a) -> Value.of(find(t, a, "find", true))),
                Map.entry("rfind", (t, a) -> Value.of(find(t, a, "rfind", false))),
                Map.entry("index", (t, a) -> Value.of(found(find(t, a, "index", true), t))),
                Map.entry("rindex", (t, a) -> Value.of(found(find(t, a, "rindex", false), t))),
                Map.entry("count", (t, a) -> count(t, a)),
                Map.entry("upper", plain("upper", Text::upper)),
                Map.entry("lower", plain("lower", Text::lower)),
                Map.entry("casefold", plain("casefold", t -> t.upper().lower())),
                Map.entry("capitalize", plain("capitalize", Letters::capitalized)),
                Map.entry("title", plain("title", Letters::titled)),
                Map.entry("swapcase", plain("swapcase", Letters::swapped)),
                Map.entry("center", (t, a) -> pad(t, a.bind("center", 1, "width", "fillchar"), 1, 1)),
                Map.entry("ljust", (t, a) -> pad(t, a.bind("ljust", 1, "width", "fillchar"), 0, 1)),
                Map.entry("rjust", (t, a) -> pad(t, a.bind("rjust", 1, "width", "fillchar"), 1, 0)),
                Map.entry("zfill", (t, a) -> zeroes(t, a.bind("zfill", 1, "width").integer(0))),
                Map.entry("isdigit", all("isdigit", Letters::isDigit)),
                Map.entry("isdecimal", all("isdecimal", c -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER)),
                Map.entry("isnumeric", all("isnumeric", Letters::isNumeric)),
                Map.entry("isalpha", all("isalpha", Character::isLetter)),
                Map.entry("isalnum", all("isalnum", c -> Character.isLetter(c) || Letters.isNumeric(c))),
                Map.entry("isspace", all("isspace", Text::isSpace)),
                Map.entry("isascii", plain("isascii", t -> Value.of(t.chars().chars().allMatch(c -> c < 128)))),
                Map.entry("isprintable", plain("isprintable", t -> Value.of(t.chars().codePoints().allMatch(Printer::isPrintable)))),
                Map.entry("isupper", plain("isupper", t -> Value.of(Letters.isUpper(t)))),
                Map.entry("islower", plain("islower", t -> Value.of(Letters.isLower(t)))),
                Map.entry("istitle", plain("istitle", t -> Value.of(Letters.isTitle(t)))));
    }

    Optional<Value> of(Text text, String name) {
        return Optional.ofNullable(methods.get(name)).map(m -> new Value.Function(name, arguments -> {
            budget.charge(text.chars().length());
            return m.call(text, arguments);
        }));
    }

    private static Method plain(String name, Function<Text, Value> method) {
        return (text, arguments) -> {
            arguments.bind(name, 0);
            return method.apply(text);
        };
    }

    private static Method all(String name, IntPredicate test) {
        return plain(name, t -> Value.of(!t.isEmpty() && t.chars().codePoints().allMatch(test)));
    }

    private static Value list(List<Text> texts) {
        return Value.list(List.copyOf(texts));
    }

    private Text strip(Text text, Arguments arguments, String name, boolean left, boolean right) {
        var bound = arguments.bind(name, 0, "chars");
        if (!bound.has(0)) return text.strip("", left, right);
        var drop = bound.text(0).chars();
        budget.charge((long) text.chars().length() * Math.min(drop.length(), 64));
        return drop.isEmpty() ? text : text.strip(drop, left, right);
    }

    private static Text remove(Text text, Text part, boolean first) {
        int length = text.chars().length(), less = part.chars().length();
        if (first) return text.chars().startsWith(part.chars()) ? text.part(less, length) : text;
        return text.chars().endsWith(part.chars()) ? text.part(0, length - less) : text;
    }

    private Value split(Text text, Arguments arguments, String name, boolean fromLeft) {
        var bound = arguments.bind(name, 0, "sep", "maxsplit");
        var limit = bound.integerOr(1, -1);
        var most = limit < 0 ? Integer.MAX_VALUE : limit;
        return list(bound.has(0) ? cutter.split(text, separator(bound.text(0)), most, fromLeft) : cutter.words(text, most, fromLeft));
    }

    private static String separator(Text text) {
        if (text.isEmpty()) throw new Fault("a string cannot be split at an empty separator");
        return text.chars();
    }

    private Value replace(Text text, Arguments arguments) {
        var bound = arguments.bind("replace", 2, "old", "new", "count");
        return cutter.replace(text, bound.text(0).chars(), bound.text(1), bound.integerOr(2, -1));
    }

    private Text join(Text between, Arguments arguments) {
        var out = new TextBuilder(budget);
        var first = true;
        for (var item : python.elements(arguments.bind("join", 1, "iterable").value(0))) {
            if (!(item instanceof Text text)) throw new Fault("join takes strings, not a " + item.type());
            if (!first) out.add(between);
            first = false;
            out.add(text);
        }
        return out.build();
    }

    private static final String[] SEARCH = {"sub", "start", "end"};

    private boolean begins(Text text, Arguments arguments, boolean first) {
        var name = first ? "startswith" : "endswith";
        var bound = arguments.bind(name, 1, SEARCH);
        var window = window(text, bound);
        var wanted = bound.value(0) instanceof Seq s && s.isTuple() ? s.items() : List.of(bound.value(0));
        for (var part : wanted) {
            if (part instanceof Undefined u) throw Python.undefined(u);
            if (!(part instanceof Text t)) throw new Fault(name + " takes a string or a tuple of strings, not a " + part.type());
            budget.charge(t.chars().length());
            if (first ? window.chars().startsWith(t.chars()) : window.chars().endsWith(t.chars())) return true;
        }
        return false;
    }

    private static Text window(Text text, Arguments.Bound bound) {
        if (!bound.has(1) && !bound.has(2)) return text;
        var length = text.length();
        int from = place(bound.integerOr(1, 0), length), to = place(bound.integerOr(2, length), length);
        return from >= to ? Text.EMPTY : text.part(text.charAt(from), text.charAt(to));
    }

    private static int place(int index, int length) {
        return Math.clamp(index < 0 ? (long) index + length : index, 0, length);
    }

    /** The index of the first or last occurrence, in code points, or -1. */
    private int find(Text text, Arguments arguments, String name, boolean first) {
        var bound = arguments.bind(name, 1, SEARCH);
        var window = window(text, bound);
        var part = bound.text(0).chars();
        python.charge(window, part);
        var at = first ? window.chars().indexOf(part) : window.chars().lastIndexOf(part);
        return at < 0 ? -1 : place(bound.integerOr(1, 0), text.length()) + window.chars().codePointCount(0, at);
    }

    private static int found(int index, Text text) {
        if (index < 0) throw new Fault("index does not find what it looks for in a string of " + text.length() + " characters");
        return index;
    }

    private Value count(Text text, Arguments arguments) {
        var bound = arguments.bind("count", 1, SEARCH);
        var window = window(text, bound);
        var part = bound.text(0).chars();
        if (part.isEmpty()) return Value.of(window.length() + 1);
        return Value.of(cutter.split(window, part, Integer.MAX_VALUE, true).size() - 1);
    }

    /** Room is shared between the sides by weight; Python gives an odd rest to the left where the width is odd. */
    private Text pad(Text text, Arguments.Bound bound, int leftWeight, int rightWeight) {
        var fill = bound.textOr(1, Text.of(" "));
        if (fill.length() != 1) throw new Fault(bound.function() + " fills with one character");
        var room = Math.max(0, bound.integer(0) - text.length());
        budget.makeText((long) room + text.chars().length(), 0);
        var left = leftWeight == 0 ? 0 : rightWeight == 0 ? room : room / 2 + (room & bound.integer(0) & 1);
        var out = new TextBuilder(budget);
        for (int i = 0; i < left; i++) out.add(fill);
        out.add(text);
        for (int i = left; i < room; i++) out.add(fill);
        return out.build();
    }

    private Text zeroes(Text text, int width) {
        var sign = text.chars().startsWith("-") || text.chars().startsWith("+") ? 1 : 0;
        budget.makeText(width, Math.max(0, width));
        var zeroes = Text.of("0".repeat(Math.max(0, width - text.length())));
        return new TextBuilder(budget).add(text.part(0, sign)).add(zeroes).add(text.part(sign, text.chars().length())).build();
    }
}
