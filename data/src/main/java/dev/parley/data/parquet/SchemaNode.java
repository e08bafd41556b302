package dev.parley.data.parquet;

import dev.parley.data.parquet.CompactThrift.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A field of a table: a column, or a group of fields.
 *
 * @param type of a column's values, Parquet's number; -1 for a group
 * @param isText whether its bytes are text
 * @param definition level from which on it is there
 * @param repetition level of its next element, where it is repeated; else that of the list around
 * @param column number of its column, or of the first below it
 */
record SchemaNode(String name, Use use, int type, int length, boolean isText, boolean isList, int definition, int repetition, int column,
        List<SchemaNode> children) {

    enum Use { REQUIRED, OPTIONAL, REPEATED }

    private static final int UTF8 = 0;
    private static final int LIST = 3;
    private static final int ENUM = 4;
    private static final int JSON = 19;

    boolean isColumn() {
        return children.isEmpty();
    }

    /** All columns below, in order. */
    List<SchemaNode> columns() {
        if (isColumn()) return List.of(this);
        return children.stream().flatMap(c -> c.columns().stream()).toList();
    }

    /** A table with these of its fields; all if none is named. */
    SchemaNode only(Set<String> names) {
        if (names.isEmpty()) return this;
        var kept = children.stream().filter(child -> names.contains(child.name())).toList();
        if (kept.isEmpty()) {
            throw new ParquetException("there is no column " + String.join(", ", names) + "; its columns are "
                    + children.stream().limit(20).map(SchemaNode::name).collect(Collectors.joining(", ")));
        }
        return new SchemaNode(name, use, type, length, isText, isList, definition, repetition, column, kept);
    }

    /** The whole table, of the footer's list of fields. */
    static SchemaNode of(List<Fields> elements) {
        if (elements.isEmpty()) throw new ParquetException("its footer names no columns");
        return new Reader(elements).read(0, 0, true);
    }

    private static final class Reader {

        private final List<Fields> elements;
        private int next;
        private int columns;

        Reader(List<Fields> elements) {
            this.elements = elements;
        }

        SchemaNode read(int definition, int repetition, boolean root) {
            if (next == elements.size()) throw new ParquetException("its footer is cut off");
            var element = elements.get(next++);
            var use = root ? Use.REQUIRED : Use.values()[element.small(3, 0)];
            if (use != Use.REQUIRED) definition++;
            if (use == Use.REPEATED) repetition++;
            var converted = element.small(6, -1);
            var logical = element.fields(10);
            var first = columns;
            var children = new ArrayList<SchemaNode>();
            var n = element.small(5, 0);
            if (n == 0) columns++;
            for (int i = 0; i < n; i++) children.add(read(definition, repetition, false));
            var text = converted == UTF8 || converted == ENUM || converted == JSON || logical.has(1) || logical.has(4) || logical.has(12);
            return new SchemaNode(element.text(4), use, n > 0 ? -1 : element.small(1, -1), element.small(2, 0), text,
                    converted == LIST || logical.has(3), definition, repetition, first, children);
        }
    }
}
