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

    private final RegexReader in;
    private final Work work;
    private int depth;

    private Regex(String regex, Work work) {
        in = new RegexReader(regex);
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
            var anchoredStart = in.skip('^');
            var parts = parts();
            var anchoredEnd = in.skip('$');
            options.add(alternative(parts, anchoredStart || around == Expression.EMPTY, anchoredStart ? Expression.EMPTY : around,
                    anchoredEnd ? Expression.EMPTY : around));
        } while (in.skip('|'));
        if (in.at < in.regex.length()) throw in.fault("a ) closes nothing", in.at);
        var all = Expression.choice(options);
        return all.hasAnchor(true) || all.hasAnchor(false) ? CharacterMachine.of(all, work).expression() : all;
    }

    /** A piece of an alternative. @param ahead whether it is only looked at, and is to be there or not to be there */
    private record Part(Expression expression, Optional<Boolean> ahead) {}

    /** The pieces of an alternative outside of all groups. */
    private List<Part> parts() {
        var parts = new ArrayList<Part>();
        while (in.at < in.regex.length() && "|)".indexOf(in.regex.charAt(in.at)) < 0 && !endsAlternative()) {
            var looks = in.regex.startsWith("(?=", in.at) || in.regex.startsWith("(?!", in.at);
            parts.add(looks ? lookAhead() : new Part(repeated(atom()), Optional.empty()));
        }
        return parts;
    }

    private boolean endsAlternative() {
        return depth == 0 && in.peek('$') && (in.at + 1 == in.regex.length() || in.regex.charAt(in.at + 1) == '|');
    }

    private Part lookAhead() {
        var from = in.at;
        in.at += 3;
        depth++;
        var inside = alternatives();
        if (!in.skip(')')) throw in.fault("a ( is not closed", from);
        depth--;
        if (in.at < in.regex.length() && "*+?{".indexOf(in.regex.charAt(in.at)) >= 0)
            throw in.fault("looking ahead cannot be repeated", in.at);
        return new Part(inside, Optional.of(in.regex.charAt(from + 2) == '='));
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
                throw in.fault("a ^ is looked at where no text begins", in.regex.length());
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
        } while (in.skip('|'));
        return Expression.choice(options);
    }

    private Expression sequence() {
        var parts = new ArrayList<Expression>();
        while (in.at < in.regex.length() && "|)".indexOf(in.regex.charAt(in.at)) < 0) parts.add(repeated(atom()));
        return new Expression.Sequence(List.copyOf(parts));
    }

    private Expression repeated(Expression atom) {
        if (in.at == in.regex.length()) return atom;
        var from = in.at;
        int least, most;
        switch (in.regex.charAt(in.at)) {
            case '*' -> {
                least = 0;
                most = Expression.UNBOUNDED;
                in.at++;
            }
            case '+' -> {
                least = 1;
                most = Expression.UNBOUNDED;
                in.at++;
            }
            case '?' -> {
                least = 0;
                most = 1;
                in.at++;
            }
            case '{' -> {
                in.at++;
                least = number();
                most = !in.skip(',') ? least : in.peek('}') ? Expression.UNBOUNDED : number();
                if (!in.skip('}')) throw in.fault("a { begins no count", from);
                if (most != Expression.UNBOUNDED && most < least) throw in.fault("a count ends below where it begins", from);
            }
            default -> {
                return atom;
            }
        }
        if (in.skip('+')) throw in.fault("possessive repetition is not supported", from);
        in.skip('?'); // taking as little as possible allows the same texts
        if (in.at < in.regex.length() && "*+?{".indexOf(in.regex.charAt(in.at)) >= 0) throw in.fault("nothing is there to repeat", in.at);
        return new Expression.Repeat(atom, least, most);
    }

    private int number() {
        var from = in.at;
        while (in.at < in.regex.length() && Character.digit(in.regex.charAt(in.at), 10) >= 0) in.at++;
        if (in.at == from) throw in.fault("a count is missing", from);
        if (in.at - from > 6 || Integer.parseInt(in.regex, from, in.at, 10) > MOST_REPEATS)
            throw in.fault("a count is above " + MOST_REPEATS, from);
        return Integer.parseInt(in.regex, from, in.at, 10);
    }

    private Expression atom() {
        var c = in.regex.codePointAt(in.at);
        return switch (c) {
            case '(' -> group();
            case '[' -> new Expression.Characters(in.set());
            case '.' -> {
                in.at++;
                yield new Expression.Characters(CodePoints.of("\n\r\u2028\u2029").negated());
            }
            case '\\' -> new Expression.Characters(in.escape(false));
            case '^', '$' -> {
                in.at++;
                if (in.at < in.regex.length() && "*+?{".indexOf(in.regex.charAt(in.at)) >= 0)
                    throw in.fault("an anchor cannot be repeated", in.at);
                yield new Expression.Anchor(c == '^');
            }
            case '*', '+', '?' -> throw in.fault("nothing is there to repeat", in.at);
            default -> {
                in.at += Character.charCount(c);
                yield new Expression.Characters(CodePoints.range(c, c));
            }
        };
    }

    private Expression group() {
        var from = in.at++;
        if (++depth > DEEPEST) throw in.fault("groups are nested deeper than " + DEEPEST, from);
        if (in.skip('?')) {
            if (in.peek('P')) in.at++;
            if (in.peek('<') && in.at + 1 < in.regex.length() && "=!".indexOf(in.regex.charAt(in.at + 1)) < 0) {
                in.at = in.regex.indexOf('>', in.at) + 1;
                if (in.at == 0) throw in.fault("a group's name has no end", from);
            } else if (!in.skip(':')) {
                throw in.fault("looking back, looking ahead within a group, options and conditions are not supported", from);
            }
        }
        var inside = alternatives();
        if (!in.skip(')')) throw in.fault("a ( is not closed", from);
        depth--;
        return inside;
    }

}
