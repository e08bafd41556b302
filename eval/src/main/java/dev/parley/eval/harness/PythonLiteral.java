package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigInteger;
import java.util.Optional;

/** Reads what Python prints of lists, tuples, dicts, strings, numbers, booleans and None, as {@code ast.literal_eval} does. */
final class PythonLiteral {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int DEEPEST = 100;

    private final String text;
    private int at;
    private int depth;

    private PythonLiteral(String text) {
        this.text = text;
    }

    /** What went wrong; never leaves this class. */
    private static final class NoLiteral extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** The value, if the text is a literal. */
    static Optional<JsonNode> parse(String text) {
        var reader = new PythonLiteral(text);
        try {
            var value = reader.value();
            reader.space();
            return reader.at == text.length() ? Optional.of(value) : Optional.empty();
        } catch (NoLiteral e) {
            return Optional.empty();
        }
    }

    private void space() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
    }

    private boolean take(char c) {
        space();
        if (at == text.length() || text.charAt(at) != c) return false;
        at++;
        return true;
    }

    private JsonNode value() {
        if (++depth > DEEPEST) throw new NoLiteral();
        space();
        if (at == text.length()) throw new NoLiteral();
        var c = text.charAt(at);
        var value = switch (c) {
            case '[' -> items(']');
            case '(' -> items(')');
            case '{' -> entries();
            case '\'', '"' -> JSON.textNode(strings());
            default -> word();
        };
        depth--;
        return value;
    }

    private JsonNode items(char end) {
        at++;
        var items = JSON.arrayNode();
        var comma = false;
        while (!take(end)) {
            if (!items.isEmpty() && !comma) throw new NoLiteral();
            items.add(value());
            comma = take(',');
        }
        return end == ')' && items.size() == 1 && !comma ? items.get(0) : items;
    }

    private JsonNode entries() {
        at++;
        var entries = JSON.objectNode();
        var comma = true;
        while (!take('}')) {
            if (!comma) throw new NoLiteral();
            var key = value();
            if (!take(':')) throw new NoLiteral();
            entries.set(key.asText(), value());
            comma = take(',');
        }
        return entries;
    }

    /** Strings that stand side by side are one. */
    private String strings() {
        var all = new StringBuilder();
        while (at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"')) {
            string(all);
            space();
        }
        return all.toString();
    }

    private void string(StringBuilder into) {
        var quote = text.charAt(at++);
        while (true) {
            if (at >= text.length() || text.charAt(at) == '\n') throw new NoLiteral();
            var c = text.charAt(at++);
            if (c == quote) return;
            if (c == '\\') escape(into);
            else into.append(c);
        }
    }

    private void escape(StringBuilder into) {
        if (at == text.length()) throw new NoLiteral();
        var c = text.charAt(at++);
        switch (c) {
            case 'n' -> into.append('\n');
            case 't' -> into.append('\t');
            case 'r' -> into.append('\r');
            case '0' -> into.append('\0');
            case 'a' -> into.append('\u0007');
            case 'b' -> into.append('\b');
            case 'f' -> into.append('\f');
            case 'v' -> into.append('\u000b');
            case '\n' -> {}
            case '\\', '\'', '"' -> into.append(c);
            case 'x' -> code(into, 2);
            case 'u' -> code(into, 4);
            case 'U' -> code(into, 8);
            default -> into.append('\\').append(c);
        }
    }

    private void code(StringBuilder into, int digits) {
        if (at + digits > text.length()) throw new NoLiteral();
        try {
            into.appendCodePoint(Integer.parseInt(text.substring(at, at + digits), 16));
        } catch (IllegalArgumentException e) {
            throw new NoLiteral();
        }
        at += digits;
    }

    private JsonNode word() {
        var from = at;
        while (at < text.length() && ",:]}) \t\n".indexOf(text.charAt(at)) < 0) at++;
        var word = text.substring(from, at).replaceAll("(?<=\\d)_(?=\\d)", "");
        if (word.matches("[-+]?(0|[1-9]\\d*|0+)")) return JSON.numberNode(new BigInteger(word.startsWith("+") ? word.substring(1) : word));
        if (word.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) return JSON.numberNode(Double.parseDouble(word));
        return switch (word) {
            case "True" -> JSON.booleanNode(true);
            case "False" -> JSON.booleanNode(false);
            case "None" -> JSON.nullNode();
            default -> throw new NoLiteral();
        };
    }

    /** A list as Python prints it; of a single text, or of what is no list, nothing. */
    static Optional<ArrayNode> list(String text) {
        return parse(text).filter(JsonNode::isArray).map(ArrayNode.class::cast);
    }
}
