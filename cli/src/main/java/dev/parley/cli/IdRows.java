package dev.parley.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Token ids as the command line and files write them. */
final class IdRows {

    private static final ObjectMapper JSON = new ObjectMapper();

    private IdRows() {}

    /** "1,2,3". */
    static int[] parse(String ids) {
        try {
            return Arrays.stream(ids.split(",")).map(String::strip).mapToInt(Integer::parseInt).toArray();
        } catch (NumberFormatException e) {
            throw new WrongUsage("--ids " + ids + " is not a list of numbers like 1,2,3.");
        }
    }

    /** A file with one JSON array a line. */
    static List<int[]> read(Path file) throws IOException {
        var rows = new ArrayList<int[]>();
        try (var lines = Files.newBufferedReader(file)) {
            var number = 0;
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) rows.add(row(file, number, line));
            }
        }
        if (rows.isEmpty()) throw new IllegalArgumentException(file + " has no line with ids.");
        return rows;
    }

    private static int[] row(Path file, int line, String text) {
        try {
            return ints(JSON.readTree(text));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ", line " + line + ": this is not a JSON array of token ids.");
        }
    }

    static int[] ints(JsonNode array) {
        if (!array.isArray()) throw new IllegalArgumentException("There is no array of token ids.");
        var ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            if (!array.get(i).isInt()) throw new IllegalArgumentException("Not a token id: " + array.get(i) + ".");
            ids[i] = array.get(i).intValue();
        }
        return ids;
    }

    static void fill(ArrayNode array, int[] ids) {
        for (var id : ids) array.add(id);
    }
}
