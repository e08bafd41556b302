package dev.parley.generate.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/** Values as Python writes them, or as Gemma does with bare names and marks around strings. */
final class Literals {

    private static final int DEEPEST = 100;
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d[\\d_]{0,40}(\\.\\d{0,60})?|\\.\\d{1,60})([eE][-+]?\\d{1,3})?");

    /** @param mark around strings, where they do not stand in quotes */
    record Syntax(Optional<String> mark) {

        static final Syntax PYTHON = new Syntax(Optional.empty());
    }

    /** What stands behind a name. */
    record Named(String name, String rest) {}

    /** Whether a place in a text is outside of strings and brackets. */
    static final class Nesting {

        private final Syntax syntax;
        private final StringBuilder ofMark = new StringBuilder();
        private int depth;
        private char quote; // 0 outside of strings
        private boolean escaped;

        Nesting(Syntax syntax) {
            this.syntax = syntax;
        }

        boolean isOutside() {
            return quote == 0 && depth == 0 && ofMark.isEmpty();
        }

        void push(char c) {
            if (syntax.mark.isPresent() && isOfMark(syntax.mark.get(), c)) return;
            if (quote != 0) {
                if (syntax.mark.isPresent()) return;
                if (escaped) escaped = false;
                else if (c == '\\') escaped = true;
                else if (c == quote) quote = 0;
            } else if (syntax.mark.isEmpty() && (c == '"' || c == '\'')) {
                quote = c;
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            }
        }

        private boolean isOfMark(String mark, char c) {
            ofMark.append(c);
            while (!ofMark.isEmpty() && !mark.startsWith(ofMark.toString())) ofMark.deleteCharAt(0);
            if (!mark.contentEquals(ofMark)) return !ofMark.isEmpty();
            ofMark.setLength(0);
            quote = quote == 0 ? '"' : 0;
            return true;
        }
    }

    private final String text;
    private final Syntax syntax;
    private int at;

    Literals(String text, Syntax syntax) {
        this.text = text;
        this.syntax = syntax;
    }

    /** The name before the first such character outside of strings. */
    Optional<Named> nameBefore(char equals) {
        var found = text.indexOf(equals);
        if (found < 0) return Optional.empty();
        var name = text.substring(0, found).strip();
        var bare = name.length() > 1 && (name.startsWith("\"") || name.startsWith("'")) ? name.substring(1, name.length() - 1) : name;
        return bare.isEmpty() || bare.matches("(?s).*[\\s\"'(\\[{].*") ? Optional.empty()
                : Optional.of(new Named(bare, text.substring(found + 1)));
    }

    /** The value that the whole text is; empty where it is none. */
    Optional<JsonNode> value() {
        try {
            var value = value(0);
            skipSpace();
            return at == text.length() ? Optional.of(value) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private JsonNode value(int depth) {
        skipSpace();
        if (depth > DEEPEST || at == text.length()) throw new IllegalArgumentException();
        if (syntax.mark.isPresent() && text.startsWith(syntax.mark.get(), at)) return TextNode.valueOf(marked(syntax.mark.get()));
        return switch (text.charAt(at)) {
            case '"', '\'' -> strings();
            case '[' -> array(']', depth);
            case '(' -> array(')', depth);
            case '{' -> object(depth);
            default -> wordOrNumber();
        };
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
    }

    private boolean takes(char c) {
        skipSpace();
        if (at == text.length() || text.charAt(at) != c) return false;
        at++;
        return true;
    }

    private String marked(String mark) {
        var from = at + mark.length();
        var end = text.indexOf(mark, from);
        if (end < 0) throw new IllegalArgumentException();
        at = end + mark.length();
        return text.substring(from, end);
    }

    /** Strings one after the other are one, as in Python. */
    private JsonNode strings() {
        var all = new StringBuilder();
        do {
            quoted(all);
            skipSpace();
        } while (syntax.mark.isEmpty() && at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\''));
        return TextNode.valueOf(all.toString());
    }

    private void quoted(StringBuilder to) {
        var quote = text.charAt(at++);
        while (at < text.length() && text.charAt(at) != quote) {
            var c = text.charAt(at++);
            if (c == '\\' && at < text.length()) escaped(text.charAt(at++), to);
            else to.append(c);
        }
        if (at == text.length()) throw new IllegalArgumentException();
        at++;
    }

    private void escaped(char c, StringBuilder to) {
        switch (c) {
            case 'n' -> to.append('\n');
            case 't' -> to.append('\t');
            case 'r' -> to.append('\r');
            case 'b' -> to.append('\b');
            case 'f' -> to.append('\f');
            case 'u' -> to.append((char) hex(4));
            case 'x' -> to.append((char) hex(2));
            case 'U' -> to.appendCodePoint(hex(8));
            case '"', '\'', '\\', '/' -> to.append(c);
            case '\n' -> {
                // a line that goes on
            }
            default -> to.append('\\').append(c);
        }
    }

    private int hex(int digits) {
        if (at + digits > text.length()) throw new IllegalArgumentException();
        var value = Integer.parseInt(text.substring(at, at + digits), 16);
        at += digits;
        return value;
    }

    private JsonNode array(char close, int depth) {
        at++;
        var array = JsonNodeFactory.instance.arrayNode();
        while (!takes(close)) {
            if (!array.isEmpty() && !takes(',')) throw new IllegalArgumentException();
            if (takes(close)) break; // after a last comma
            array.add(value(depth + 1));
        }
        return array;
    }

    private JsonNode object(int depth) {
        at++;
        var object = JsonNodeFactory.instance.objectNode();
        while (!takes('}')) {
            if (!object.isEmpty() && !takes(',')) throw new IllegalArgumentException();
            if (takes('}')) break;
            var name = name(depth);
            if (!takes(':')) throw new IllegalArgumentException();
            object.set(name, value(depth + 1));
        }
        return object;
    }

    private String name(int depth) {
        skipSpace();
        var isBare = syntax.mark.isPresent() && at < text.length() && !text.startsWith(syntax.mark.get(), at)
                && "\"'".indexOf(text.charAt(at)) < 0;
        if (!isBare) return value(depth + 1).asText();
        var end = text.indexOf(':', at);
        if (end < 0) throw new IllegalArgumentException();
        var name = text.substring(at, end).strip();
        at = end;
        return name;
    }

    private JsonNode wordOrNumber() {
        var from = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || "+-._".indexOf(text.charAt(at)) >= 0)) at++;
        var word = text.substring(from, at);
        return switch (word) {
            case "True", "true" -> BooleanNode.TRUE;
            case "False", "false" -> BooleanNode.FALSE;
            case "None", "null" -> NullNode.getInstance();
            default -> number(word);
        };
    }

    private static JsonNode number(String word) {
        if (!NUMBER.matcher(word).matches()) throw new IllegalArgumentException();
        var number = new BigDecimal(word.replace("_", "").replaceFirst("\\.$|\\.(?=[eE])", ""));
        return number.scale() == 0 ? JsonNodeFactory.instance.numberNode(number.toBigInteger())
                : new JsonNodeFactory(true).numberNode(number);
    }
}
