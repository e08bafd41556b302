package dev.parley.eval.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.data.parquet.ParquetException;
import dev.parley.data.parquet.ParquetFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads documents of files: JSON, a line or a list; Parquet; CSV with a head line; text, a line each. */
public final class DocumentFiles {

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
                case "csv" -> csv(Files.readString(file), options.path("delimiter").asText(options.path("sep").asText(",")).charAt(0));
                case "tsv" -> csv(Files.readString(file), '\t');
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

    // ---- CSV, RFC 4180 ----

    private static List<ObjectNode> csv(String text, char separator) {
        var rows = rows(text, separator);
        if (rows.isEmpty()) return List.of();
        var names = rows.getFirst();
        var documents = new ArrayList<ObjectNode>();
        for (var row : rows.subList(1, rows.size())) {
            var document = JsonNodeFactory.instance.objectNode();
            for (int c = 0; c < names.size(); c++) document.put(names.get(c), c < row.size() ? row.get(c) : "");
            documents.add(document);
        }
        names.forEach(name -> narrow(documents, name));
        return documents;
    }

    private static List<List<String>> rows(String text, char separator) {
        var rows = new ArrayList<List<String>>();
        var row = new ArrayList<String>();
        var cell = new StringBuilder();
        var quoted = false;
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                cell.append('"');
                i++;
            } else if (c == '"' && (quoted || cell.isEmpty())) {
                quoted = !quoted;
            } else if (quoted || c != separator && c != '\n' && c != '\r') {
                cell.append(c);
            } else if (c == separator) {
                row.add(cell.toString());
                cell.setLength(0);
            } else if (c == '\n') {
                end(rows, row, cell);
                row = new ArrayList<>();
            }
        }
        if (!row.isEmpty() || !cell.isEmpty()) end(rows, row, cell);
        return rows;
    }

    private static void end(List<List<String>> rows, List<String> row, StringBuilder cell) {
        row.add(cell.toString());
        cell.setLength(0);
        if (row.size() > 1 || !row.getFirst().isEmpty()) rows.add(row);
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
