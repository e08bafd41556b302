package dev.parley.jinja;

import dev.parley.jinja.Value.Bool;
import dev.parley.jinja.Value.Dict;
import dev.parley.jinja.Value.Int;
import dev.parley.jinja.Value.None;
import dev.parley.jinja.Value.Real;
import dev.parley.jinja.Value.Seq;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * JSON as Python's json.dumps writes it, with the four settings that transformers gives to tojson.
 *
 * @param indent white space of one level; empty for all on one line
 * @param pretty whether each element has a line of its own
 */
record JsonText(Budget budget, boolean asciiOnly, boolean pretty, Text indent, Text itemSeparator, Text keySeparator, boolean sortKeys) {

    Text write(Value value) {
        var out = new TextBuilder(budget);
        write(value, 0, out);
        return out.build();
    }

    private void write(Value value, int level, TextBuilder out) {
        budget.step();
        switch (value) {
            case None n -> out.add("null");
            case Bool b -> out.add(b == Bool.TRUE ? "true" : "false");
            case Int i -> out.add(i.value().toString());
            case Real r -> out.add(real(r.value()));
            case Text t -> out.add(quoted(t.chars()), t.source());
            case Seq s when s.kind() == Seq.Kind.LIST || s.isTuple() -> writeList(s.items(), level, out);
            case Dict d -> writeMap(sortKeys ? sorted(d) : List.copyOf(d.entries().values()), level, out);
            default -> throw new Fault("tojson cannot write a value of type " + value.type());
        }
    }

    private static String real(double value) {
        if (Double.isNaN(value)) return "NaN";
        if (Double.isInfinite(value)) return value > 0 ? "Infinity" : "-Infinity";
        return Printer.real(value);
    }

    private void writeList(List<Value> items, int level, TextBuilder out) {
        if (items.isEmpty()) {
            out.add("[]");
            return;
        }
        out.add("[");
        for (int i = 0; i < items.size(); i++) {
            between(i, level + 1, out);
            write(items.get(i), level + 1, out);
        }
        newLine(level, out);
        out.add("]");
    }

    private List<Dict.Entry> sorted(Dict map) {
        var python = new Python(budget);
        return map.entries().values().stream().sorted(Comparator.comparing(Dict.Entry::key, (a, b) -> python.compare(a, b, "<"))).toList();
    }

    private void writeMap(List<Dict.Entry> entries, int level, TextBuilder out) {
        if (entries.isEmpty()) {
            out.add("{}");
            return;
        }
        out.add("{");
        for (int i = 0; i < entries.size(); i++) {
            between(i, level + 1, out);
            writeKey(entries.get(i).key(), out);
            out.add(keySeparator);
            write(entries.get(i).value(), level + 1, out);
        }
        newLine(level, out);
        out.add("}");
    }

    private void writeKey(Value key, TextBuilder out) {
        switch (key) {
            case Text t -> write(t, 0, out);
            case Int i -> out.add("\"" + i.value() + "\"");
            case Bool b -> out.add(b == Bool.TRUE ? "\"true\"" : "\"false\"");
            case None n -> out.add("\"null\"");
            case Real r -> out.add("\"" + real(r.value()) + "\"");
            default -> throw new Fault("tojson cannot write a key of type " + key.type());
        }
    }

    private void between(int index, int level, TextBuilder out) {
        if (index > 0) out.add(itemSeparator);
        newLine(level, out);
    }

    private void newLine(int level, TextBuilder out) {
        if (!pretty) return;
        out.add("\n");
        for (int i = 0; i < level; i++) out.add(indent);
    }

    private String quoted(String text) {
        var out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c < ' ' || asciiOnly && c > '~') out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    else out.append(c);
                }
            }
        }
        return out.append('"').toString();
    }
}
