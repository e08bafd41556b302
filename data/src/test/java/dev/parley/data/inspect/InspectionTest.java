package dev.parley.data.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.Dataset;
import dev.parley.data.Packing;
import dev.parley.data.chat.ChatFiles;
import dev.parley.data.chat.ChatRows;
import dev.parley.data.examples.ExampleData;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an inspection counts and shows. */
class InspectionTest {

    private static final Tokenizer TOKENIZER = BpeTrainer.of(300).withSpecialTokens("<|endoftext|>", ChatTemplate.START, ChatTemplate.END)
            .train(List.of("hello there").iterator());
    private static final ChatRows ROWS = ChatRows.of(TOKENIZER, ChatTemplate.chatMl(), 60);

    @TempDir
    Path folder;

    private Inspection read(SampleChoice choice, String... lines) throws IOException {
        return new ChatInspection(ROWS).read(ChatFiles.of(List.of(Files.write(folder.resolve("a.jsonl"), List.of(lines)))), choice);
    }

    @Test
    void figuresCountWhatIsThere() throws IOException {
        var chat = "{\"prompt\": \"hi\", \"completion\": \"ok\"}";
        var found = read(SampleChoice.first(1), chat, chat, "{\"prompt\": \"" + "long ".repeat(20) + "\", \"completion\": \"ok\"}",
                "nonsense",
                "{\"prompt\": \"q\", \"chosen\": \"a\", \"rejected\": \"bb\"}");
        var figures = found.figures();
        assertEquals("5 rows, 1 too long, 1 twice, 1 bad", figures.rows() + " rows, " + figures.tooLong() + " too long, "
                + figures.duplicates() + " twice, " + figures.badLines() + " bad");
        assertTrue(figures.faults().getFirst().contains("line 4: this is not JSON"), figures.faults().toString());
        var row = found.samples().getFirst().row();
        assertEquals(figures.lengths().median(), row.length());
        assertEquals(3, row.targets(), "o, k and the end of the turn");
        assertEquals(3 + 3 + 3 + 2 + 3, figures.targets());
    }

    @Test
    void oneRowIsFoundByItsNumberAndRandomOnesByTheirSeed() throws IOException {
        var lines = ExampleData.SUMS.lines(50, 1).toArray(String[]::new);
        assertTrue(read(SampleChoice.row(17), lines).samples().getFirst().title().contains("line 17,"));
        var some = read(SampleChoice.random(5, 3), lines).samples().stream().map(RowSample::title).toList();
        assertEquals(some, read(SampleChoice.random(5, 3), lines).samples().stream().map(RowSample::title).toList());
        assertEquals(5, some.stream().distinct().count());
        assertFalse(some.equals(read(SampleChoice.random(5, 4), lines).samples().stream().map(RowSample::title).toList()));
    }

    @Test
    void thePageShowsDataAsTextAndBordersOfDocuments() throws IOException {
        var evil = "{\"prompt\": \"<script>alert(1)</script>\\u0007\", \"completion\": \"a & \\\"b\\\" <|im_end|> é\"}";
        var page = InspectionPage.of("<b>", read(SampleChoice.first(1), evil), TOKENIZER);
        assertFalse(page.contains("<script") || page.contains("<b>") || page.contains("\u0007"), page);
        assertTrue(page.contains("&lt;") && page.contains("\u2407") && page.contains("‹c3›"), page);
        var packed = Packing.pack(List.of(TrainingRow.of(TOKENIZER.encode("hello")), TrainingRow.of(TOKENIZER.encode("there"))), 60);
        var rows = InspectionPage.of("packed", RowInspection.read("packed", Dataset.of(packed), 60, SampleChoice.first(1)), TOKENIZER);
        assertTrue(rows.contains("document 1") && rows.contains("document 2"), rows);
    }

    @Test
    void piecesAreTheTextAndTheirTargetsThoseOfTheRow() throws IOException {
        for (var line : ExampleData.TOOLS.lines(20, 1)) {
            var sample = read(SampleChoice.first(1), line).samples().getFirst();
            var pieces = TokenPiece.of(TOKENIZER, sample.row());
            assertEquals(sample.row().targets(), pieces.stream().filter(TokenPiece::target).count());
            var text = pieces.stream().map(TokenPiece::text).collect(Collectors.joining());
            if (!text.contains("‹")) assertEquals(TOKENIZER.decode(sample.row().inputIds(), false), text);
        }
    }

    @Test
    void everyKindOfExampleIsReadWithoutABadLine() throws IOException {
        for (var kind : ExampleData.values()) {
            var figures = read(SampleChoice.first(0), kind.lines(200, 5).toArray(String[]::new)).figures();
            assertEquals(0, figures.badLines(), kind + ": " + figures.faults());
            assertEquals(kind == ExampleData.PAIRS ? 400 : 200, figures.rows(), kind.label());
            var isAsked = List.of(ExampleData.SUMS, ExampleData.CALCULATIONS).contains(kind);
            assertEquals(isAsked, figures.targets() == 0, kind.label());
        }
    }
}
