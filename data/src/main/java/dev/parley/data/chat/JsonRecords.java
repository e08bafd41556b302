package dev.parley.data.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.data.parquet.ParquetException;
import dev.parley.data.parquet.ParquetFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The JSON objects of a file, one after the other: one a line, an array of them, or the rows of a Parquet file. */
final class JsonRecords {

    private static final int LONGEST_LINE = 64 << 20;
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
        try (var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            records.read(in);
        } catch (ZipException | java.io.EOFException e) {
            throw new IllegalArgumentException(file + " is damaged or cut off (" + e.getMessage() + ").");
        } catch (ParquetException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage() + ".");
        }
    }

    private void read(InputStream in) throws IOException {
        switch (beginning(in)) {
            case "PAR1" -> rows();
            case String begin when begin.startsWith("\u001f\u008b") -> text(new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16));
            default -> text(in);
        }
    }

    private static String beginning(InputStream in) throws IOException {
        in.mark(4);
        var bytes = in.readNBytes(4);
        in.reset();
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private void rows() throws IOException {
        var number = new long[1];
        ParquetFile.read(file, row -> sink.record(new Place(file, "row", ++number[0]), row));
    }

    private void text(InputStream in) throws IOException {
        in.mark(1 << 12);
        var first = in.read();
        for (int n = 1; n < 1 << 12 && first >= 0 && (Character.isWhitespace(first) || first >= 0xef); n++) first = in.read(); // also a byte order mark
        in.reset();
        if (first == '[') array(in);
        else lines(in);
    }

    // ---- an array ----

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
        }
    }

    // ---- lines ----

    private void lines(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (long number = 1;; number++) {
            line.reset();
            var ended = readLine(in, line);
            if (line.size() > 0) line(new Place(file, "line", number), line);
            if (!ended) return;
        }
    }

    /** Whether more may follow. What is longer than a line can be is passed over. */
    private static boolean readLine(InputStream in, ByteArrayOutputStream line) throws IOException {
        for (var b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') return true;
            if (line.size() <= LONGEST_LINE) line.write(b);
        }
        return false;
    }

    private void line(Place place, ByteArrayOutputStream bytes) {
        if (bytes.size() > LONGEST_LINE) {
            sink.fault(place, "the line is longer than 64 MiB");
            return;
        }
        JsonNode json;
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
            if (place.number() == 1 && text.startsWith("\ufeff")) text = text.substring(1);
            if (text.isBlank()) return;
            json = JSON.readTree(text);
        } catch (CharacterCodingException e) {
            sink.fault(place, "this is no UTF-8");
            return;
        } catch (JsonProcessingException e) {
            sink.fault(place, "this is not JSON (" + e.getOriginalMessage() + ")");
            return;
        }
        sink.record(place, json);
    }
}
