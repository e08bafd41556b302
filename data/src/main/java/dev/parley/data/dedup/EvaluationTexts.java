package dev.parley.data.dedup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.data.parquet.ParquetException;
import dev.parley.data.parquet.ParquetFile;
import dev.parley.data.text.Division;
import dev.parley.data.text.TextFormat;
import dev.parley.data.text.TextReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Reads the examples of files that models are evaluated by: of JSON and Parquet all texts of an object, whatever their fields are. */
final class EvaluationTexts {

    private static final ObjectMapper JSON = new ObjectMapper();

    private EvaluationTexts() {}

    static void read(Path file, Consumer<String> onExample) throws IOException {
        try {
            switch (TextFormat.of(file).orElse(TextFormat.PLAIN)) {
                case JSON, JSON_LINES -> json(file, onExample);
                case PARQUET -> ParquetFile.read(file, row -> onExample.accept(texts(row)));
                default -> new TextReader(List.of(file), TextReader.Options.usual().withDivision(new Division.BlankLines()))
                        .read(document -> onExample.accept(document.text()));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": this is not JSON (" + e.getOriginalMessage() + ").", e);
        } catch (ParquetException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage() + ".", e);
        }
    }

    private static void json(Path file, Consumer<String> onExample) throws IOException {
        try (var values = JSON.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            while (values.hasNextValue()) {
                var value = values.nextValue();
                for (var example : value.isArray() ? value : List.of(value)) onExample.accept(texts(example));
            }
        }
    }

    private static String texts(JsonNode node) {
        var texts = new StringBuilder();
        collect(node, texts);
        return texts.toString();
    }

    private static void collect(JsonNode node, StringBuilder into) {
        if (node.isTextual()) into.append(node.asText()).append('\n');
        for (var child : node) collect(child, into);
    }
}
