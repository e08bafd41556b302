package dev.parley.cli.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrepareCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private record Ended(int code, String out, String err) {}

    private static Ended parley(Object... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var code = Parley.run(Output.to(out, err), Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @BeforeEach
    void writeCorpus() throws IOException {
        Files.createDirectories(folder.resolve("corpus/more"));
        Files.writeString(folder.resolve("corpus/a.jsonl"), "{\"body\":\"Tea is   hot.\"}\n{\"body\":\"tea is hot\"}\nnothing\n");
        Files.writeString(folder.resolve("corpus/more/b.csv"), "body\n\"Write to bob@example.com, please.\"\n");
    }

    @Test
    void aFolderBecomesTokensAndAReport() throws IOException {
        var ended = parley("data", "prepare", folder.resolve("corpus"), "--out", folder.resolve("out"), "--tokenizer", "gpt2", "--text-field",
                "body", "--steps", "light,mask", "--skip-bad", "--json");
        assertEquals(0, ended.code(), ended.err());
        var report = JSON.readTree(ended.out());
        assertEquals(3, report.path("documents").asInt());
        assertEquals(2, report.path("written").path("trainDocuments").asInt() + report.path("written").path("validationDocuments").asInt());
        assertEquals(1, report.path("badLines").asInt());
        assertTrue(Files.exists(folder.resolve("out/index.json")) && Files.exists(folder.resolve("out/tokenizer.json")));
    }

    @Test
    void withoutATokenizerTextIsWrittenAndTheTableSaysWhatHappened() throws IOException {
        var ended = parley("data", "prepare", folder + "/corpus/**/*.csv", "--out", folder.resolve("out"), "--text-field", "body", "--steps",
                "mask", "--validation", "0");
        assertEquals(0, ended.code(), ended.err());
        assertTrue(ended.out().contains("mask") && ended.out().contains("1 documents to train on, 0 to evaluate on"), ended.out());
        var again = parley("data", "prepare", folder.resolve("out/train.jsonl.gz"), "--out", folder.resolve("again"), "--steps", "none");
        assertEquals(0, again.code(), again.err());
    }

    @Test
    void whatCannotBeDoneIsSaidInASentence() {
        var bad = parley("data", "prepare", folder.resolve("corpus"), "--out", folder.resolve("out"), "--text-field", "body");
        assertEquals(1, bad.code());
        assertTrue(bad.err().contains("a.jsonl, line 3: this is not JSON"), bad.err());
        assertEquals(2, parley("data", "prepare", folder.resolve("corpus"), "--out", folder, "--near-duplicates", "2").code());
        assertEquals(1, parley("data", "prepare", folder.resolve("corpus"), "--out", folder.resolve("x"), "--steps", "nonsense").code());
        assertEquals(2, parley("data", "prepare", "--out", folder).code());
    }
}
