package dev.parley.assist.automation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.data.parquet.ParquetException;
import dev.parley.data.parquet.ParquetFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the rows of a Parquet file, which is read as a whole: its columns lie one after the other. */
final class ParquetReader implements Table.Reader {

    private final List<ObjectNode> rows = new ArrayList<>();
    private int next;

    ParquetReader(Path file) throws IOException {
        try {
            ParquetFile.read(file, rows::add);
        } catch (ParquetException e) {
            throw new TableException(file + " cannot be read: " + e.getMessage() + ".");
        }
    }

    @Override
    public List<String> columns() {
        return List.of();
    }

    @Override
    public Optional<TableRow> next() {
        return next == rows.size() ? Optional.empty() : Optional.of(TableRow.of(next + 1L, next + 1L, rows.get(next++)));
    }

    @Override
    public void close() {}
}
