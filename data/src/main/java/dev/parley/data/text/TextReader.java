package dev.parley.data.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.data.parquet.ParquetException;
import dev.parley.data.parquet.ParquetFile;
import dev.parley.files.FileFault;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Reads the documents of text files one after the other, whatever their size: plain text, JSON, tables of separated values and Parquet,
 * packed by gzip or Zstandard or not.
 *
 * <pre>{@code
 * var reader = new TextReader(InputFiles.find(List.of("corpus")), TextReader.Options.usual());
 * reader.read(document -> System.out.println(document.place() + " " + document.text()));
 * }</pre>
 */
public final class TextReader {

    /**
     * How files are read.
     *
     * @param textField the field, or column, that holds the text
     * @param division what a document is in a file of plain text
     * @param skipBad whether bad lines are counted and passed over, instead of ending the work
     */
    public record Options(String textField, Division division, boolean skipBad) {

        /** The field {@code text}, a file of plain text as one document, and the first bad line as an error. */
        public static Options usual() {
            return new Options("text", new Division.WholeFile(), false);
        }

        /** The same with another field. */
        public Options withTextField(String name) {
            return new Options(name, division, skipBad);
        }

        /** The same with another division. */
        public Options withDivision(Division other) {
            return new Options(textField, other, skipBad);
        }

        /** The same, bad lines counted or refused. */
        public Options withSkipBad(boolean skip) {
            return new Options(textField, division, skip);
        }
    }

    private final List<Path> files;
    private final Options options;
    private final BadLines bad;
    private final AtomicLong bytesRead = new AtomicLong();

    /** Reads nothing yet. */
    public TextReader(List<Path> files, Options options) {
        this.files = List.copyOf(files);
        this.options = options;
        this.bad = new BadLines(options.skipBad());
    }

    /** Bytes of all files, as they lie on the disk. */
    public long bytes() throws IOException {
        var sum = 0L;
        for (var file : files) sum += Files.size(file);
        return sum;
    }

    /** How many of these have been read; another thread may ask. */
    public long bytesRead() {
        return bytesRead.get();
    }

    /** What could not be read so far. */
    public BadLines bad() {
        return bad;
    }

    /**
     * Hands over each document, in order.
     *
     * @throws IllegalArgumentException naming file, line and fault of what cannot be read
     */
    public void read(Consumer<TextDocument> onDocument) throws IOException {
        for (var file : files) read(file, onDocument);
    }

    private void read(Path file, Consumer<TextDocument> onDocument) throws IOException {
        var sink = new FileSink(file, onDocument);
        var before = bytesRead.get();
        try {
            if (TextFormat.of(file).orElse(TextFormat.PLAIN) == TextFormat.PARQUET) parquet(file, sink);
            else stream(file, sink);
        } catch (IOException e) {
            sink.bad(sink.line, "the file cannot be read on: " + FileFault.reason(e));
        }
        bytesRead.set(before + Files.size(file));
    }

    private void stream(Path file, TextSink sink) throws IOException {
        try (var raw = new Counted(Files.newInputStream(file)); var in = Unpacking.of(raw)) {
            switch (TextFormat.of(file).orElse(TextFormat.PLAIN)) {
                case PLAIN -> new PlainText(options.division(), sink).read(in);
                case JSON_LINES -> new JsonText(options.textField(), sink).readLines(in);
                case JSON -> new JsonText(options.textField(), sink).readList(in);
                case CSV -> new TableColumn(',', options.textField(), sink).read(in);
                case TSV -> new TableColumn('\t', options.textField(), sink).read(in);
                case PARQUET -> throw new IllegalStateException("Parquet is no stream.");
            }
        }
    }

    private void parquet(Path file, FileSink sink) throws IOException {
        try {
            ParquetFile.read(file, Set.of(options.textField()), bytesRead::addAndGet, row -> row(row, sink));
        } catch (ParquetException e) {
            sink.bad(sink.line + 1, e.getMessage());
        }
    }

    private void row(ObjectNode row, FileSink sink) {
        var text = row.path(options.textField());
        if (text.isTextual()) sink.document(text.asText(), sink.line + 1);
        else sink.bad(++sink.line, "its \"" + options.textField() + "\" is no text");
    }

    /** Documents and faults of one file, with its name. */
    private final class FileSink implements TextSink {

        private final Path file;
        private final Consumer<TextDocument> onDocument;
        private long line;

        FileSink(Path file, Consumer<TextDocument> onDocument) {
            this.file = file;
            this.onDocument = onDocument;
        }

        @Override
        public void document(String text, long line) {
            this.line = line;
            onDocument.accept(new TextDocument(text, file, line));
        }

        @Override
        public void bad(long line, String fault) {
            bad.add(file, line, fault);
        }
    }

    /** Counts what is read of a file. */
    private final class Counted extends FilterInputStream {

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            var b = super.read();
            if (b >= 0) bytesRead.incrementAndGet();
            return b;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            var n = super.read(into, from, length);
            if (n > 0) bytesRead.addAndGet(n);
            return n;
        }
    }
}
