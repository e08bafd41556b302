package dev.parley.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The expected numbers of an independent implementation, which lie beside the checkout where they are present. */
public final class Golden {

    private Golden() {}

    /** A folder of golden data; the test is skipped where there is none. */
    public static Path folder(String name) {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            var folder = at.resolve("shared").resolve("golden").resolve(name);
            if (Files.exists(folder)) return folder;
        }
        Assumptions.abort("No golden data: shared/golden/" + name + " does not lie beside the checkout.");
        throw new AssertionError();
    }

    public static JsonNode expected(Path folder) throws IOException {
        return json(folder.resolve("expected.json"));
    }

    public static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    public static int[] ints(JsonNode node) {
        var values = new int[node.size()];
        for (int i = 0; i < values.length; i++) values[i] = node.get(i).asInt();
        return values;
    }

    public static int[][] rows(JsonNode node) {
        var rows = new int[node.size()][];
        for (int i = 0; i < rows.length; i++) rows[i] = ints(node.get(i));
        return rows;
    }
}
