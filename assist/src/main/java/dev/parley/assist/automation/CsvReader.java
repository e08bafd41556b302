package dev.parley.assist.automation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Reads CSV as RFC 4180 describes it: a cell in quotes may hold separators, line ends and doubled quotes. The separator is that of
 * comma, semicolon and tab which the head line has most of. Every cell is text, so that 007 stays 007.
 */
final class CsvReader implements Table.Reader {

    private static final int MOST_COLUMNS = 10_000;

    private final Path file;
    private final BufferedReader in;
    private final char separator;
    private final List<String> columns;
    private long line = 1;
    private long number;
    private int peeked = -2; // a character that was looked at, -1 at the end, -2 for none

    CsvReader(Path file, BufferedReader in, boolean tabs) throws IOException {
        this.file = file;
        this.in = in;
        separator = tabs ? '\t' : separator(in);
        var head = record();
        if (head.cells.isEmpty()) throw new TableException(file + " is empty; its first line names the columns.");
        if (head.fault.isPresent()) throw new TableException(file + ", line 1: " + head.fault.get());
        columns = names(head.cells);
    }

    private static char separator(BufferedReader in) throws IOException {
        in.mark(1 << 13);
        var counts = new int[128];
        var quoted = false;
        for (int i = 0, c; i < 1 << 12 && (c = in.read()) >= 0 && (quoted || c != '\n'); i++) {
            if (c == '"') quoted = !quoted;
            else if (!quoted && c < 128) counts[c]++;
        }
        in.reset();
        return counts[';'] > counts[','] && counts[';'] >= counts['\t'] ? ';' : counts['\t'] > counts[','] ? '\t' : ',';
    }

    private List<String> names(List<String> head) {
        var names = new ArrayList<String>();
        var seen = new HashSet<String>();
        for (var cell : head) {
            var name = cell.isBlank() ? "column" + (names.size() + 1) : cell.strip();
            if (!seen.add(name)) throw new TableException(file + " names the column " + name + " twice; give each another name.");
            names.add(name);
        }
        return List.copyOf(names);
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    /**
     * @param line in which it begins
     */
    private record Record(long line, List<String> cells, Optional<String> fault) {

        boolean isBlank() {
            return cells.size() == 1 && cells.getFirst().isEmpty();
        }
    }

    @Override
    public Optional<TableRow> next() {
        try {
            var read = record();
            while (read.isBlank()) read = record();
            var record = read;
            if (record.cells.isEmpty() && record.fault.isEmpty()) return Optional.empty();
            number++;
            var cells = JsonNodeFactory.instance.objectNode();
            var fault = record.fault.or(() -> ragged(record));
            if (fault.isPresent()) return Optional.of(new TableRow(number, record.line, cells, fault));
            for (int i = 0; i < columns.size(); i++) cells.put(columns.get(i), record.cells.get(i));
            return Optional.of(TableRow.of(number, record.line, cells));
        } catch (IOException e) {
            throw Table.fault(file, e, line);
        }
    }

    private Optional<String> ragged(Record record) {
        return record.cells.size() == columns.size() ? Optional.empty()
                : Optional.of("It has " + record.cells.size() + " cells, and the head line has " + columns.size() + ".");
    }

    /** The cells up to the end of a line; none at the end of the file. What is too long is read over, and kept no more. */
    private Record record() throws IOException {
        var begun = line;
        var cells = new ArrayList<String>();
        var cell = new StringBuilder();
        boolean quoted = false, closed = false;
        var length = 0L;
        if (peek() < 0) return new Record(begun, List.of(), Optional.empty());
        while (true) {
            var c = read();
            if (quoted) {
                if (c < 0) return new Record(begun, List.of(), Optional.of("A quote is opened in it and never closed."));
                if (c == '"' && peek() != '"') {
                    quoted = false;
                    closed = true;
                    continue;
                }
                if (c == '"') read();
            } else if (c == '"' && cell.isEmpty() && !closed) {
                quoted = true;
                continue;
            } else if (c == separator || c == '\n' || c == '\r' || c < 0) {
                if (c == '\r' && peek() == '\n') read();
                if (cells.size() < MOST_COLUMNS) cells.add(cell.toString());
                cell.setLength(0);
                closed = false;
                if (c != separator) break;
                continue;
            }
            if (++length <= LONGEST_ROW) cell.append((char) c);
        }
        return new Record(begun, cells, length <= LONGEST_ROW ? Optional.empty()
                : Optional.of("It has " + length + " characters; " + LONGEST_ROW + " are allowed. Is a quote left open?"));
    }

    private int peek() throws IOException {
        if (peeked == -2) peeked = in.read();
        return peeked;
    }

    private int read() throws IOException {
        var c = peek();
        peeked = -2;
        if (c == '\n' || c == '\r' && peek() != '\n') line++;
        return c;
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw Table.fault(file, e, line);
        }
    }
}
