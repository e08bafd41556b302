package dev.parley.data.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files are written by pyarrow, and {@code rows.jsonl} is what it reads of them. */
class ParquetFileTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private static Path resource(String name) {
        try {
            return Path.of(ParquetFileTest.class.getResource("/parquet/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<JsonNode> rows(Path file) throws IOException {
        var rows = new ArrayList<JsonNode>();
        ParquetFile.read(file, rows::add);
        return rows;
    }

    @ParameterizedTest
    @ValueSource(strings = {"snappy.parquet", "gzip-v2.parquet", "plain.parquet"})
    void nestedRowsAreReadAsAnotherReaderReadsThem(String name) throws IOException {
        var expected = new ArrayList<String>();
        for (var line : Files.readAllLines(resource("rows.jsonl"))) expected.add(JSON.readTree(line).toString());
        assertEquals(expected, rows(resource(name)).stream().map(JsonNode::toString).toList());
    }

    /** It holds the first five rows. */
    @Test
    void pagesPackedByZstandardAreRead() throws IOException {
        assertEquals(rows(resource("plain.parquet")).subList(0, 5), rows(resource("zstd.parquet")));
    }

    @Test
    void someFieldsAreReadWithoutTheOthers() throws IOException {
        for (var field : JSON.readTree(Files.readAllLines(resource("rows.jsonl")).getFirst()).properties()) {
            var alone = new ArrayList<JsonNode>();
            ParquetFile.read(resource("snappy.parquet"), Set.of(field.getKey()), _ -> {}, alone::add);
            assertEquals(rows(resource("snappy.parquet")).stream().map(row -> row.get(field.getKey())).toList(),
                    alone.stream().map(row -> row.get(field.getKey())).toList());
            assertEquals(1, alone.getFirst().size());
        }
    }

    @Test
    void aFieldThatIsNotThereIsNamedWithThoseThatAre() {
        var problem = assertThrows(ParquetException.class,
                () -> ParquetFile.read(resource("snappy.parquet"), Set.of("nothing"), _ -> {}, _ -> {}));
        assertTrue(problem.getMessage().startsWith("there is no column nothing; its columns are "), problem.getMessage());
    }

    @Test
    void aDamagedFileEndsInASentence() throws IOException {
        var whole = Files.readAllBytes(resource("snappy.parquet"));
        var random = new SplittableRandom(1);
        for (int i = 0; i < 300; i++) {
            var damaged = i < 100 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int k = 0; i >= 100 && k < 1 + i % 5; k++) damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            var file = Files.write(folder.resolve("damaged.parquet"), damaged);
            try {
                rows(file); // a bit in a value may change the value alone
            } catch (ParquetException e) {
                assertTrue(e.getMessage().length() > 10);
            }
        }
    }
}
