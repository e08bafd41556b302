package dev.parley.data.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.data.parquet.ParquetException;
import dev.parley.data.parquet.ParquetFile;
import dev.parley.data.text.ByteLines;
import dev.parley.data.text.Unpacking;
import dev.parley.data.text.Utf8Text;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;

/** The JSON objects of a file, one after the other: one a line, an array of them, or the rows of a Parquet file. */
final class JsonRecords {

    private static final int LONGEST_LINE = 1 << 26;
    private static final int LONGEST_MARGIN = 1 << 12;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Sink sink;

    /** Hears of each record. */
    interface Sink {

        void record(Place place, JsonNode json);

        void fault(Place place, String what);
    }

    private JsonRecords(Path file, Sink sink) {
        this.file = file;
        this.sink = sink;
    }

    /** @throws IllegalArgumentException if the file is none of these at all */
    static void read(Path file, Sink sink) throws IOException {
        var records = new JsonRecords(file, sink);
        try (var raw = Files.newInputStream(file); var in = new BufferedInputStream(Unpacking.of(raw), 1 << 16)) {
            if (begins(in, "PAR1")) records.rows();
            else if (firstLetter(in) == '[') records.array(in);
            else records.lines(in);
        } catch (ZipException | EOFException e) {
            throw new IllegalArgumentException(file + " is damaged or cut off (" + e.getMessage() + ").");
        } catch (ParquetException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage() + ".");
        }
    }

    private static boolean begins(InputStream in, String magic) throws IOException {
        in.mark(magic.length());
        var bytes = in.readNBytes(magic.length());
        in.reset();
        return new String(bytes, StandardCharsets.ISO_8859_1).equals(magic);
    }

    /** The first that is neither white space nor of a byte order mark. */
    private static int firstLetter(InputStream in) throws IOException {
        in.mark(LONGEST_MARGIN);
        var first = in.read();
        for (int n = 1; n < LONGEST_MARGIN && (Character.isWhitespace(first) || first >= 0x80); n++) first = in.read();
        in.reset();
        return first;
    }

    private void rows() throws IOException {
        var number = new long[1];
        ParquetFile.read(file, row -> sink.record(new Place(file, "row", ++number[0]), row));
    }

    private void array(InputStream in) throws IOException {
        try (var parser = JSON.getFactory().createParser(in)) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() == null) throw new IllegalArgumentException(file + " is cut off: its array has no end.");
                var place = new Place(file, "line", parser.currentTokenLocation().getLineNr());
                sink.record(place, JSON.readTree(parser));
            }
        } catch (JsonProcessingException e) {
            var line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            sink.fault(new Place(file, "line", line), "this is not JSON (" + e.getOriginalMessage() + "), and what follows is not read");
        } catch (java.io.CharConversionException e) {
            sink.fault(new Place(file, "line", 1), Utf8Text.FAULT);
        }
    }

    private void lines(InputStream in) throws IOException {
        var lines = new ByteLines(in, LONGEST_LINE);
        while (lines.next()) {
            if (lines.isBlank()) continue;
            var place = new Place(file, "line", lines.number());
            if (lines.isCut()) {
                do lines.next();
                while (lines.isCut());
                sink.fault(place, "it is longer than " + (LONGEST_LINE >> 20) + " MiB");
                continue;
            }
            var text = Utf8Text.decode(lines.bytes(), lines.from(), lines.end());
            if (text.isEmpty()) sink.fault(place, Utf8Text.FAULT);
            else line(place, text.get());
        }
    }

    private void line(Place place, String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            sink.fault(place, "this is not JSON (" + e.getOriginalMessage() + ")");
            return;
        }
        sink.record(place, json);
    }
}
