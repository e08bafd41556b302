package dev.parley.data.parquet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The values of a column's pages, in the encodings of Parquet's format description. */
record ColumnValues(SchemaNode column, List<JsonNode> dictionary) {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    List<JsonNode> values(ByteBuffer in, int encoding, int n) {
        var values = new ArrayList<JsonNode>();
        if (n == 0) return values;
        switch (encoding) {
            case 0 -> plain(in, n, values);
            case 2, 8 -> {
                for (var place : Levels.read(in, in.get(), n)) values.add(dictionary.get(place));
            }
            case 3 -> { // booleans
                in.getInt();
                for (var truth : Levels.read(in, 1, n)) values.add(JSON.booleanNode(truth == 1));
            }
            case 5 -> { // delta binary packed
                for (var number : DeltaNumbers.read(in, n)) {
                    values.add(column.type() == 1 ? JSON.numberNode((int) number) : JSON.numberNode(number));
                }
            }
            case 6 -> { // delta length byte array
                for (var length : DeltaNumbers.read(in, n)) values.add(text(bytes(in, length)));
            }
            case 7 -> delta(in, n, values);
            default -> throw new ParquetException("the column " + column.name() + " is written by encoding " + encoding
                    + ", which is not read here; write it anew in plain encoding");
        }
        return values;
    }

    /** Delta byte array: each value begins with some bytes of the one before. */
    private void delta(ByteBuffer in, int n, List<JsonNode> into) {
        var shared = DeltaNumbers.read(in, n);
        var lengths = DeltaNumbers.read(in, n);
        var before = new byte[0];
        for (int i = 0; i < n; i++) {
            var rest = bytes(in, lengths[i]);
            if (shared[i] < 0 || shared[i] > before.length) throw new ParquetException("a page is damaged");
            var value = new byte[(int) shared[i] + rest.length];
            System.arraycopy(before, 0, value, 0, (int) shared[i]);
            System.arraycopy(rest, 0, value, (int) shared[i], rest.length);
            into.add(text(value));
            before = value;
        }
    }

    void plain(ByteBuffer in, int n, List<JsonNode> into) {
        if (column.type() == 0) {
            for (int i = 0; i < n; i++) into.add(JSON.booleanNode((in.get(in.position() + i / 8) >>> i % 8 & 1) == 1));
            return;
        }
        for (int i = 0; i < n; i++) into.add(switch (column.type()) {
            case 1 -> JSON.numberNode(in.getInt());
            case 2 -> JSON.numberNode(in.getLong());
            case 4 -> JSON.numberNode((double) in.getFloat());
            case 5 -> JSON.numberNode(in.getDouble());
            case 6 -> text(bytes(in, in.getInt()));
            case 7 -> text(bytes(in, column.length()));
            default ->
                throw new ParquetException("the column " + column.name() + " is of type " + column.type() + ", which is not read here");
        });
    }

    private static byte[] bytes(ByteBuffer in, long n) {
        if (n < 0 || n > in.remaining()) throw new ParquetException("a page is damaged");
        var bytes = new byte[(int) n];
        in.get(bytes);
        return bytes;
    }

    private JsonNode text(byte[] bytes) {
        return column.isText() ? JSON.textNode(new String(bytes, StandardCharsets.UTF_8)) : JSON.binaryNode(bytes);
    }
}
