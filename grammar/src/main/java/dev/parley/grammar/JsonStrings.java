package dev.parley.grammar;

import static dev.parley.grammar.Expression.EMPTY;
import static dev.parley.grammar.Expression.UNBOUNDED;
import static dev.parley.grammar.Expression.choice;
import static dev.parley.grammar.Expression.range;
import static dev.parley.grammar.Expression.sequence;
import static dev.parley.grammar.Expression.text;

import dev.parley.grammar.Expression.Call;
import dev.parley.grammar.Expression.Characters;
import dev.parley.grammar.Expression.Repeat;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Strings with their escapes as JSON has them (RFC 8259), which Python reads in the same way. */
final class JsonStrings implements WrittenStrings {

    private static final String STRING = "any-string";
    private static final String CHARACTER = "any-character";
    private static final Characters PLAIN = new Characters(CodePoints.range(0, 0x1f).union(CodePoints.of("\"\\")).negated());

    /** The rules that strings call. */
    static Map<String, Expression> rules() {
        return Map.of(CHARACTER, character(), STRING, quoted(new Repeat(character(), 0, UNBOUNDED)));
    }

    @Override
    public Expression any() {
        return new Call(STRING);
    }

    /** Each character as itself or as an escape. */
    @Override
    public Expression ofLength(int least, int most) {
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

    /** Each character is written in one way. */
    @Override
    public Expression of(Expression value) {
        return quoted(value.replaceCharacters(JsonStrings::written));
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

    @Override
    public Expression literal(String value) {
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

    @Override
    public Expression otherThan(Set<String> values) {
        if (values.isEmpty()) return any();
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
}
