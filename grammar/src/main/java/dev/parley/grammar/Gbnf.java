package dev.parley.grammar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a grammar in GBNF, the notation of llama.cpp: {@code name ::= alternatives}, with "texts", [sets], groups, {@code * + ? {n,m}},
 * and comments after #. A rule ends at the end of its line, but in parentheses and after {@code ::=} and |.
 */
final class Gbnf {

    private static final int DEEPEST = 200;
    private static final int MOST_REPEATS = 100_000;

    private final String text;
    private final Map<String, Expression> rules = new LinkedHashMap<>();
    private int at;

    Gbnf(String text) {
        this.text = text;
        space(true);
        while (at < text.length()) rule();
    }

    /** The rules by name. */
    Map<String, Expression> rules() {
        return rules;
    }

    private void rule() {
        var from = at;
        var name = name();
        space(false);
        if (!text.startsWith("::=", at)) throw fault("::= is expected after a rule's name", at);
        at += 3;
        space(true);
        if (rules.put(name, alternatives(false, 0)) != null) throw fault("rule " + name + " is there twice", from);
        if (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r')
            throw fault("a line end is expected after a rule", at);
        space(true);
    }

    private String name() {
        var from = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '-' || text.charAt(at) == '_')) at++;
        if (at == from) throw fault("a rule's name is expected", at);
        return text.substring(from, at);
    }

    private Expression alternatives(boolean nested, int depth) {
        if (depth > DEEPEST) throw fault("groups are nested deeper than " + DEEPEST, at);
        var options = new ArrayList<Expression>();
        options.add(sequence(nested, depth));
        while (at < text.length() && text.charAt(at) == '|') {
            at++;
            space(true);
            options.add(sequence(nested, depth));
        }
        return Expression.choice(options);
    }

    private Expression sequence(boolean nested, int depth) {
        var parts = new ArrayList<Expression>();
        while (at < text.length()) {
            var c = text.charAt(at);
            if (c == '"') {
                parts.add(literal());
            } else if (c == '[') {
                parts.add(set());
            } else if (c == '.') {
                at++;
                parts.add(new Expression.Characters(CodePoints.ALL));
            } else if (c == '(') {
                var from = at++;
                space(true);
                parts.add(alternatives(true, depth + 1));
                if (at == text.length() || text.charAt(at) != ')') throw fault("a ( is not closed", from);
                at++;
            } else if (Character.isLetterOrDigit(c)) {
                parts.add(new Expression.Call(name()));
            } else if (c == '<' || c == '!') {
                throw fault("tokens are not supported in a grammar", at);
            } else if ("*+?{".indexOf(c) >= 0) {
                throw fault("nothing is there to repeat", at);
            } else {
                break;
            }
            space(nested);
            while (at < text.length() && "*+?{".indexOf(text.charAt(at)) >= 0) {
                parts.add(repeated(parts.removeLast()));
                space(nested);
            }
        }
        return new Expression.Sequence(List.copyOf(parts));
    }

    private Expression repeated(Expression part) {
        var from = at;
        return switch (text.charAt(at++)) {
            case '*' -> new Expression.Repeat(part, 0, Expression.UNBOUNDED);
            case '+' -> new Expression.Repeat(part, 1, Expression.UNBOUNDED);
            case '?' -> Expression.optional(part);
            default -> {
                space(false);
                var least = number();
                space(false);
                var most = least;
                if (at < text.length() && text.charAt(at) == ',') {
                    at++;
                    space(false);
                    most = at < text.length() && text.charAt(at) == '}' ? Expression.UNBOUNDED : number();
                    space(false);
                }
                if (at == text.length() || text.charAt(at++) != '}') throw fault("a count is not closed", from);
                if (most != Expression.UNBOUNDED && most < least) throw fault("a count ends below where it begins", from);
                yield new Expression.Repeat(part, least, most);
            }
        };
    }

    private int number() {
        var from = at;
        while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0) at++;
        if (at == from) throw fault("a count is expected", from);
        if (at - from > 6 || Integer.parseInt(text, from, at, 10) > MOST_REPEATS) throw fault("a count is above " + MOST_REPEATS, from);
        return Integer.parseInt(text, from, at, 10);
    }

    private Expression literal() {
        var from = at++;
        var characters = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') characters.appendCodePoint(character());
        if (at == text.length()) throw fault("a \" is not closed", from);
        at++;
        return Expression.text(characters.toString());
    }

    private Expression set() {
        var from = at++;
        var negated = at < text.length() && text.charAt(at) == '^';
        if (negated) at++;
        var ranges = new ArrayList<int[]>();
        while (at < text.length() && text.charAt(at) != ']') {
            var low = character();
            var high = low;
            if (text.startsWith("-", at) && !text.startsWith("-]", at)) {
                at++;
                if (at == text.length()) break;
                high = character();
                if (high < low) throw fault("a range ends before it begins", from);
            }
            ranges.add(new int[] {low, high});
        }
        if (at == text.length()) throw fault("a [ is not closed", from);
        at++;
        var set = CodePoints.ofRanges(ranges);
        return new Expression.Characters(negated ? set.negated() : set);
    }

    private int character() {
        var c = text.codePointAt(at);
        at += Character.charCount(c);
        if (c != '\\') return c;
        if (at == text.length()) throw fault("a \\ ends the grammar", at - 1);
        var escaped = text.charAt(at++);
        return switch (escaped) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'x' -> hexadecimal(2);
            case 'u' -> hexadecimal(4);
            case 'U' -> hexadecimal(8);
            case '\\', '"', '[', ']', '-', '^' -> escaped;
            default -> throw fault("\\" + escaped + " is not supported", at - 2);
        };
    }

    private int hexadecimal(int digits) {
        var number = text.substring(at, Math.min(text.length(), at + digits));
        if (number.length() < digits || !number.matches("[0-9a-fA-F]+")) throw fault("a character's number is wrong", at);
        at += digits;
        var character = Long.parseLong(number, 16);
        if (character > Character.MAX_CODE_POINT || character >= 0xd800 && character <= 0xdfff)
            throw fault("there is no such character", at - digits);
        return (int) character;
    }

    /** Skips blanks and comments, and line ends where they mean nothing. */
    private void space(boolean lines) {
        while (at < text.length()) {
            var c = text.charAt(at);
            if (c == '#') {
                while (at < text.length() && text.charAt(at) != '\n') at++;
            } else if (c == ' ' || c == '\t' || lines && (c == '\n' || c == '\r')) {
                at++;
            } else {
                return;
            }
        }
    }

    private GrammarException fault(String what, int where) {
        var before = text.substring(0, Math.min(where, text.length()));
        var line = before.chars().filter(c -> c == '\n').count() + 1;
        return new GrammarException(
                "The grammar is not understood in line " + line + ", character " + (where - before.lastIndexOf('\n')) + ": " + what + ".");
    }
}
