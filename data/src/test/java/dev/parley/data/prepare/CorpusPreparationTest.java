package dev.parley.data.prepare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.data.cleaning.Cleaning;
import dev.parley.data.cleaning.CleaningSteps;
import dev.parley.data.dedup.Contamination;
import dev.parley.data.shards.ShardOptions;
import dev.parley.data.text.TextReader;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusPreparationTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DOCUMENTS = 3000;

    @TempDir
    Path folder;

    private Path corpus;

    /** Of ten documents one is a copy, one nearly a copy, one holds an example of the exam, and one is empty. */
    @BeforeEach
    void writeCorpus() throws IOException {
        var random = new SplittableRandom(2);
        var lines = new ArrayList<String>();
        var last = "";
        for (int i = 0; i < DOCUMENTS; i++) {
            var text = new StringBuilder();
            for (int k = 0; k < 120; k++) text.append("word").append(random.nextInt(50_000)).append(' ');
            switch (i % 10) {
                case 1 -> text = new StringBuilder(last.toUpperCase(java.util.Locale.ROOT));
                case 3 -> text = new StringBuilder(last).append("and the end");
                case 5 -> text.append("one two three four five six seven eight nine ten eleven twelve thirteen fourteen");
                case 7 -> text = new StringBuilder(" \n ");
                default -> {}
            }
            last = text.toString();
            lines.add(JSON.writeValueAsString(JSON.createObjectNode().put("text", last)));
        }
        corpus = Files.write(folder.resolve("corpus.jsonl"), lines);
        Files.writeString(folder.resolve("exam.txt"), "one two three four five six seven eight nine ten eleven twelve thirteen\n");
    }

    private PreparationSettings settings(int threads) throws IOException {
        return PreparationSettings.usual().withThreads(threads)
                .withContamination(Contamination.with(List.of(folder.resolve("exam.txt"))), true);
    }

    private TextReader reader() {
        return new TextReader(List.of(corpus), TextReader.Options.usual());
    }

    private PreparationReport toText(String name, PreparationSettings settings) throws IOException {
        try (var destination = new JsonLinesFolder(folder.resolve(name), 0.1)) {
            return new CorpusPreparation(reader(), settings, destination).run();
        }
    }

    private static List<String> texts(Path file) throws IOException {
        var texts = new ArrayList<String>();
        new TextReader(List.of(file), TextReader.Options.usual()).read(document -> texts.add(document.text()));
        return texts;
    }

    @Test
    void theReportAccountsForEveryDocumentAndByte() throws IOException {
        var report = toText("out", settings(2));
        assertEquals(DOCUMENTS, report.documents());
        assertEquals(report.documents(), report.keptDocuments() + report.steps().stream().mapToLong(PreparationReport.Step::dropped).sum());
        assertEquals(report.bytes(), report.keptBytes() + report.steps().stream().mapToLong(PreparationReport.Step::bytes).sum());
        for (var step : List.of("whitespace", "exact duplicates", "near duplicates", "contamination"))
            assertEquals(DOCUMENTS / 10, report.steps().stream().filter(s -> s.step().equals(step)).findFirst().orElseThrow().dropped(), step);
        var train = texts(folder.resolve("out/train.jsonl.gz"));
        var validation = texts(folder.resolve("out/validation.jsonl.gz"));
        assertEquals(report.keptDocuments(), train.size() + validation.size());
        assertEquals(report.written().validationDocuments(), validation.size());
        assertTrue(Math.abs(validation.size() - 0.1 * report.keptDocuments()) < 60, validation.size() + " of " + report.keptDocuments());
        assertEquals(report.documents(), JSON.readTree(folder.resolve("out/report.json").toFile()).path("documents").asLong());
        var samples = Files.readAllLines(folder.resolve("out/samples.jsonl"));
        assertEquals(4 * 5, samples.size());
        assertTrue(samples.stream().anyMatch(s -> s.contains("thirteen fourteen") && s.contains("corpus.jsonl:")), samples.toString());
    }

    @Test
    void threadsDoNotChangeWhatIsWritten() throws IOException {
        toText("one", settings(1));
        toText("three", settings(3));
        for (var file : List.of("train.jsonl.gz", "validation.jsonl.gz", "samples.jsonl")) {
            assertArrayEquals(Files.readAllBytes(folder.resolve("one").resolve(file)), Files.readAllBytes(folder.resolve("three").resolve(file)),
                    file);
        }
    }

    @Test
    void tokensAreThoseOfTheTexts() throws IOException {
        var tokenizer = Tokenizer.fromPretrained("gpt2");
        PreparationReport report;
        try (var destination = new TokenFolder(folder.resolve("shards"), tokenizer, ShardOptions.DEFAULT.withValidation(0.1))) {
            report = new CorpusPreparation(reader(), settings(2), destination).run();
        }
        toText("out", settings(2));
        var tokens = 0L;
        for (var text : texts(folder.resolve("out/train.jsonl.gz"))) tokens += tokenizer.encode(text).length;
        assertEquals(tokens, report.written().trainTokens());
        assertEquals(texts(folder.resolve("out/validation.jsonl.gz")).size(), report.written().validationDocuments());
    }

    @Test
    void aStoppedPreparationLeavesNothingAndTheNextOneBegins() throws IOException {
        var out = folder.resolve("out");
        try (var destination = new JsonLinesFolder(out, 0.1)) {
            var preparation = new CorpusPreparation(reader(), settings(2), destination);
            preparation.onProgress(_ -> preparation.stop());
            assertThrows(CorpusPreparation.Stopped.class, preparation::run);
        }
        try (var left = Files.list(out)) {
            assertEquals(List.of(), left.toList());
        }
        Files.writeString(out.resolve(".train.jsonl.gz.0f8fad5b-d9cb-469f-a165-70867728950e.part"), "of a killed run");
        assertTrue(toText("out", settings(2)).keptDocuments() > 0);
        try (var files = Files.list(out)) {
            assertEquals(4, files.count());
        }
        var problem = assertThrows(IllegalArgumentException.class, () -> toText("out", settings(2)));
        assertTrue(problem.getMessage().contains("is there already"), problem.getMessage());
    }

    @Test
    void aFaultOfTheInputEndsTheWorkWithItsPlace() throws IOException {
        Files.writeString(corpus, Files.readString(corpus) + "nothing\n");
        var problem = assertThrows(IllegalArgumentException.class, () -> toText("out", settings(2)));
        assertTrue(problem.getMessage().contains("corpus.jsonl, line " + (DOCUMENTS + 1)), problem.getMessage());
    }

    @Test
    void whereNothingIsLeftItSaysWhy() {
        var all = new Cleaning(CleaningSteps.of(List.of("c4-lines")));
        var problem = assertThrows(IllegalArgumentException.class, () -> toText("out", settings(1).withCleaning(all)));
        assertTrue(problem.getMessage().startsWith("None of " + DOCUMENTS + " documents is left"), problem.getMessage());
    }
}
