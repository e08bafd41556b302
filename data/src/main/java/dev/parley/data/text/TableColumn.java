package dev.parley.data.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** The documents of a table of separated values: a column that its head line names. */
record TableColumn(char separator, String field, TextSink sink) {

    private static final int LONGEST_ROW = 1 << 26;

    void read(InputStream in) throws IOException {
        var strict = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        var table = new SeparatedValues(new InputStreamReader(in, strict), separator, LONGEST_ROW);
        try {
            read(table);
        } catch (CharacterCodingException e) {
            sink.bad(table.line(), Utf8Text.FAULT);
        }
    }

    private void read(SeparatedValues table) throws IOException {
        var head = table.next();
        if (head.isEmpty() || isBad(head.get())) return;
        var names = head.get().cells();
        var column = names.indexOf(field);
        if (column < 0) {
            sink.bad(1, "there is no column \"" + field + "\"; its columns are " + String.join(", ", names));
            return;
        }
        for (var next = table.next(); next.isPresent(); next = table.next()) {
            var row = next.get();
            if (isBad(row)) continue;
            if (row.cells().size() != names.size())
                sink.bad(row.line(), "this row has " + row.cells().size() + " cells instead of " + names.size());
            else sink.document(row.cells().get(column), row.line());
        }
    }

    private boolean isBad(SeparatedValues.Row row) {
        row.fault().ifPresent(fault -> sink.bad(row.line(), switch (fault) {
            case OPEN_QUOTES -> "the quotes that begin here never end";
            case TOO_LONG -> "the row is longer than " + (LONGEST_ROW >> 20) + " million characters";
            case TOO_MANY_CELLS -> "the row has more than " + SeparatedValues.MOST_CELLS + " cells";
        }));
        return row.fault().isPresent();
    }
}
