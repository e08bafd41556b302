package dev.parley.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a regular expression, in what ECMAScript, Python and Java have in common: characters, classes, groups, alternatives,
 * repetitions, anchors, and looking ahead outside of groups. {@code \d} and {@code \w} are ASCII and {@code .} is all but line ends,
 * as in ECMAScript, whose expressions JSON Schema uses. Looking back is beyond regular languages, and refused.
 */
final class Regex {

    private static final int DEEPEST = 200;
    private static final int MOST_REPEATS = 100_000;
    private static final Expression ANYTHING = new Expression.Repeat(new Expression.Characters(CodePoints.ALL), 0, Expression.UNBOUNDED);

    private final String regex;
    private final Work work;
    private int at;
    private int depth;

    private Regex(String regex, Work work) {
        this.regex = regex;
        this.work = work;
    }

    /** What matches as a whole; anchors at the ends change nothing. */
    static Expression whole(String regex, Work work) {
        return new Regex(regex, work).read(Expression.EMPTY);
    }

    /** What has a match somewhere: an alternative that is not anchored may have any text before and after. */
    static Expression somewhere(String regex, Work work) {
        return new Regex(regex, work).read(ANYTHING);
    }

    private Expression read(Expression around) {
        var options = new ArrayList<Expression>();
        do {
            var anchoredStart = skip('^');
            var parts = parts();
            var anchoredEnd = skip('$');
            options.add(alternative(parts, anchoredStart || around == Expression.EMPTY, anchoredStart ? Expression.EMPTY : around,
                    anchoredEnd ? Expression.EMPTY : around));
        } while (skip('|'));
        if (at < regex.length()) throw fault("a ) closes nothing", at);
        var all = Expression.choice(options);
        return all.hasAnchor(true) || all.hasAnchor(false) ? CharacterMachine.of(all, work).expression() : all;
    }

    /** A piece of an alternative. @param ahead whether it is only looked at, and is to be there or not to be there */
    private record Part(Expression expression, Optional<Boolean> ahead) {}

    /** The pieces of an alternative outside of all groups. */
    private List<Part> parts() {
        var parts = new ArrayList<Part>();
        while (at < regex.length() && "|)".indexOf(regex.charAt(at)) < 0 && !endsAlternative()) {
            var looks = regex.startsWith("(?=", at) || regex.startsWith("(?!", at);
            parts.add(looks ? lookAhead() : new Part(repeated(atom()), Optional.empty()));
        }
        return parts;
    }

    private boolean endsAlternative() {
        return depth == 0 && peek('$') && (at + 1 == regex.length() || regex.charAt(at + 1) == '|');
    }

    private Part lookAhead() {
        var from = at;
        at += 3;
        depth++;
        var inside = alternatives();
        if (!skip(')')) throw fault("a ( is not closed", from);
        depth--;
        if (at < regex.length() && "*+?{".indexOf(regex.charAt(at)) >= 0) throw fault("looking ahead cannot be repeated", at);
        return new Part(inside, Optional.of(regex.charAt(from + 2) == '='));
    }

    /** Looking ahead says what else holds of the rest of the text, or does not: an intersection of automata, or one with a complement. */
    private Expression alternative(List<Part> parts, boolean fromStart, Expression before, Expression after) {
        var rest = new ArrayDeque<>(List.of(after));
        for (int i = parts.size() - 1; i >= 0; i--) {
            var part = parts.get(i);
            if (part.ahead.isEmpty()) {
                rest.addFirst(part.expression);
                continue;
            }
            Expression whole = new Expression.Sequence(List.copyOf(rest)), seen = Expression.sequence(part.expression, ANYTHING);
            var atStart = fromStart && parts.subList(0, i).stream().noneMatch(p -> p.ahead.isEmpty());
            if (!atStart && (whole.hasAnchor(true) || seen.hasAnchor(true)))
                throw fault("a ^ is looked at where no text begins", regex.length());
            var condition = CharacterMachine.of(seen, work);
            rest = new ArrayDeque<>(List
                    .of(CharacterMachine.of(whole, work).and(part.ahead.get() ? condition : condition.negated(work), work).expression()));
        }
        rest.addFirst(before);
        return new Expression.Sequence(List.copyOf(rest));
    }

    private Expression alternatives() {
        var options = new ArrayList<Expression>();
        do {
            options.add(sequence());
        } while (skip('|'));
        return Expression.choice(options);
    }

    private Expression sequence() {
        var parts = new ArrayList<Expression>();
        while (at < regex.length() && "|)".indexOf(regex.charAt(at)) < 0) parts.add(repeated(atom()));
        return new Expression.Sequence(List.copyOf(parts));
    }

    private Expression repeated(Expression atom) {
        if (at == regex.length()) return atom;
        var from = at;
        int least, most;
        switch (regex.charAt(at)) {
            case '*' -> {
                least = 0;
                most = Expression.UNBOUNDED;
                at++;
            }
            case '+' -> {
                least = 1;
                most = Expression.UNBOUNDED;
                at++;
            }
            case '?' -> {
                least = 0;
                most = 1;
                at++;
            }
            case '{' -> {
                at++;
                least = number();
                most = !skip(',') ? least : peek('}') ? Expression.UNBOUNDED : number();
                if (!skip('}')) throw fault("a { begins no count", from);
                if (most != Expression.UNBOUNDED && most < least) throw fault("a count ends below where it begins", from);
            }
            default -> {
                return atom;
            }
        }
        if (skip('+')) throw fault("possessive repetition is not supported", from);
        skip('?'); // taking as little as possible allows the same texts
        if (at < regex.length() && "*+?{".indexOf(regex.charAt(at)) >= 0) throw fault("nothing is there to repeat", at);
        return new Expression.Repeat(atom, least, most);
    }

    private int number() {
        var from = at;
        while (at < regex.length() && Character.digit(regex.charAt(at), 10) >= 0) at++;
        if (at == from) throw fault("a count is missing", from);
        if (at - from > 6 || Integer.parseInt(regex, from, at, 10) > MOST_REPEATS) throw fault("a count is above " + MOST_REPEATS, from);
        return Integer.parseInt(regex, from, at, 10);
    }

    private Expression atom() {
        var c = regex.codePointAt(at);
        return switch (c) {
            case '(' -> group();
            case '[' -> new Expression.Characters(set());
            case '.' -> {
                at++;
                yield new Expression.Characters(CodePoints.of("\n\r\u2028\u2029").negated());
            }
            case '\\' -> new Expression.Characters(escape(false));
            case '^', '$' -> {
                at++;
                if (at < regex.length() && "*+?{".indexOf(regex.charAt(at)) >= 0) throw fault("an anchor cannot be repeated", at);
                yield new Expression.Anchor(c == '^');
            }
            case '*', '+', '?' -> throw fault("nothing is there to repeat", at);
            default -> {
                at += Character.charCount(c);
                yield new Expression.Characters(CodePoints.range(c, c));
            }
        };
    }

    private Expression group() {
        var from = at++;
        if (++depth > DEEPEST) throw fault("groups are nested deeper than " + DEEPEST, from);
        if (skip('?')) {
            if (peek('P')) at++;
            if (peek('<') && at + 1 < regex.length() && "=!".indexOf(regex.charAt(at + 1)) < 0) {
                at = regex.indexOf('>', at) + 1;
                if (at == 0) throw fault("a group's name has no end", from);
            } else if (!skip(':')) {
                throw fault("looking back, looking ahead within a group, options and conditions are not supported", from);
            }
        }
        var inside = alternatives();
        if (!skip(')')) throw fault("a ( is not closed", from);
        depth--;
        return inside;
    }

    private CodePoints set() {
        var from = at++;
        var negated = skip('^');
        var sets = new ArrayList<CodePoints>();
        for (var first = true; first || !peek(']'); first = false) {
            if (at == regex.length()) throw fault("a [ is not closed", from);
            if (regex.startsWith("[:", at) || regex.startsWith("&&", at))
                throw fault("named and intersected classes are not supported", at);
            if (first && peek(']')) throw fault("a class is empty, or begins with a ] that is to be written \\\\]", from);
            var low = member();
            var single = low.ranges().size() == 1 && low.ranges().getFirst()[0] == low.ranges().getFirst()[1];
            if (single && peek('-') && at + 1 < regex.length() && regex.charAt(at + 1) != ']') {
                at++;
                var begin = at;
                var high = member();
                int a = low.ranges().getFirst()[0], b = high.ranges().isEmpty() ? -1 : high.ranges().getLast()[1];
                if (high.ranges().size() != 1 || high.ranges().getFirst()[0] != b || b < a)
                    throw fault("a range ends before it begins", begin);
                sets.add(CodePoints.range(a, b));
            } else {
                sets.add(low);
            }
        }
        at++;
        var set = CodePoints.union(sets);
        return negated ? set.negated() : set;
    }

    private CodePoints member() {
        if (peek('\\')) return escape(true);
        if (at == regex.length()) throw fault("a [ is not closed", at);
        var c = regex.codePointAt(at);
        at += Character.charCount(c);
        return CodePoints.range(c, c);
    }

    private CodePoints escape(boolean inClass) {
        var from = at++;
        if (at == regex.length()) throw fault("a \\ ends the expression", from);
        var c = regex.charAt(at++);
        return switch (c) {
            case 'd' -> CodePoints.range('0', '9');
            case 'D' -> CodePoints.range('0', '9').negated();
            case 'w' -> word();
            case 'W' -> word().negated();
            case 's' -> space();
            case 'S' -> space().negated();
            case 'n' -> CodePoints.of("\n");
            case 'r' -> CodePoints.of("\r");
            case 't' -> CodePoints.of("\t");
            case 'f' -> CodePoints.of("\f");
            case 'v' -> CodePoints.range(0x0b, 0x0b);
            case '0' -> CodePoints.range(0, 0);
            case 'x' -> hexadecimal(from, 2);
            case 'u' -> hexadecimal(from, 4);
            case 'p', 'P' -> {
                var name = peek('{') ? braced(from) : regex.substring(at, Math.min(at + 1, regex.length()));
                if (name.length() == 1 && regex.charAt(at - 1) != '}') at++;
                var set = UnicodeCategory.of(name).orElseThrow(() -> fault("there is no class \\" + c + "{" + name + "}", from));
                yield c == 'p' ? set : set.negated();
            }
            case 'b' -> {
                if (inClass) yield CodePoints.range(8, 8);
                throw fault("\\b looks around, which is not supported", from);
            }
            default -> {
                if (c >= '1' && c <= '9' || c == 'k') throw fault("a reference back is not supported", from);
                if (Character.isLetter(c)) throw fault("\\" + c + " is not supported", from);
                yield Character.isSurrogate(c) ? CodePoints.range(regex.codePointAt(--at), regex.codePointAt(at++))
                        : CodePoints.range(c, c);
            }
        };
    }

    private CodePoints hexadecimal(int from, int digits) {
        var braces = peek('{');
        var text = braces ? braced(from) : regex.substring(at, Math.min(at + digits, regex.length()));
        if (!text.matches(braces ? "[0-9a-fA-F]{1,6}" : "[0-9a-fA-F]{" + digits + "}")
                || Integer.parseInt(text, 16) > Character.MAX_CODE_POINT) {
            throw fault("a character's number is wrong", from);
        }
        if (!braces) at += digits;
        return CodePoints.range(Integer.parseInt(text, 16), Integer.parseInt(text, 16));
    }

    private String braced(int from) {
        var end = regex.indexOf('}', at);
        if (end < 0) throw fault("a { is not closed", from);
        var name = regex.substring(at + 1, end);
        at = end + 1;
        return name;
    }

    private static CodePoints word() {
        return CodePoints.range('a', 'z').union(CodePoints.range('A', 'Z')).union(CodePoints.range('0', '9')).union(CodePoints.of("_"));
    }

    private static CodePoints space() {
        return CodePoints.of("\t\n\u000b\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff").union(CodePoints.range(0x2000, 0x200a));
    }

    private boolean peek(char c) {
        return at < regex.length() && regex.charAt(at) == c;
    }

    private boolean skip(char c) {
        if (!peek(c)) return false;
        at++;
        return true;
    }

    private GrammarException fault(String what, int where) {
        return new GrammarException(
                "The regular expression " + shortened() + " is not understood: " + what + " (at character " + (where + 1) + ").");
    }

    private String shortened() {
        return regex.length() <= 60 ? regex : regex.substring(0, 57) + "...";
    }
}
