package dev.parley.assist.automation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.data.text.SeparatedValues;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@link SeparatedValues} with a head line. The separator of a .csv is that of comma, semicolon and tab which the head line has most
 * of.
 */
final class CsvReader implements Table.Reader {

    private final Path file;
    private final BufferedReader in;
    private final SeparatedValues table;
    private final List<String> columns;
    private long number;

    CsvReader(Path file, BufferedReader in, boolean tabs) throws IOException {
        this.file = file;
        this.in = in;
        table = new SeparatedValues(in, tabs ? '\t' : separator(in), LONGEST_ROW);
        var head = table.next().orElseThrow(() -> new TableException(file + " is empty; its first line names the columns."));
        if (head.fault().isPresent()) throw new TableException(file + ", line 1: " + fault(head));
        columns = names(head.cells());
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

    @Override
    public Optional<TableRow> next() {
        try {
            return table.next().map(this::row);
        } catch (IOException e) {
            throw Table.fault(file, e, table.line());
        }
    }

    private TableRow row(SeparatedValues.Row read) {
        number++;
        var cells = JsonNodeFactory.instance.objectNode();
        if (read.fault().isPresent()) return new TableRow(number, read.line(), cells, Optional.of(fault(read)));
        if (read.cells().size() != columns.size()) {
            return new TableRow(number, read.line(), cells,
                    Optional.of("It has " + read.cells().size() + " cells, and the head line has " + columns.size() + "."));
        }
        for (int i = 0; i < columns.size(); i++) cells.put(columns.get(i), read.cells().get(i));
        return TableRow.of(number, read.line(), cells);
    }

    private static String fault(SeparatedValues.Row row) {
        return switch (row.fault().orElseThrow()) {
            case OPEN_QUOTES -> "A quote is opened in it and never closed.";
            case TOO_LONG -> "It has " + row.characters() + " characters; " + LONGEST_ROW + " are allowed. Is a quote left open?";
            case TOO_MANY_CELLS -> "It has more than " + SeparatedValues.MOST_CELLS + " cells.";
        };
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw Table.fault(file, e, table.line());
        }
    }
}
