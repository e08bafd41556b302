package dev.parley.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** JSON as Python's json.dumps writes it. */
final class PythonJson {

    private final boolean ascii;
    private final int indent; // below 0 for one line
    private final String between;
    private final String afterKey;
    private final boolean sorted;

    PythonJson(boolean ascii, int indent, String between, String afterKey, boolean sorted) {
        this.ascii = ascii;
        this.indent = indent;
        this.between = between;
        this.afterKey = afterKey;
        this.sorted = sorted;
    }

    String write(Object value) {
        var out = new StringBuilder();
        write(value, out, 0);
        return out.toString();
    }

    private void write(Object value, StringBuilder out, int depth) {
        if (depth > 100) throw new TemplateException("what tojson writes is nested deeper than 100.");
        switch (value) {
            case null -> out.append("null");
            case Boolean b -> out.append(b);
            case Long n -> out.append(n);
            case Double x -> out.append(Double.isNaN(x) ? "NaN" : Double.isInfinite(x) ? x > 0 ? "Infinity" : "-Infinity" : Values.number(x));
            case String s -> quoted(s, out);
            case List<?> list -> list(list, out, depth);
            case Map<?, ?> map -> map(sorted ? new TreeMap<>(map) : map, out, depth);
            default -> throw new TemplateException(Values.kind(value) + " cannot be written as JSON.");
        }
    }

    private void list(List<?> list, StringBuilder out, int depth) {
        out.append('[');
        var first = true;
        for (var item : list) {
            separate(out, first, depth + 1);
            first = false;
            write(item, out, depth + 1);
        }
        if (!first) line(out, depth);
        out.append(']');
    }

    private void map(Map<?, ?> map, StringBuilder out, int depth) {
        out.append('{');
        var first = true;
        for (var entry : map.entrySet()) {
            separate(out, first, depth + 1);
            first = false;
            quoted(switch (entry.getKey()) {
                case null -> "null";
                case Boolean b -> b.toString();
                case Object k -> Values.text(k);
            }, out);
            out.append(afterKey);
            write(entry.getValue(), out, depth + 1);
        }
        if (!first) line(out, depth);
        out.append('}');
    }

    private void separate(StringBuilder out, boolean first, int depth) {
        if (!first) out.append(indent < 0 ? between : between.stripTrailing());
        line(out, depth);
    }

    private void line(StringBuilder out, int depth) {
        if (indent >= 0) out.append('\n').append(" ".repeat(indent * depth));
    }

    private void quoted(String s, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < s.length(); i++) {
            var c = s.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 32 || ascii && c > 126) out.append(String.format("\\u%04x", (int) c));
                    else out.append(c);
                }
            }
        }
        out.append('"');
    }
}
