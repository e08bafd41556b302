package dev.parley.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Cuts a template into text, and the tokens of statements and expressions. White space around tags goes as transformers sets
 * Jinja up: a statement's line begins and ends without trace (trim_blocks, lstrip_blocks), and the template's last newline is
 * dropped.
 */
final class Lexer {

    /** What a token is. */
    enum Kind { TEXT, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, NAME, STRING, INTEGER, FLOAT, OPERATOR, END }

    /** A token, and the line that it stands in, from 1. */
    record Token(Kind kind, String text, int line) {

        boolean is(Kind kind, String text) {
            return this.kind == kind && this.text.equals(text);
        }
    }

    private static final List<String> OPERATORS = List.of("//", "**", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", ".", ",", ":",
            "|", "(", ")", "[", "]", "{", "}");
    private static final Set<String> STATEMENT = Set.of("{%", "{#");

    private final String source;
    private final String where;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;

    Lexer(String source, String where) {
        this.where = where;
        var unix = source.replace("\r\n", "\n").replace('\r', '\n');
        this.source = unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix;
    }

    List<Token> tokens() {
        while (at < source.length()) {
            var open = nextTag();
            text(open);
            if (open == source.length()) break;
            var tag = source.substring(open, open + 2);
            move(open + 2);
            if (at < source.length() && (source.charAt(at) == '-' || source.charAt(at) == '+')) move(at + 1);
            switch (tag) {
                case "{#" -> comment();
                case "{%" -> block();
                default -> {
                    add(Kind.VARIABLE_BEGIN, "{{");
                    inside("}}", Kind.VARIABLE_END);
                }
            }
        }
        add(Kind.END, "");
        return tokens;
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line));
    }

    private void move(int to) {
        for (; at < to; at++) {
            if (source.charAt(at) == '\n') line++;
        }
    }

    private int nextTag() {
        for (int i = at; i + 1 < source.length(); i++) {
            if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) return i;
        }
        return source.length();
    }

    /** Adds the text up to a tag, without the white space that the tag takes away. */
    private void text(int open) {
        var text = source.substring(at, open);
        var sign = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
        if (open < source.length() && sign == '-') {
            text = text.stripTrailing();
        } else if (open < source.length() && sign != '+' && STATEMENT.contains(source.substring(open, open + 2))) {
            var lineStart = source.lastIndexOf('\n', open - 1) + 1;
            var begin = Math.max(lineStart, at);
            // Only white space stands before the tag in its line; what a tag before it left in the line counts as something.
            if (source.substring(begin, open).isBlank() && (lineStart >= at || at == 0)) text = text.substring(0, begin - at);
        }
        if (!text.isEmpty()) add(Kind.TEXT, text);
        move(open);
    }

    private void comment() {
        var close = source.indexOf("#}", at);
        if (close < 0) throw fault("a comment is not closed");
        move(close + 2);
        afterTag(source.charAt(close - 1), true);
    }

    /** Takes away white space after a tag: all of it after a minus, a newline after a statement. */
    private void afterTag(char sign, boolean statement) {
        if (sign == '-') {
            var end = at;
            while (end < source.length() && Character.isWhitespace(source.charAt(end))) end++;
            move(end);
        } else if (statement && sign != '+' && at < source.length() && source.charAt(at) == '\n') {
            move(at + 1);
        }
    }

    private void block() {
        var rest = source.substring(at).stripLeading();
        if (rest.matches("(?s)raw\\s*[-+]?%\\}.*")) {
            raw();
            return;
        }
        add(Kind.BLOCK_BEGIN, "{%");
        inside("%}", Kind.BLOCK_END);
    }

    private void raw() {
        var open = source.indexOf("%}", at);
        var sign = source.charAt(open - 1);
        move(open + 2);
        afterTag(sign, false);
        var matcher = java.util.regex.Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}").matcher(source);
        if (!matcher.find(at)) throw fault("raw is not closed by endraw");
        var text = source.substring(at, matcher.start());
        add(Kind.TEXT, matcher.group(1).equals("-") ? text.stripTrailing() : text);
        move(matcher.end());
        afterTag(matcher.group(2).isEmpty() ? ' ' : matcher.group(2).charAt(0), true);
    }

    /** The tokens of a tag, up to its close. */
    private void inside(String close, Kind closeKind) {
        var depth = 0;
        while (true) {
            while (at < source.length() && Character.isWhitespace(source.charAt(at))) move(at + 1);
            if (at >= source.length()) throw fault("a tag is not closed by " + close);
            var c = source.charAt(at);
            if (depth == 0 && (source.startsWith(close, at) || (c == '-' || c == '+') && source.startsWith(close, at + 1))) {
                var sign = source.startsWith(close, at) ? ' ' : c;
                add(closeKind, close);
                move(sign == ' ' ? at + 2 : at + 3);
                afterTag(sign, closeKind == Kind.BLOCK_END);
                return;
            }
            if (Character.isJavaIdentifierStart(c) && c != '$') name();
            else if (c >= '0' && c <= '9') number();
            else if (c == '"' || c == '\'') string(c);
            else depth += operator();
        }
    }

    private void name() {
        var end = at;
        while (end < source.length() && Character.isJavaIdentifierPart(source.charAt(end)) && source.charAt(end) != '$') end++;
        add(Kind.NAME, source.substring(at, end));
        move(end);
    }

    private void number() {
        var matcher = java.util.regex.Pattern.compile("[0-9](_?[0-9])*(\\.[0-9](_?[0-9])*)?([eE][+-]?[0-9]+)?").matcher(source);
        matcher.find(at);
        var text = matcher.group().replace("_", "");
        if (text.length() > 30) throw fault("the number " + text.substring(0, 30) + "… is too long");
        add(text.matches("[0-9]+") ? Kind.INTEGER : Kind.FLOAT, text);
        move(matcher.end());
    }

    private void string(char quote) {
        var text = new StringBuilder();
        var i = at + 1;
        for (; i < source.length() && source.charAt(i) != quote; i++) {
            var c = source.charAt(i);
            if (c != '\\' || i + 1 >= source.length()) {
                text.append(c);
                continue;
            }
            i = escape(text, i + 1);
        }
        if (i >= source.length()) throw fault("a string is not closed");
        add(Kind.STRING, text.toString());
        move(i + 1);
    }

    /** Appends what an escape means, and gives the place of its last character. */
    private int escape(StringBuilder text, int i) {
        switch (source.charAt(i)) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case '0' -> text.append('\0');
            case 'x' -> {
                text.append((char) hex(i + 1, 2));
                return i + 2;
            }
            case 'u' -> {
                text.append((char) hex(i + 1, 4));
                return i + 4;
            }
            case '\n' -> { }
            case '\\', '\'', '"' -> text.append(source.charAt(i));
            default -> text.append('\\').append(source.charAt(i)); // as Python leaves what it does not know
        }
        return i;
    }

    private int hex(int from, int digits) {
        try {
            return Integer.parseInt(source.substring(from, from + digits), 16);
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            throw fault("an escape in a string lacks its " + digits + " hexadecimal digits");
        }
    }

    /** Adds an operator, and gives by how much it deepens the brackets. */
    private int operator() {
        for (var operator : OPERATORS) {
            if (!source.startsWith(operator, at)) continue;
            add(Kind.OPERATOR, operator);
            move(at + operator.length());
            return switch (operator) {
                case "(", "[", "{" -> 1;
                case ")", "]", "}" -> -1;
                default -> 0;
            };
        }
        throw fault("the character '" + source.charAt(at) + "' means nothing here");
    }

    private TemplateException fault(String fault) {
        return new TemplateException(where + ", line " + line + ": " + fault + ".");
    }
}
