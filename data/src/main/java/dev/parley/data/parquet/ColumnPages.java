package dev.parley.data.parquet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.data.parquet.CompactThrift.Fields;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A column of a group of rows, gone through value by value: the levels of each, and the value where there is one. */
final class ColumnPages {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final int MOST_VALUES = 1 << 24; // of a page, which usually holds 20,000

    private final SchemaNode column;
    private final ColumnValues reader;
    private final PageReader pages;
    private final List<JsonNode> dictionary = new ArrayList<>();
    private long left; // values of pages that are not read yet

    private int[] repetition = {};
    private int[] definition = {};
    private List<JsonNode> values = List.of();
    private int at;
    private int value;

    /** @param count of values, those that are not there included */
    ColumnPages(SchemaNode column, PageReader pages, long count) throws IOException {
        this.column = column;
        this.reader = new ColumnValues(column, dictionary);
        this.pages = pages;
        this.left = count;
        advance();
    }

    /** Reads the next page when this one is at its end. */
    private void advance() throws IOException {
        while (at == definition.length && left > 0) {
            var page = pages.next();
            at = 0;
            value = 0;
            definition = new int[0];
            switch (page.header().small(1, -1)) {
                case 0 -> first(page);
                case 2 -> {
                    var in = buffer(pages.unpacked(page.packed(), page.bytes()));
                    reader.plain(in, page.header().fields(7).small(1, 0), dictionary);
                }
                case 3 -> second(page);
                default -> {} // an index page
            }
            left -= definition.length;
        }
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A page of the first version: both levels before the values, each with its length. */
    private void first(PageReader.Page page) {
        var header = page.header().fields(5);
        var n = count(header);
        var in = buffer(pages.unpacked(page.packed(), page.bytes()));
        repetition = levels(in, column.repetition(), n);
        definition = levels(in, column.definition(), n);
        values = reader.values(in, header.small(2, 0), present());
    }

    /** @return at least 1, so that a damaged file has an end, and not more than the column has left */
    private int count(Fields header) {
        var n = header.small(1, 0);
        if (n < 1 || n > Math.min(left, MOST_VALUES)) throw new ParquetException("a page is damaged");
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
    private void second(PageReader.Page page) {
        var header = page.header().fields(8);
        int n = count(header), definitionBytes = header.small(5, 0), repetitionBytes = header.small(6, 0);
        var levels = definitionBytes + repetitionBytes;
        var in = buffer(page.packed());
        repetition = column.repetition() == 0 ? new int[n] : Levels.read(in.slice(0, repetitionBytes), bits(column.repetition()), n);
        definition = column.definition() == 0 ? new int[n]
                : Levels.read(in.slice(repetitionBytes, definitionBytes), bits(column.definition()), n);
        var rest = Arrays.copyOfRange(page.packed(), levels, page.packed().length);
        values = reader.values(buffer(header.truth(7, true) ? pages.unpacked(rest, page.bytes() - levels) : rest), header.small(4, 0),
                present());
    }

    private int present() {
        return (int) Arrays.stream(definition).filter(d -> d == column.definition()).count();
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
    JsonNode next() throws IOException {
        JsonNode node = definition[at++] == column.definition() ? values.get(value++) : JSON.nullNode();
        advance();
        return node;
    }
}
