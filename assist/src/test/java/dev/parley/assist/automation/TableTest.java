package dev.parley.assist.automation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {

    @TempDir
    Path folder;

    private List<TableRow> rows(String name, String text) throws IOException {
        return rows(name, text.getBytes(StandardCharsets.UTF_8), Optional.empty());
    }

    private List<TableRow> rows(String name, byte[] bytes, Optional<Charset> encoding) throws IOException {
        var table = Table.open(Files.write(folder.resolve(name), bytes), encoding);
        var rows = new ArrayList<TableRow>();
        try (var reader = table.open()) {
            for (var row = reader.next(); row.isPresent(); row = reader.next()) rows.add(row.get());
        }
        assertEquals(table.rows(), rows.size());
        return rows;
    }

    @Test
    void quotedCellsHoldSeparatorsLinesAndQuotes() throws IOException {
        var rows = rows("t.csv", "a,b\r\n\"x, \"\"y\"\"\r\nz\",007\r\n\r\n,last");
        assertEquals("{\"a\":\"x, \\\"y\\\"\\r\\nz\",\"b\":\"007\"}", rows.getFirst().cells().toString());
        assertEquals("{\"a\":\"\",\"b\":\"last\"}", rows.getLast().cells().toString());
        assertEquals(List.of(2L, 5L), rows.stream().map(TableRow::line).toList());
    }

    @Test
    void raggedRowIsToldAndTheNextIsRead() throws IOException {
        var rows = rows("t.csv", "a,b\n1\n1,2,3\n1,2\n");
        assertEquals("It has 1 cells, and the head line has 2.", rows.get(0).fault().orElseThrow());
        assertEquals("It has 3 cells, and the head line has 2.", rows.get(1).fault().orElseThrow());
        assertTrue(rows.get(2).fault().isEmpty());
    }

    @Test
    void hugeCellAndOpenQuoteCostARowAndNotTheMemory() throws IOException {
        var rows = rows("t.csv", "a,b\n" + "x".repeat(5_000_000) + ",1\ny,2\n\"open,3\nand more");
        assertTrue(rows.get(0).fault().orElseThrow().startsWith("It has 5000001 characters; 4194304 are allowed."),
                rows.get(0).fault().toString());
        assertEquals("y", rows.get(1).cells().path("a").asText());
        assertEquals("A quote is opened in it and never closed.", rows.get(2).fault().orElseThrow());
    }

    @Test
    void marksAndNamedEncodingsAreReadAndOthersAreTold() throws IOException {
        var text = "名字,b\n李白,1\n";
        assertEquals("李白", rows("u8.csv", ("\ufeff" + text).getBytes(StandardCharsets.UTF_8), Optional.empty()).getFirst().cells()
                .path("名字").asText());
        assertEquals("李白", rows("u16.csv", ("\ufeff" + text).getBytes(StandardCharsets.UTF_16LE), Optional.empty()).getFirst().cells()
                .path("名字").asText());
        var gb = Charset.forName("GB18030");
        assertEquals("李白", rows("gb.csv", text.getBytes(gb), Optional.of(gb)).getFirst().cells().path("名字").asText());
        var fault = assertThrows(TableException.class, () -> rows("gb2.csv", text.getBytes(gb), Optional.empty()));
        assertTrue(fault.getMessage().contains("is not in the expected encoding near line 1"), fault.getMessage());
        var zero = assertThrows(TableException.class, () -> rows("z.csv", text.getBytes(StandardCharsets.UTF_16LE), Optional.empty()));
        assertTrue(zero.getMessage().contains("zero bytes"), zero.getMessage());
    }

    @Test
    void separatorIsFoundInTheHeadLine() throws IOException {
        assertEquals("2", rows("s.csv", "a;\"b;,,,\";c\n1;2;3\n").getFirst().cells().path("b;,,,").asText());
        assertEquals("2", rows("t.tsv", "a\tb\n1,5\t2\n").getFirst().cells().path("b").asText());
    }

    @Test
    void lineThatIsNoObjectIsToldAndTheNextIsRead() throws IOException {
        var rows = rows("t.jsonl", "{\"a\": 1.5}\n[1]\n\n{\"a\": 1, \"a\": 2}\n{\"a\": \n{\"b\": null} x\n{\"a\": true}");
        assertEquals("{\"a\":1.5}", rows.get(0).cells().toString());
        assertEquals("It is no JSON object; each line is one, as {\"name\": \"Ada\"}.", rows.get(1).fault().orElseThrow());
        assertTrue(rows.get(2).fault().orElseThrow().contains("Duplicate"), rows.get(2).fault().toString());
        assertTrue(rows.get(3).fault().isPresent() && rows.get(4).fault().isPresent());
        assertEquals("{\"a\":true}", rows.get(5).cells().toString());
    }

    @Test
    void whatIsNoTableIsRefusedInOneSentence() throws IOException {
        assertThrows(TableException.class, () -> rows("t.parquet", "PAR1 and no more of it"));
        assertTrue(assertThrows(TableException.class, () -> rows("t.xlsx", "PK")).getMessage().contains("unknown kind of table"));
        assertTrue(assertThrows(TableException.class, () -> rows("t.csv", "")).getMessage().contains("is empty"));
        assertTrue(assertThrows(TableException.class, () -> rows("d.csv", "a,a\n1,2\n")).getMessage().contains("names the column a twice"));
    }

    /** Written by pyarrow: 300 rows in pages of the second version, compressed by gzip. */
    private Path parquet() throws IOException {
        try (var in = TableTest.class.getResourceAsStream("choices.parquet")) {
            return Files.write(folder.resolve("choices.parquet"), in.readAllBytes());
        }
    }

    @Test
    void parquetRowsAreWrittenByTheirColumns() throws IOException {
        var table = Table.open(parquet(), Optional.empty());
        assertEquals(300, table.rows());
        assertEquals(List.of("id", "question", "answerKey", "score", "ok", "small", "choices", "turns", "n"), table.columns());
        var options = new TableRun.Options(OutputFormat.MD, Optional.empty(), Optional.of("id"), 8, 3, 7, false, false);
        var report = ScriptedRun.run(table.file(), "{{ question }} {{ answerKey }}{% if choices %} {{ choices.text[0] }}{% endif %}",
                folder.resolve("out"), (prompt, seed) -> ScriptedRun.Scripted.of(prompt), options);
        assertEquals(3, report.done());
        assertEquals("question 1 é C t0\n", Files.readString(folder.resolve("out/1.md")));
        assertEquals("question 2 é D t0\n", Files.readString(folder.resolve("out/2.md")));
    }

    @Test
    void aDamagedParquetFileIsNamedWithItsFault() throws IOException {
        var whole = Files.readAllBytes(parquet());
        var cut = Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(whole, whole.length / 2));
        var fault = assertThrows(TableException.class, () -> Table.open(cut, Optional.empty()));
        assertTrue(fault.getMessage().startsWith(cut + " cannot be read: it is no Parquet file"), fault.getMessage());
    }
}
