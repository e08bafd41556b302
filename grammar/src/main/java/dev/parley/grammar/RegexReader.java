package dev.parley.grammar;

import java.util.ArrayList;

/** A regular expression that is being read, and what stands for characters in it: classes in brackets and escapes. */
final class RegexReader {

    final String regex;
    int at;

    RegexReader(String regex) {
        this.regex = regex;
    }

    /** The characters of a class in brackets. */
    CodePoints set() {
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

    /** The characters of an escape; in a class, {@code \b} is the backspace. */
    CodePoints escape(boolean inClass) {
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
                var point = regex.codePointAt(at - 1);
                at += Character.charCount(point) - 1;
                yield CodePoints.range(point, point);
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

    /** Whether a character comes next. */
    boolean peek(char c) {
        return at < regex.length() && regex.charAt(at) == c;
    }

    /** Reads a character, if it comes next. */
    boolean skip(char c) {
        if (!peek(c)) return false;
        at++;
        return true;
    }

    /** What is wrong, for whoever wrote the expression. @param where from 0 on */
    GrammarException fault(String what, int where) {
        return new GrammarException(
                "The regular expression " + shortened() + " is not understood: " + what + " (at character " + (where + 1) + ").");
    }

    private String shortened() {
        return regex.length() <= 60 ? regex : regex.substring(0, 57) + "...";
    }
}
