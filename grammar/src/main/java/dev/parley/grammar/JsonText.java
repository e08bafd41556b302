package dev.parley.grammar;

import static dev.parley.grammar.Expression.EMPTY;
import static dev.parley.grammar.Expression.UNBOUNDED;
import static dev.parley.grammar.Expression.choice;
import static dev.parley.grammar.Expression.optional;
import static dev.parley.grammar.Expression.range;
import static dev.parley.grammar.Expression.separated;
import static dev.parley.grammar.Expression.sequence;
import static dev.parley.grammar.Expression.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.grammar.Expression.Call;
import dev.parley.grammar.Expression.Characters;
import dev.parley.grammar.Expression.Repeat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How JSON is written (RFC 8259), as expressions: strings with their escapes, objects, arrays. White space is bounded, so that no
 * text is made of it: a space, or a line end with an indentation, where people and models put one.
 */
final class JsonText {

    /** The rule for any value. */
    static final String VALUE = "any-value";

    private static final String STRING = "any-string";
    private static final String CHARACTER = "any-character";
    private static final Characters PLAIN = new Characters(CodePoints.range(0, 0x1f).union(CodePoints.of("\"\\")).negated());
    private static final Expression SPACE = optional(
            choice(text(" "), sequence(text("\n"), new Repeat(new Characters(CodePoints.of(" \t")), 0, 20))));

    private JsonText() {}

    /** The rules for any value; others may call them. */
    static Map<String, Expression> rules() {
        var rules = new HashMap<String, Expression>();
        rules.put(CHARACTER, character());
        rules.put(STRING, quoted(new Repeat(character(), 0, UNBOUNDED)));
        rules.put(VALUE, choice(new Call("any-object"), new Call("any-array"), new Call(STRING), NumberRange.anyNumber(), text("true"),
                text("false"), text("null")));
        rules.put("any-object", object(separated(property(new Call(STRING), new Call(VALUE)), comma(), 0, UNBOUNDED)));
        rules.put("any-array", array(separated(new Call(VALUE), comma(), 0, UNBOUNDED)));
        return rules;
    }

    static Expression anyString() {
        return new Call(STRING);
    }

    /** A string of so many characters, each as itself or as an escape. */
    static Expression string(int least, int most) {
        return quoted(new Repeat(new Call(CHARACTER), least, most));
    }

    private static Expression character() {
        return choice(PLAIN, sequence(text("\\"), new Characters(CodePoints.of("\"\\/bfnrt"))), unicodeEscape());
    }

    /** {@code \}uXXXX, or two of them for a character beyond the first 65,536; half of such a pair is no character. */
    private static Expression unicodeEscape() {
        var hex = new Characters(CodePoints.of("0123456789abcdefABCDEF"));
        var two = new Repeat(hex, 2, 2);
        var d = new Characters(CodePoints.of("dD"));
        var single = choice(sequence(new Characters(CodePoints.of("0123456789abcefABCEF")), hex, two), sequence(d, range('0', '7'), two));
        var pair = sequence(d, new Characters(CodePoints.of("89abAB")), two, text("\\u"), d, new Characters(CodePoints.of("cdefCDEF")),
                two);
        return sequence(text("\\u"), choice(single, pair));
    }

    static Expression quoted(Expression content) {
        return sequence(text("\""), content, text("\""));
    }

    /** A string whose value is what an expression says: each character is written in one way. */
    static Expression string(Expression value) {
        return quoted(value.replaceCharacters(JsonText::written));
    }

    private static Expression written(CodePoints set) {
        var ways = new ArrayList<Expression>();
        var plain = set.intersect(PLAIN.set());
        if (!plain.isEmpty()) ways.add(new Characters(plain));
        for (var range : set.minus(PLAIN.set()).ranges()) {
            for (int c = range[0]; c <= range[1]; c++) ways.add(text(escape(c)));
        }
        return choice(ways);
    }

    /** A string of this value. */
    static Expression literal(String value) {
        var written = new StringBuilder("\"");
        value.codePoints().forEach(c -> {
            if (PLAIN.set().contains(c)) written.appendCodePoint(c);
            else written.append(escape(c));
        });
        return text(written.append('"').toString());
    }

    private static String escape(int c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> String.format(Locale.ROOT, "\\u%04x", c);
        };
    }

    /** A string whose value is none of some. */
    static Expression stringOtherThan(Set<String> values) {
        if (values.isEmpty()) return anyString();
        var root = new Branch();
        for (var value : values) root.add(value.codePoints().toArray());
        return quoted(root.others());
    }

    /** Beginnings of texts, as a tree. */
    private static final class Branch {

        private final Map<Integer, Branch> next = new TreeMap<>();
        private boolean ends;

        private void add(int[] characters) {
            var at = this;
            for (var c : characters) at = at.next.computeIfAbsent(c, k -> new Branch());
            at.ends = true;
        }

        /** All that goes on otherwise, or ends where no text does. */
        private Expression others() {
            var ways = new ArrayList<Expression>();
            if (!ends) ways.add(EMPTY);
            var taken = new ArrayList<CodePoints>();
            for (var way : next.entrySet()) {
                var character = CodePoints.range(way.getKey(), way.getKey());
                taken.add(character);
                ways.add(sequence(written(character), way.getValue().others()));
            }
            var free = CodePoints.union(taken).negated();
            ways.add(sequence(written(free), new Repeat(written(CodePoints.ALL), 0, UNBOUNDED)));
            return choice(ways);
        }
    }

    static Expression comma() {
        return sequence(text(","), SPACE);
    }

    static Expression property(Expression name, Expression value) {
        return sequence(name, text(":"), SPACE, value);
    }

    static Expression object(Expression properties) {
        return sequence(text("{"), SPACE, properties, SPACE, text("}"));
    }

    static Expression array(Expression items) {
        return sequence(text("["), SPACE, items, SPACE, text("]"));
    }

    /** This value, with white space where JSON has it. */
    static Expression constant(JsonNode value) {
        if (value.isObject()) {
            var parts = new ArrayList<Expression>();
            value.properties().forEach(p -> {
                if (!parts.isEmpty()) parts.add(comma());
                parts.add(property(literal(p.getKey()), constant(p.getValue())));
            });
            return object(new Expression.Sequence(parts));
        }
        if (value.isArray()) {
            var parts = new ArrayList<Expression>();
            for (var item : value) {
                if (!parts.isEmpty()) parts.add(comma());
                parts.add(constant(item));
            }
            return array(new Expression.Sequence(parts));
        }
        return value.isTextual() ? literal(value.textValue()) : text(value.toString());
    }
}
