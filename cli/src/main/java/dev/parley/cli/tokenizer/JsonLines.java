package dev.parley.cli.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A file with one JSON object a line, read line by line; {@code -} is standard input. */
final class JsonLines {

    private static final int MAX_LINE = 1 << 28;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(MAX_LINE).build()).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private JsonLines() {}

    /** A line's object, and where it stands. */
    record Line(JsonNode object, String place) {

        /** @throws IllegalArgumentException if the text is missing */
        String text() {
            var text = object.get("text");
            if (text == null || !text.isTextual()) throw new IllegalArgumentException(place + ": a string \"text\" is required.");
            return text.textValue();
        }

        /** @throws IllegalArgumentException if the ids are missing or are not whole numbers */
        int[] ids() {
            var ids = object.get("ids");
            if (ids == null || !ids.isArray()) throw new IllegalArgumentException(place + ": an array \"ids\" is required.");
            var array = new int[ids.size()];
            for (int i = 0; i < array.length; i++) {
                if (!ids.get(i).isInt())
                    throw new IllegalArgumentException(place + ": ids[" + i + "] is " + ids.get(i) + "; token ids are whole numbers.");
                array[i] = ids.get(i).intValue();
            }
            return array;
        }
    }

    /** Hands over each line that is not blank. @throws IllegalArgumentException naming the line that is no JSON object */
    static void read(Path file, Consumer<Line> consumer) throws IOException {
        var number = 0;
        try (var reader = open(file)) {
            for (var text = reader.readLine(); text != null; text = reader.readLine()) {
                var place = file + ", line " + ++number;
                if (!text.isBlank()) consumer.accept(new Line(parse(text, place), place));
            }
        } catch (MalformedInputException e) {
            throw new IllegalArgumentException(file + " is not UTF-8 after line " + number + "; convert it.", e);
        }
    }

    private static BufferedReader open(Path file) throws IOException {
        if (!file.toString().equals("-")) return Files.newBufferedReader(file);
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8.newDecoder()));
    }

    private static JsonNode parse(String text, String place) {
        try {
            var node = MAPPER.readTree(text);
            if (!node.isObject()) throw new IllegalArgumentException(place + ": a JSON object is required.");
            return node;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(place + " is not JSON: " + e.getOriginalMessage() + ".", e);
        }
    }
}
