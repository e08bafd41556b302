package dev.parley.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the formatter leaves alone, comments and strings, keeps to the line limit of .editorconfig too. */
class SourceLinesTest {

    private static final int LIMIT = 140;
    private static final String QUOTES = "\"".repeat(3);

    @Test
    void linesEndAtTheLimitUnlessTheyAreOfATextBlock() throws IOException {
        assertTrue(Files.readString(Repository.root().resolve(".editorconfig")).contains("max_line_length = " + LIMIT));
        var tooLong = new ArrayList<String>();
        try (var files = Files.walk(Repository.root())) {
            var sources = files.filter(f -> f.toString().endsWith(".java") && !f.toString().contains("/target/")).sorted().toList();
            assertTrue(sources.size() > 500, "the sources are found");
            for (var file : sources) collect(file, tooLong);
        }
        assertEquals(List.of(), tooLong);
    }

    private static void collect(Path file, List<String> tooLong) throws IOException {
        var inBlock = false;
        var number = 0;
        for (var line : Files.readAllLines(file)) {
            number++;
            var touches = inBlock || line.contains(QUOTES);
            if (line.split(QUOTES, -1).length % 2 == 0) inBlock = !inBlock;
            if (line.length() > LIMIT && !touches) tooLong.add(Repository.root().relativize(file) + ":" + number);
        }
    }
}
