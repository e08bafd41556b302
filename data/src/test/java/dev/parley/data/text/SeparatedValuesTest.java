package dev.parley.data.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.data.text.SeparatedValues.Fault;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SeparatedValuesTest {

    private static List<SeparatedValues.Row> rows(String text) throws IOException {
        var table = new SeparatedValues(new StringReader(text), ',', 100);
        var rows = new ArrayList<SeparatedValues.Row>();
        for (var row = table.next(); row.isPresent(); row = table.next()) rows.add(row.get());
        return rows;
    }

    private static List<List<String>> cells(String text) throws IOException {
        return rows(text).stream().map(SeparatedValues.Row::cells).toList();
    }

    @Test
    void quotesHoldSeparatorsLineEndsAndQuotes() throws IOException {
        assertEquals(List.of(List.of("a", "b,\"c\"\r\nd"), List.of("5\" nail", "x")), cells("a,\"b,\"\"c\"\"\r\nd\"\r\n5\" nail,\"x\""));
    }

    @Test
    void everyLineEndIsOneAndBlankLinesAreNone() throws IOException {
        assertEquals(List.of(List.of("a"), List.of("b"), List.of("c"), List.of("", "")), cells("\uFEFFa\rb\r\n\r\n\nc\n,"));
        assertEquals(List.of(), cells(""));
        assertEquals(List.of(), cells("\uFEFF"));
        assertEquals(List.of(1L, 3L, 5L), rows("a\n\n\"b\r\n\"\rc").stream().map(SeparatedValues.Row::line).toList());
    }

    @Test
    void whatIsTooLongIsReadOverAndTheNextRowIsRead() throws IOException {
        var rows = rows("x".repeat(1000) + ",y\nz\n");
        assertEquals(Optional.of(Fault.TOO_LONG), rows.get(0).fault());
        assertEquals(1001, rows.get(0).characters());
        assertEquals(List.of("z"), rows.get(1).cells());
        var many = rows(",".repeat(SeparatedValues.MOST_CELLS) + "\nz");
        assertEquals(Optional.of(Fault.TOO_MANY_CELLS), many.get(0).fault());
        assertEquals(List.of("z"), many.get(1).cells());
    }

    @Test
    void quotesThatNeverEndAreNamedByTheirLine() throws IOException {
        var row = rows("a\nb,\"c\nd").get(1);
        assertEquals(Optional.of(Fault.OPEN_QUOTES), row.fault());
        assertEquals(2, row.line());
    }

    @Test
    void whatIsWrittenByTheRulesIsReadBack() throws IOException {
        var random = new SplittableRandom(1);
        var alphabet = "ab,\"\n\r 茶";
        for (int trial = 0; trial < 500; trial++) {
            var table = new ArrayList<List<String>>();
            for (int r = random.nextInt(1, 5); r > 0; r--) {
                var row = new ArrayList<String>();
                for (int c = 0; c < 2; c++) {
                    var cell = new StringBuilder();
                    for (int i = random.nextInt(6); i > 0; i--) cell.append(alphabet.charAt(random.nextInt(alphabet.length())));
                    row.add(cell.toString());
                }
                table.add(row);
            }
            var text = table.stream().map(row -> row.stream().map(cell -> '"' + cell.replace("\"", "\"\"") + '"')
                    .collect(Collectors.joining(","))).collect(Collectors.joining("\r\n"));
            assertEquals(table, cells(text));
        }
    }
}
