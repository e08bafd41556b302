package dev.parley.assist.automation;

import dev.parley.files.FileFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A table in a file: CSV or TSV with a head line (RFC 4180), JSONL with an object in each line, or Parquet. Rows of
 * text are read one after the other, so that such a table may be larger than memory; a row that is wrong is told as such, and the next
 * is read.
 */
public final class Table {

    private enum Kind {
        CSV, TSV, JSON_LINES, PARQUET
    }

    private final Path file;
    private final Optional<Charset> encoding;
    private final Kind kind;
    private final List<String> columns;
    private final long rows;

    private Table(Path file, Optional<Charset> encoding, Kind kind) {
        this.file = file;
        this.encoding = encoding;
        this.kind = kind;
        var names = new LinkedHashSet<String>();
        var count = 0L;
        try (var reader = open()) {
            names.addAll(reader.columns());
            for (var row = reader.next(); row.isPresent(); row = reader.next()) {
                count++;
                row.get().cells().fieldNames().forEachRemaining(names::add);
            }
        }
        columns = List.copyOf(names);
        rows = count;
    }

    /**
     * Opens a table: finds its columns and counts its rows.
     *
     * @param encoding UTF-8, or UTF-16 where the file begins with its mark, if none is given
     * @throws TableException if it is of no known kind, has no columns, or its text cannot be read
     */
    public static Table open(Path file, Optional<Charset> encoding) {
        var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        var kind = name.substring(name.lastIndexOf('.') + 1);
        return switch (kind) {
            case "csv", "tsv" -> new Table(file, encoding, kind.equals("csv") ? Kind.CSV : Kind.TSV);
            case "jsonl", "ndjson" -> new Table(file, encoding, Kind.JSON_LINES);
            case "parquet" -> new Table(file, encoding, Kind.PARQUET);
            default -> throw new TableException(file + " has an unknown kind of table; .csv, .tsv, .jsonl and .parquet are read.");
        };
    }

    /** The file that it is in. */
    public Path file() {
        return file;
    }

    /** The columns, in the order of the file; of JSONL and Parquet those that any row has. */
    public List<String> columns() {
        return columns;
    }

    /** How many rows there are, with and without faults. */
    public long rows() {
        return rows;
    }

    /**
     * @throws TableException if there is no such column
     */
    void requireColumn(String name, String what) {
        if (!columns.contains(name))
            throw new TableException(what + " " + name + " is no column of " + file + ", which has " + named(columns) + ".");
    }

    static String named(Collection<String> names) {
        return String.join(", ", new ArrayList<>(names).subList(0, Math.min(30, names.size()))) + (names.size() > 30 ? ", …" : "");
    }

    /** Reads the rows from the first on. */
    Reader open() {
        try {
            return switch (kind) {
                case PARQUET -> new ParquetReader(file);
                case JSON_LINES -> new JsonLinesReader(file, TableText.open(file, encoding));
                case CSV, TSV -> new CsvReader(file, TableText.open(file, encoding), kind == Kind.TSV);
            };
        } catch (IOException e) {
            throw fault(file, e, 1);
        }
    }

    static RuntimeException fault(Path file, IOException e, long line) {
        return e instanceof CharacterCodingException
                ? new TableException(
                        file + " is not in the expected encoding near line " + line + "; name its own, as by --encoding GB18030.")
                : new UncheckedIOException(file + " cannot be read: " + FileFault.reason(e), e);
    }

    /** Reads rows, one after the other. */
    sealed interface Reader extends AutoCloseable permits CsvReader, JsonLinesReader, ParquetReader {

        /** Characters of a row at most. */
        int LONGEST_ROW = 1 << 22;

        /** Those of the head line; none where each row names its own. */
        List<String> columns();

        /** The next row, or empty at the end. */
        Optional<TableRow> next();

        @Override
        void close();
    }
}
