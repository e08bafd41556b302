package dev.parley.eval.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.data.parquet.ParquetException;
import dev.parley.data.parquet.ParquetFile;
import dev.parley.data.text.SeparatedValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads documents of files: JSON, a line or a list; Parquet; CSV with a head line; text, a line each. */
public final class DocumentFiles {

    private static final int LONGEST_ROW = 1 << 26;
    private static final ObjectMapper JSON = new ObjectMapper();

    private DocumentFiles() {}

    static String ending(Path file) {
        var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Documents of a file, by its ending. */
    public static List<ObjectNode> read(Path file) {
        return read(file, "", JsonNodeFactory.instance.objectNode());
    }

    /**
     * @param field under which a JSON file keeps its list; may be empty
     */
    static List<ObjectNode> read(Path file, String field, JsonNode options) {
        try {
            return switch (ending(file)) {
                case "csv" -> csv(file, options.path("delimiter").asText(options.path("sep").asText(",")).charAt(0));
                case "tsv" -> csv(file, '\t');
                case "parquet" -> parquet(file);
                case "txt" ->
                    Files.readString(file).lines().map(line -> JsonNodeFactory.instance.objectNode().put("text", line)).toList();
                default -> json(file, field);
            };
        } catch (JsonProcessingException e) {
            throw new TaskException(file + " is no JSON: " + e.getOriginalMessage() + ".");
        } catch (IOException e) {
            throw new TaskException(file + " cannot be read: " + e.getMessage() + ".");
        }
    }

    private static List<ObjectNode> parquet(Path file) throws IOException {
        var documents = new ArrayList<ObjectNode>();
        try {
            ParquetFile.read(file, documents::add);
        } catch (ParquetException e) {
            throw new TaskException(file + ": " + e.getMessage() + ".");
        }
        return documents;
    }

    private static List<ObjectNode> json(Path file, String field) throws IOException {
        var documents = new ArrayList<ObjectNode>();
        try (var values = JSON.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            while (values.hasNext()) {
                var value = values.next();
                if (!field.isEmpty()) value = value.path(field);
                for (var document : value instanceof ArrayNode list ? list : List.of(value)) {
                    if (!(document instanceof ObjectNode object))
                        throw new TaskException(file + " holds something that is no object with fields: " + document + ".");
                    documents.add(object);
                }
            }
        } catch (RuntimeException e) {
            if (e.getCause() instanceof JsonProcessingException problem) throw problem;
            throw e;
        }
        return documents;
    }

    /** Cells that a row has not are empty. */
    private static List<ObjectNode> csv(Path file, char separator) throws IOException {
        var documents = new ArrayList<ObjectNode>();
        try (var in = Files.newBufferedReader(file)) {
            var table = new SeparatedValues(in, separator, LONGEST_ROW);
            var names = table.next().map(row -> cells(file, row)).orElse(List.of());
            for (var row = table.next(); row.isPresent(); row = table.next()) {
                var cells = cells(file, row.get());
                var document = JsonNodeFactory.instance.objectNode();
                for (int c = 0; c < names.size(); c++) document.put(names.get(c), c < cells.size() ? cells.get(c) : "");
                documents.add(document);
            }
            names.forEach(name -> narrow(documents, name));
        }
        return documents;
    }

    private static List<String> cells(Path file, SeparatedValues.Row row) {
        if (row.fault().isEmpty()) return row.cells();
        throw new TaskException(file + ", line " + row.line() + ": " + switch (row.fault().get()) {
            case OPEN_QUOTES -> "the quotes that begin here never end.";
            case TOO_LONG -> "the row has " + row.characters() + " characters; " + LONGEST_ROW + " are allowed. Is a quote left open?";
            case TOO_MANY_CELLS -> "the row has more than " + SeparatedValues.MOST_CELLS + " cells.";
        });
    }

    /** A column of numbers or booleans holds those, as pandas finds it; an empty cell holds nothing. */
    private static void narrow(List<ObjectNode> documents, String name) {
        var cells = documents.stream().map(d -> d.get(name).asText()).filter(c -> !c.isEmpty()).toList();
        var whole = !cells.isEmpty() && cells.stream().allMatch(c -> c.matches("[-+]?\\d{1,18}"));
        var real = !cells.isEmpty() && cells.stream().allMatch(c -> c.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?"));
        var truth = !cells.isEmpty() && cells.stream().allMatch(c -> c.matches("(?i)true|false"));
        for (var document : documents) {
            var cell = document.get(name).asText();
            if (cell.isEmpty()) document.putNull(name);
            else if (whole && cells.size() == documents.size()) document.put(name, Long.parseLong(cell));
            else if (real) document.put(name, Double.parseDouble(cell));
            else if (truth) document.put(name, Boolean.parseBoolean(cell));
        }
    }
}
