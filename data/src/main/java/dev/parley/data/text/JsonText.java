package dev.parley.data.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;

/** JSON, an object a line, or a list of objects; only the field that holds the text becomes a string. */
final class JsonText {

    private static final int LONGEST = 1 << 26;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(LONGEST).build()).build();

    private final String field;
    private final TextSink sink;

    JsonText(String field, TextSink sink) {
        this.field = field;
        this.sink = sink;
    }

    /** What is wrong with a line. */
    private static final class Fault extends Exception {
        private static final long serialVersionUID = 1L;

        Fault(String fault) {
            super(fault, null, false, false);
        }
    }

    void readLines(InputStream in) throws IOException {
        var lines = new ByteLines(in, LONGEST);
        while (lines.next()) {
            if (lines.isBlank()) continue;
            var number = lines.number();
            if (lines.isCut()) {
                do lines.next();
                while (lines.isCut());
                sink.bad(number, "it is longer than " + (LONGEST >> 20) + " MiB");
                continue;
            }
            try {
                sink.document(line(lines), number);
            } catch (Fault e) {
                sink.bad(number, e.getMessage());
            }
        }
    }

    private String line(ByteLines lines) throws IOException, Fault {
        try (var parser = JSON.createParser(lines.bytes(), lines.from(), lines.to() - lines.from())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) throw new Fault("this is no JSON object");
            var text = text(parser);
            if (parser.nextToken() != null) throw new Fault("something follows the JSON object");
            return text;
        } catch (JsonProcessingException e) {
            throw new Fault("this is not JSON (" + e.getOriginalMessage() + ")");
        } catch (java.io.CharConversionException e) {
            throw new Fault(Utf8Text.FAULT);
        }
    }

    /** Reads an object to its end. */
    private String text(JsonParser parser) throws IOException, Fault {
        String text = null;
        var otherwise = "";
        var fields = new ArrayList<String>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var name = parser.currentName();
            var value = parser.nextToken();
            if (name.equals(field)) {
                if (value == JsonToken.VALUE_STRING) text = parser.getText();
                else otherwise = "its \"" + field + "\" is no text";
            } else if (fields.size() < 8) {
                fields.add(name);
            }
            parser.skipChildren();
        }
        if (text != null) return text;
        throw new Fault(otherwise.isEmpty() ? "there is no \"" + field + "\"; its fields are " + String.join(", ", fields) : otherwise);
    }

    /** A list of objects, or objects one after the other; what is no JSON ends the file. */
    void readList(InputStream in) throws IOException {
        try (var parser = JSON.createParser(in)) {
            parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
            try {
                var token = parser.nextToken();
                if (token == JsonToken.START_ARRAY) token = parser.nextToken();
                for (; token != null && token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                    var line = parser.currentTokenLocation().getLineNr();
                    if (token != JsonToken.START_OBJECT) {
                        parser.skipChildren();
                        sink.bad(line, "this is no JSON object");
                        continue;
                    }
                    try {
                        sink.document(text(parser), line);
                    } catch (Fault e) {
                        sink.bad(line, e.getMessage());
                    }
                }
            } catch (JsonProcessingException e) {
                sink.bad(parser.currentLocation().getLineNr(), "this is not JSON (" + e.getOriginalMessage() + ")");
            } catch (java.io.CharConversionException e) {
                sink.bad(parser.currentLocation().getLineNr(), Utf8Text.FAULT);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
