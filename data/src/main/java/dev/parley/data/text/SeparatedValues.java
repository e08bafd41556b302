package dev.parley.data.text;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rows of a table of separated values, as RFC 4180 writes them: a cell in quotes may hold separators, line ends and doubled quotes. Every
 * cell is text, so that 007 stays 007. What is too long is read over and not kept.
 *
 * <pre>{@code
 * var table = new SeparatedValues(reader, ',', 1 << 20);
 * var names = table.next().orElseThrow().cells();
 * for (var row = table.next(); row.isPresent(); row = table.next()) System.out.println(row.get().line() + ": " + row.get().cells());
 * }</pre>
 */
public final class SeparatedValues {

    /** Cells of a row at most. */
    public static final int MOST_CELLS = 1 << 16;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final Reader in;
    private final char separator;
    private final int longestRow;
    private final char[] buffer = new char[1 << 15];
    private int at;
    private int filled;
    private boolean begun;
    private long line = 1;

    /** What is wrong with a row. */
    public enum Fault {
        /** Quotes begin in it that end nowhere in the file. */
        OPEN_QUOTES,
        /** It has more characters than are allowed. */
        TOO_LONG,
        /** It has more than {@value #MOST_CELLS} cells. */
        TOO_MANY_CELLS
    }

    /**
     * A row.
     *
     * @param line in which it begins, or the quotes that end nowhere; counted from 1
     * @param cells as far as they were kept
     * @param characters all that it has
     */
    public record Row(long line, List<String> cells, Optional<Fault> fault, long characters) {

        boolean isBlank() {
            return cells.size() == 1 && cells.getFirst().isEmpty() && fault.isEmpty();
        }
    }

    /**
     * The rows of a text.
     *
     * @param in which the caller closes
     * @param longestRow characters of a row at most
     */
    public SeparatedValues(Reader in, char separator, int longestRow) {
        this.in = in;
        this.separator = separator;
        this.longestRow = longestRow;
    }

    /** The line that is read next, counted from 1. */
    public long line() {
        return line;
    }

    /** The next row that is not blank; empty at the end. */
    public Optional<Row> next() throws IOException {
        while (peek() >= 0) {
            var row = row();
            if (!row.isBlank()) return Optional.of(row);
        }
        return Optional.empty();
    }

    private Row row() throws IOException {
        var begun = line;
        var cells = new ArrayList<String>();
        var cell = new StringBuilder();
        var length = 0L;
        while (true) {
            if (peek() == '"') {
                var opened = line;
                read();
                for (int c = read(); c != '"' || peek() == '"'; c = read()) {
                    if (c < 0) return new Row(opened, List.of(), Optional.of(Fault.OPEN_QUOTES), length);
                    if (c == '"') read();
                    if (++length <= longestRow) cell.append((char) c);
                }
            }
            var c = read();
            for (; c >= 0 && c != separator && c != '\n' && c != '\r'; c = read()) {
                if (++length <= longestRow) cell.append((char) c);
            }
            if (cells.size() <= MOST_CELLS) cells.add(cell.toString());
            cell.setLength(0);
            if (c == separator) continue;
            if (c == '\r' && peek() == '\n') read();
            return new Row(begun, cells, fault(length, cells.size()), length);
        }
    }

    private Optional<Fault> fault(long length, int cells) {
        if (length > longestRow) return Optional.of(Fault.TOO_LONG);
        return cells > MOST_CELLS ? Optional.of(Fault.TOO_MANY_CELLS) : Optional.empty();
    }

    private int peek() throws IOException {
        if (at == filled) {
            at = 0;
            filled = Math.max(0, in.read(buffer));
            if (filled == 0) return -1;
            if (!begun && buffer[0] == BYTE_ORDER_MARK) at++;
            begun = true;
            return peek();
        }
        return buffer[at];
    }

    private int read() throws IOException {
        var c = peek();
        if (c < 0) return c;
        at++;
        if (c == '\n' || c == '\r' && peek() != '\n') line++;
        return c;
    }
}
