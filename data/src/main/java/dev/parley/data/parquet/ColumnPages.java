package dev.parley.data.parquet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.data.parquet.CompactThrift.Fields;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** A column of a group of rows: for each value its levels, and those values that are there. */
final class ColumnPages {

    private static final int LARGEST_PAGE = 1 << 28;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final SchemaNode column;
    private final int codec;
    private final List<JsonNode> dictionary = new ArrayList<>();
    private final List<int[]> repetitions = new ArrayList<>();
    private final List<int[]> definitions = new ArrayList<>();
    private final List<JsonNode> values = new ArrayList<>();

    private int[] repetition = {};
    private int[] definition = {};
    private int at;
    private int value;

    /** @param count of values, those that are not there included */
    ColumnPages(SchemaNode column, ByteBuffer in, int codec, long count) {
        this.column = column;
        this.codec = codec;
        for (long read = 0; read < count;) {
            var header = new CompactThrift(in).structure();
            int packed = header.small(3, 0), size = header.small(2, 0);
            if (packed < 0 || packed > in.remaining() || size < 0 || size > LARGEST_PAGE) throw new ParquetException("a page is damaged");
            var page = new byte[packed];
            in.get(page);
            switch (header.small(1, -1)) {
                case 0 -> read += first(header.fields(5), decompressed(page, size));
                case 2 -> plain(buffer(decompressed(page, size)), header.fields(7).small(1, 0), dictionary);
                case 3 -> read += second(header.fields(8), page, size);
                default -> {} // an index page
            }
        }
        repetition = repetitions.stream().flatMapToInt(Arrays::stream).toArray();
        definition = definitions.stream().flatMapToInt(Arrays::stream).toArray();
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] decompressed(byte[] page, int size) {
        return switch (codec) {
            case 0 -> page;
            case 1 -> Snappy.decompress(page, size);
            case 2 -> {
                try (var zip = new GZIPInputStream(new ByteArrayInputStream(page))) {
                    yield zip.readNBytes(size);
                } catch (IOException e) {
                    throw new ParquetException("a page is damaged");
                }
            }
            default -> throw new ParquetException("its pages are compressed by " + (codec == 6 ? "Zstandard" : "codec " + codec)
                    + ", which is not read here; write it anew with Snappy or gzip");
        };
    }

    /** A page of the first version: both levels before the values, each with its length. */
    private int first(Fields header, byte[] page) {
        var n = header.small(1, 0);
        var in = buffer(page);
        repetitions.add(levels(in, column.repetition(), n));
        definitions.add(levels(in, column.definition(), n));
        values(in, header.small(2, 0));
        return n;
    }

    private static int[] levels(ByteBuffer in, int most, int n) {
        if (most == 0) return new int[n];
        var length = in.getInt();
        var levels = Levels.read(in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN), bits(most), n);
        in.position(in.position() + length);
        return levels;
    }

    private static int bits(int most) {
        return 32 - Integer.numberOfLeadingZeros(most);
    }

    /** A page of the second version: its levels are never compressed, and their lengths are in the header. */
    private int second(Fields header, byte[] page, int size) {
        int n = header.small(1, 0), definitionBytes = header.small(5, 0), repetitionBytes = header.small(6, 0);
        var levels = definitionBytes + repetitionBytes;
        var in = buffer(page);
        repetitions.add(column.repetition() == 0 ? new int[n] : Levels.read(in.slice(0, repetitionBytes), bits(column.repetition()), n));
        definitions.add(column.definition() == 0 ? new int[n]
                : Levels.read(in.slice(repetitionBytes, definitionBytes), bits(column.definition()), n));
        var rest = Arrays.copyOfRange(page, levels, page.length);
        values(buffer(header.truth(7, true) ? decompressed(rest, size - levels) : rest), header.small(4, 0));
        return n;
    }

    private void values(ByteBuffer in, int encoding) {
        var n = (int) Arrays.stream(definitions.getLast()).filter(d -> d == column.definition()).count();
        if (n == 0) return;
        switch (encoding) {
            case 0 -> plain(in, n, values);
            case 2, 8 -> {
                for (var place : Levels.read(in, in.get(), n)) values.add(dictionary.get(place));
            }
            case 3 -> { // booleans
                in.getInt();
                for (var truth : Levels.read(in, 1, n)) values.add(JSON.booleanNode(truth == 1));
            }
            default -> throw new ParquetException("the column " + column.name() + " is written by encoding " + encoding
                    + ", which is not read here; write it anew without delta encodings");
        }
    }

    private void plain(ByteBuffer in, int n, List<JsonNode> into) {
        if (column.type() == 0) {
            for (int i = 0; i < n; i++) into.add(JSON.booleanNode((in.get(in.position() + i / 8) >>> i % 8 & 1) == 1));
            return;
        }
        for (int i = 0; i < n; i++) into.add(switch (column.type()) {
            case 1 -> JSON.numberNode(in.getInt());
            case 2 -> JSON.numberNode(in.getLong());
            case 4 -> JSON.numberNode((double) in.getFloat());
            case 5 -> JSON.numberNode(in.getDouble());
            case 6 -> bytes(in, in.getInt());
            case 7 -> bytes(in, column.length());
            default ->
                throw new ParquetException("the column " + column.name() + " is of type " + column.type() + ", which is not read here");
        });
    }

    private JsonNode bytes(ByteBuffer in, int n) {
        if (n < 0 || n > in.remaining()) throw new ParquetException("a page is damaged");
        var bytes = new byte[n];
        in.get(bytes);
        return column.isText() ? JSON.textNode(new String(bytes, StandardCharsets.UTF_8)) : JSON.binaryNode(bytes);
    }

    // ---- going through ----

    boolean hasNext() {
        return at < definition.length;
    }

    int repetition() {
        return at < repetition.length ? repetition[at] : -1;
    }

    int definition() {
        return definition[at];
    }

    /** Goes on, and gives the value, null where it is not there. */
    JsonNode next() {
        return definition[at++] == column.definition() ? values.get(value++) : JSON.nullNode();
    }
}
