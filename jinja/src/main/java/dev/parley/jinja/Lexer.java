package dev.parley.jinja;

import dev.parley.jinja.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens. With {@code trim_blocks} and {@code lstrip_blocks}, which transformers sets, the line break
 * after a block or comment goes, and so does the white space between the start of a line and a block or comment. A
 * {@code -} inside the mark takes all white space on its side, a {@code +} keeps it.
 */
final class Lexer {

    private static final Pattern RAW = Pattern.compile("\\{%([-+]?)\\s*raw\\s*(-%}\\s*|%})", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(\\+%}|-%}\\s*|%}\\n?)",
            Pattern.UNICODE_CHARACTER_CLASS);
    private static final int LONGEST_NUMBER = 1000;
    private static final List<String> OPERATORS = List.of("//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(",
            ")",
            "{", "}", ">", "<", "=", ".", ":", "|", ",", ";");

    private final String source;
    private final boolean trim;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<Character> open = new ArrayDeque<>(); // brackets to be closed, inside of which a mark does not end
    private int at;
    private int line = 1;
    private boolean lineStarts = true;

    private Lexer(String source, boolean trim) {
        this.source = source;
        this.trim = trim;
    }

    /** @throws SyntaxFault where a mark, a string or a bracket is not closed */
    static List<Token> tokens(String template, TemplateSettings settings) {
        var text = template.replace("\r\n", "\n").replace('\r', '\n');
        if (text.endsWith("\n") && !settings.keepLastLineBreak()) text = text.substring(0, text.length() - 1);
        var lexer = new Lexer(text, settings.trimBlocks());
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (at < source.length()) {
            var mark = nextMark();
            if (mark < 0) {
                data(source.substring(at));
                move(source.length());
            } else {
                mark(mark);
            }
        }
        add(Kind.END, "");
    }

    private int nextMark() {
        for (int i = source.indexOf('{', at); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) return i;
        }
        return -1;
    }

    private void mark(int mark) {
        var kind = source.charAt(mark + 1);
        var sign = mark + 2 < source.length() ? source.charAt(mark + 2) : ' ';
        data(stripped(source.substring(at, mark), sign, kind == '{'));
        move(mark);
        if (kind == '#') {
            comment(mark + (sign == '-' || sign == '+' ? 3 : 2));
            return;
        }
        var raw = RAW.matcher(source).region(mark, source.length());
        if (kind == '%' && raw.lookingAt()) {
            raw(raw.end());
            return;
        }
        add(kind == '%' ? Kind.BLOCK_BEGIN : Kind.VARIABLE_BEGIN, "");
        move(mark + (sign == '-' || sign == '+' ? 3 : 2));
        code(kind == '%');
    }

    private void data(String text) {
        if (!text.isEmpty()) add(Kind.DATA, text);
    }

    private String stripped(String text, char sign, boolean variable) {
        if (sign == '-') return Text.of(text).strip("", false, true).chars();
        if (sign == '+' || variable || !trim) return text;
        var lineStart = text.lastIndexOf('\n') + 1;
        if (lineStart == 0 && !lineStarts) return text;
        return Text.of(text.substring(lineStart)).strip("", true, true).isEmpty() ? text.substring(0, lineStart) : text;
    }

    /** Goes on to a place, counting lines. */
    private void move(int to) {
        for (int i = at; i < to; i++) {
            if (source.charAt(i) == '\n') line++;
        }
        if (to > at) lineStarts = source.charAt(to - 1) == '\n';
        at = to;
    }

    private void comment(int from) {
        var end = source.indexOf("#}", from);
        if (end < 0) throw new SyntaxFault(line, "a comment is not closed by '#}'");
        var sign = end > from ? source.charAt(end - 1) : ' ';
        move(afterEnd(end + 2, sign, true));
    }

    private void raw(int from) {
        var begun = line;
        move(from);
        var end = END_RAW.matcher(source);
        if (!end.find(from)) throw new SyntaxFault(begun, "a raw block is not closed by '{% endraw %}'");
        var sign = end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0);
        data(stripped(source.substring(from, end.start()), sign, false));
        move(end.end());
    }

    private int afterEnd(int end, char sign, boolean block) {
        var next = end;
        if (sign == '-') while (next < source.length() && Text.isSpace(source.charAt(next))) next++;
        else if (trim && block && sign != '+' && next < source.length() && source.charAt(next) == '\n') next++;
        return next;
    }

    // ---- inside a mark ----

    private void code(boolean block) {
        var begun = line;
        var end = block ? "%}" : "}}";
        while (true) {
            var next = at;
            while (next < source.length() && Text.isSpace(source.charAt(next))) next++;
            move(next);
            if (at == source.length())
                throw new SyntaxFault(begun, block ? "a block is not closed by '%}'" : "an expression is not closed by '}}'");
            if (open.isEmpty() && ends(end, block)) return;
            token();
        }
    }

    private boolean ends(String end, boolean block) {
        var sign = source.charAt(at);
        var signed = sign == '-' || block && sign == '+';
        if (!source.startsWith(end, signed ? at + 1 : at)) return false;
        add(block ? Kind.BLOCK_END : Kind.VARIABLE_END, "");
        move(afterEnd(at + (signed ? 3 : 2), signed ? sign : ' ', block));
        return true;
    }

    private void token() {
        var c = source.codePointAt(at);
        if (c == '"' || c == '\'') {
            string((char) c);
        } else if (c >= '0' && c <= '9') {
            number();
        } else if (Character.isUnicodeIdentifierStart(c) || c == '_') {
            var end = at;
            while (end < source.length() && (Character.isUnicodeIdentifierPart(source.codePointAt(end))
                    && !Character.isIdentifierIgnorable(source.codePointAt(end)))) {
                end += Character.charCount(source.codePointAt(end));
            }
            add(Kind.NAME, source.substring(at, end));
            move(end);
        } else {
            operator();
        }
    }

    private void number() {
        var begin = source.substring(at, Math.min(source.length(), at + 2)).toLowerCase(Locale.ROOT);
        var radix = switch (begin) {
            case "0x" -> 16;
            case "0o" -> 8;
            case "0b" -> 2;
            default -> 10;
        };
        var end = digits(radix == 10 ? at : at + 2, radix);
        var kind = Kind.INTEGER;
        if (radix == 10 && !(at > 0 && source.charAt(at - 1) == '.')) { // after a point digits are an index: row.0.1 is no fraction
            var whole = end;
            var fraction = end < source.length() && source.charAt(end) == '.' ? digits(end + 1, 10) : end;
            if (fraction > end + 1) end = fraction;
            end = exponent(end);
            if (end > whole) kind = Kind.FLOAT;
        }
        if (end - at > LONGEST_NUMBER) throw new SyntaxFault(line, "a number has more than " + LONGEST_NUMBER + " digits");
        add(kind, source.substring(at, end).replace("_", "").toLowerCase(Locale.ROOT));
        move(end);
    }

    /** The end of an exponent that begins at a place, or the place itself where none does. */
    private int exponent(int from) {
        if (from >= source.length() || "eE".indexOf(source.charAt(from)) < 0) return from;
        var first = from + 1 < source.length() && "+-".indexOf(source.charAt(from + 1)) >= 0 ? from + 2 : from + 1;
        var end = digits(first, 10);
        return end > first ? end : from;
    }

    /** The end of digits, single underscores between them allowed. */
    private int digits(int from, int radix) {
        var end = from;
        while (end < source.length()
                && (isDigit(end, radix) || source.charAt(end) == '_' && isDigit(end - 1, radix) && isDigit(end + 1, radix)))
            end++;
        return end;
    }

    private boolean isDigit(int place, int radix) {
        return place < source.length() && source.charAt(place) < 128 && Character.digit(source.charAt(place), radix) >= 0;
    }

    private void string(char quote) {
        var end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) end += source.charAt(end) == '\\' ? 2 : 1;
        if (end >= source.length()) throw new SyntaxFault(line, "a string is not closed by " + quote);
        add(Kind.STRING, Escapes.read(source.substring(at + 1, end), line));
        move(end + 1);
    }

    private void operator() {
        var operator = OPERATORS.stream().filter(o -> source.startsWith(o, at)).findFirst().orElseThrow(() -> new SyntaxFault(line,
                "the character '" + new StringBuilder().appendCodePoint(source.codePointAt(at)) + "' is not expected"));
        if ("([{".contains(operator)) {
            open.push(operator.charAt(0));
        } else if (")]}".contains(operator)) {
            var closes = ")]}".indexOf(operator);
            if (open.isEmpty() || open.pop() != "([{".charAt(closes))
                throw new SyntaxFault(line, "the bracket '" + operator + "' closes nothing");
        }
        add(Kind.OPERATOR, operator);
        move(at + operator.length());
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line));
    }
}
