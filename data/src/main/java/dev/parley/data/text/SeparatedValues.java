package dev.parley.data.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Tables of separated values with a head line, as RFC 4180 writes them: cells in quotes may hold separators and line breaks. */
final class SeparatedValues {

    private static final int LONGEST_ROW = 1 << 26;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final char separator;
    private final String field;
    private final TextSink sink;
    private final List<String> row = new ArrayList<>();
    private final char[] buffer = new char[1 << 15];
    private InputStreamReader reader;
    private int at;
    private int filled;
    private int pushedBack = -1;
    private long line = 1;
    private long begun = 1;
    private long length;

    SeparatedValues(char separator, String field, TextSink sink) {
        this.separator = separator;
        this.field = field;
        this.sink = sink;
    }

    void read(InputStream in) throws IOException {
        var strict = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        reader = new InputStreamReader(in, strict);
        try {
            if (!readRow()) return;
            if (!row.getFirst().isEmpty() && row.getFirst().charAt(0) == BYTE_ORDER_MARK) row.set(0, row.getFirst().substring(1));
            var names = List.copyOf(row);
            var column = names.indexOf(field);
            if (column < 0) {
                sink.bad(1, "there is no column \"" + field + "\"; its columns are " + String.join(", ", names));
                return;
            }
            while (readRow()) {
                if (row.size() == 1 && row.getFirst().isEmpty()) continue; // a blank line
                if (row.size() != names.size()) sink.bad(begun, "this row has " + row.size() + " cells instead of " + names.size());
                else sink.document(row.get(column), begun);
            }
        } catch (CharacterCodingException e) {
            sink.bad(line, Utf8Text.FAULT);
        } catch (EndlessCell e) {
            sink.bad(e.line, e.getMessage());
        }
    }

    /** A cell that ends neither its quotes nor its row; nothing after it can be trusted. */
    private static final class EndlessCell extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final long line;

        EndlessCell(long line, String fault) {
            super(fault, null, false, false);
            this.line = line;
        }
    }

    private int next() throws IOException {
        if (pushedBack >= 0) {
            var c = pushedBack;
            pushedBack = -1;
            return c;
        }
        if (at == filled) {
            at = 0;
            filled = Math.max(0, reader.read(buffer));
            if (filled == 0) return -1;
        }
        return buffer[at++];
    }

    /** False at the end of the file. */
    private boolean readRow() throws IOException {
        row.clear();
        begun = line;
        length = 0;
        var first = next();
        if (first < 0) return false;
        pushedBack = first;
        while (cell()) {}
        return true;
    }

    /** Reads a cell; true if another follows in the row. */
    private boolean cell() throws IOException {
        var cell = new StringBuilder();
        var c = next();
        if (c == '"') {
            quoted(cell);
            c = next();
        }
        for (; c >= 0 && c != separator && c != '\n'; c = next()) {
            if (c == '\r') {
                c = next();
                if (c == '\n' || c < 0) break;
                cell.append('\r');
                if (c == separator) break;
            }
            append(cell, (char) c);
        }
        row.add(cell.toString());
        if (c == '\n') line++;
        return c == separator;
    }

    private void quoted(StringBuilder cell) throws IOException {
        var from = line;
        while (true) {
            var c = next();
            if (c < 0) throw new EndlessCell(from, "the quotes that begin here never end");
            if (c == '"') {
                var after = next();
                if (after != '"') {
                    pushedBack = after;
                    return;
                }
            }
            if (c == '\n') line++;
            append(cell, (char) c);
        }
    }

    private void append(StringBuilder cell, char c) {
        if (++length > LONGEST_ROW) throw new EndlessCell(begun, "the row is longer than " + (LONGEST_ROW >> 20) + " million characters");
        cell.append(c);
    }
}
