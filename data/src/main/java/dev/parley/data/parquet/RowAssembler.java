package dev.parley.data.parquet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Puts rows together of columns that are gone through side by side. */
final class RowAssembler {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ColumnPages[] columns;

    RowAssembler(ColumnPages[] columns) {
        this.columns = columns;
    }

    ObjectNode row(SchemaNode table) throws IOException {
        return group(table);
    }

    private ObjectNode group(SchemaNode node) throws IOException {
        var row = JSON.objectNode();
        for (var child : node.children()) row.set(child.name(), field(child));
        return row;
    }

    private JsonNode field(SchemaNode node) throws IOException {
        var first = columns[node.column()];
        if (node.use() == SchemaNode.Use.REPEATED) {
            var items = JSON.arrayNode();
            if (first.definition() < node.definition()) {
                skip(node);
                return items;
            }
            do items.add(item(node));
            while (first.hasNext() && first.repetition() == node.repetition());
            return items;
        }
        if (node.use() == SchemaNode.Use.OPTIONAL && first.definition() < node.definition()) {
            skip(node);
            return JSON.nullNode();
        }
        return content(node);
    }

    private JsonNode content(SchemaNode node) throws IOException {
        if (node.isColumn()) return columns[node.column()].next();
        // A list is written as a group of one repeated group, which is nothing by itself.
        if (node.isList() && node.children().size() == 1) return field(node.children().getFirst());
        return group(node);
    }

    /** An element: of the repeated group of a list its one field. */
    private JsonNode item(SchemaNode node) throws IOException {
        if (node.isColumn()) return columns[node.column()].next();
        return node.children().size() == 1 && (node.name().equals("list") || node.name().equals("bag") || node.name().equals("array"))
                ? field(node.children().getFirst())
                : group(node);
    }

    private void skip(SchemaNode node) throws IOException {
        for (var column : node.columns()) columns[column.column()].next();
    }
}
