package dev.parley.assist.automation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads JSONL: an object in each line; blank lines are passed over. */
final class JsonLinesReader implements Table.Reader {

    static final ObjectReader JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build()
            .readerFor(JsonNode.class);

    private final Path file;
    private final BufferedReader in;
    private long line;
    private long number;

    JsonLinesReader(Path file, BufferedReader in) {
        this.file = file;
        this.in = in;
    }

    @Override
    public List<String> columns() {
        return List.of();
    }

    @Override
    public Optional<TableRow> next() {
        try {
            var text = new StringBuilder();
            while (true) {
                var length = line(text);
                if (length < 0) return Optional.empty();
                line++;
                if (length > LONGEST_ROW)
                    return Optional.of(faulty("It has " + length + " characters; " + LONGEST_ROW + " are allowed."));
                if (!text.toString().isBlank()) return Optional.of(row(text.toString()));
            }
        } catch (IOException e) {
            throw Table.fault(file, e, line + 1);
        }
    }

    /**
     * Reads a line.
     *
     * @return its length, of which no more is kept than may be; -1 at the end
     */
    private long line(StringBuilder text) throws IOException {
        text.setLength(0);
        var length = 0L;
        for (var c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) return length == 0 ? -1 : length;
            if (++length <= LONGEST_ROW) text.append((char) c);
        }
        return length;
    }

    private TableRow row(String text) {
        try {
            return JSON.readTree(text) instanceof ObjectNode cells ? TableRow.of(++number, line, cells)
                    : faulty("It is no JSON object; each line is one, as {\"name\": \"Ada\"}.");
        } catch (JsonProcessingException e) {
            return faulty("It is no JSON: " + e.getOriginalMessage().lines().findFirst().orElse("").replaceAll("[.:\\s]*$", "") + ".");
        }
    }

    private TableRow faulty(String sentence) {
        return new TableRow(++number, line, JsonNodeFactory.instance.objectNode(), Optional.of(sentence));
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
