package dev.parley.data.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.Mutations;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextReaderTest {

    private static final TextReader.Options USUAL = TextReader.Options.usual();
    private static final Map<String, String> SAME_TEXTS = Map.of(
            "a.jsonl", "{\"id\":1,\"text\":\"one, \\\"so\\\"\"}\n\n{\"text\":\"zwei\\n三\",\"more\":{\"text\":[\"no\"]}}\r\n",
            "a.json", "[{\"text\":\"one, \\\"so\\\"\"},\n {\"text\":\"zwei\\n三\"}]",
            "a.csv", "\uFEFFid,text\r\n1,\"one, \"\"so\"\"\"\r\n2,\"zwei\n三\"\r\n",
            "a.tsv", "text\tid\n\"one, \"\"so\"\"\"\t1\n\"zwei\n三\"\t2");

    @TempDir
    Path folder;

    private static List<String> texts(TextReader reader) throws IOException {
        var texts = new ArrayList<String>();
        reader.read(document -> texts.add(document.text()));
        return texts;
    }

    private List<String> texts(Path file, TextReader.Options options) throws IOException {
        return texts(new TextReader(List.of(file), options));
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    @Test
    void everyFormatGivesTheSameDocuments() throws IOException {
        for (var format : SAME_TEXTS.entrySet()) {
            var plain = write(format.getKey(), format.getValue());
            assertEquals(List.of("one, \"so\"", "zwei\n三"), texts(plain, USUAL), format.getKey());
            for (var packed : List.of(".gz", ".zst")) {
                var file = folder.resolve(format.getKey() + packed);
                try (var out = packed(packed, Files.newOutputStream(file))) {
                    out.write(Files.readAllBytes(plain));
                }
                assertEquals(texts(plain, USUAL), texts(file, USUAL), file.toString());
            }
        }
    }

    private static OutputStream packed(String kind, OutputStream out) throws IOException {
        return kind.equals(".gz") ? new GZIPOutputStream(out) : new ZstdOutputStream(out);
    }

    /** Written by the program zstd, one frame with a checksum and one without. */
    @Test
    void framesOfZstandardAreReadOneAfterTheOther() throws IOException, URISyntaxException {
        var file = Path.of(TextReaderTest.class.getResource("/text/two-frames.jsonl.zst").toURI());
        assertEquals(List.of("one", "two", "three\nlines"), texts(file, USUAL));
    }

    @Test
    void aColumnOfParquetIsReadAlone() throws IOException, URISyntaxException {
        var file = Path.of(TextReaderTest.class.getResource("/parquet/zstd.parquet").toURI());
        var problem = assertThrows(IllegalArgumentException.class, () -> texts(file, USUAL.withTextField("nothing")));
        assertTrue(problem.getMessage().contains("zstd.parquet, line 1: there is no column nothing; its columns are "),
                problem.getMessage());
    }

    @Test
    void aDivisionSaysWhatADocumentIs() throws IOException {
        var file = write("a.txt", "one\n  two\n\n\nthree\n<|end|>\nfour\n");
        assertEquals(List.of("one\n  two\n\n\nthree\n<|end|>\nfour\n"), texts(file, USUAL));
        assertEquals(List.of("one\n  two", "three\n<|end|>\nfour"), texts(file, USUAL.withDivision(Division.of("blank-lines"))));
        assertEquals(List.of("one", "  two", "three", "<|end|>", "four"), texts(file, USUAL.withDivision(Division.of("lines"))));
        assertEquals(List.of("one\n  two\n\n\nthree", "four"), texts(file, USUAL.withDivision(Division.of("<|end|>"))));
    }

    @Test
    void aLongFileComesInPartsOfWholeLinesThatMakeItUp() throws IOException {
        var content = "Ein Satz über Tee.\n".repeat(1_000_000);
        var parts = texts(write("long.txt", content), USUAL);
        assertTrue(parts.size() > 1, "parts: " + parts.size());
        for (var part : parts) assertTrue(part.endsWith("\n") && part.length() <= PlainText.LONGEST);
        assertTrue(content.equals(String.join("", parts)));
    }

    @Test
    void aLongLineIsNotCutInsideACharacter() throws IOException {
        var content = "x" + "茶".repeat(PlainText.LONGEST / 2);
        assertTrue(content.equals(String.join("", texts(write("line.txt", content), USUAL))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a.jsonl | {'text':'a'}~{'text':} | a.jsonl, line 2: this is not JSON",
        "a.jsonl | {'text':'a'}~{'txt':'a','n':1} | a.jsonl, line 2: there is no \"text\"; its fields are txt, n.",
        "a.jsonl | {'text':7} | a.jsonl, line 1: its \"text\" is no text.",
        "a.jsonl | {'text':'a'} {} | a.jsonl, line 1: something follows the JSON object.",
        "a.jsonl | [1] | a.jsonl, line 1: this is no JSON object.",
        "a.json | [{'text':'a'},~7] | a.json, line 2: this is no JSON object.",
        "a.json | [{'text':'a'},~ | a.json, line 2: this is not JSON",
        "a.csv | id,text~1,a~2 | a.csv, line 3: this row has 1 cells instead of 2.",
        "a.csv | id,text~1,'a | a.csv, line 2: the quotes that begin here never end.",
        "a.csv | id,body~1,a | a.csv, line 1: there is no column \"text\"; its columns are id, body."})
    void aBadLineNamesFileLineAndFault(String name, String content, String sentence) throws IOException {
        var file = write(name, content.replace('\'', '"').replace('~', '\n'));
        var problem = assertThrows(IllegalArgumentException.class, () -> texts(file, USUAL));
        assertTrue(problem.getMessage().contains(sentence), problem.getMessage());
    }

    @Test
    void badLinesCanBeCountedInstead() throws IOException {
        var jsonl = write("a.jsonl", "{\"text\":\"a\"}\nnothing\n{\"text\":\"b\"}\n{\"no\":1}\n");
        var latin = Files.write(folder.resolve("b.txt"), "one\n\ncaf\u00e9\n\ntwo\n".getBytes(StandardCharsets.ISO_8859_1));
        var reader = new TextReader(List.of(jsonl, latin), USUAL.withSkipBad(true).withDivision(Division.of("blank-lines")));
        assertEquals(List.of("a", "b", "one", "two"), texts(reader));
        assertEquals(3, reader.bad().count());
        assertTrue(reader.bad().samples().get(2).contains("b.txt, line 3: this is not UTF-8"), reader.bad().samples().toString());
        assertEquals(reader.bytes(), reader.bytesRead());
    }

    @Test
    void aPackedFileThatIsCutOffSaysSo() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            var random = new SplittableRandom(1);
            for (int i = 0; i < 20_000; i++) out.write(("{\"text\":\"" + random.nextLong() + "\"}\n").getBytes(StandardCharsets.UTF_8));
        }
        var file = Files.write(folder.resolve("cut.jsonl.gz"), java.util.Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2));
        var problem = assertThrows(IllegalArgumentException.class, () -> texts(file, USUAL));
        assertTrue(problem.getMessage().contains("cut.jsonl.gz, line ") && problem.getMessage().contains("cannot be read on"),
                problem.getMessage());
    }

    @Test
    void filesFoldersAndGlobsAreFoundOnce() throws IOException {
        Files.createDirectories(folder.resolve("in/deep/.git"));
        for (var name : List.of("in/b.txt", "in/deep/a.jsonl.gz", "in/deep/c.csv", "in/picture.png", "in/deep/.git/x.txt")) write(name, "");
        assertEquals(List.of("in/b.txt", "in/deep/a.jsonl.gz", "in/deep/c.csv"), names(List.of("in", "in/b.txt")));
        assertEquals(List.of("in/deep/a.jsonl.gz"), names(List.of("in/**/*.jsonl.gz")));
        assertEquals(List.of("in/b.txt"), names(List.of("in/**/b.txt")));
        assertEquals(List.of("in/deep/a.jsonl.gz", "in/deep/c.csv"), names(List.of("in/*/*.{csv,gz}")));
        for (var nothing : List.of("in/*.md", "elsewhere/*.txt", "in/none.txt")) {
            var problem = assertThrows(IllegalArgumentException.class, () -> names(List.of(nothing)));
            assertTrue(problem.getMessage().endsWith("."), problem.getMessage());
        }
    }

    private List<String> names(List<String> inputs) throws IOException {
        return InputFiles.find(inputs.stream().map(i -> folder + "/" + i).toList()).stream()
                .map(f -> folder.relativize(f).toString()).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.jsonl", "a.json", "a.csv", "a.tsv", "a.jsonl.gz", "a.jsonl.zst"})
    void damagedFilesAreReadOrRefusedWithASentence(String name) throws IOException {
        var content = new ByteArrayOutputStream();
        var kind = name.replaceAll("^a\\.[a-z]+", "");
        try (var out = kind.isEmpty() ? content : packed(kind, content)) {
            out.write(SAME_TEXTS.get(name.replaceAll("\\.(gz|zst)$", "")).getBytes(StandardCharsets.UTF_8));
        }
        var mutations = new Mutations(name.hashCode());
        for (int i = 0; i < 850; i++) {
            var bytes = mutations.bytes(content.toByteArray());
            var file = Files.write(folder.resolve(name), bytes);
            try {
                texts(file, USUAL);
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().startsWith(file + ", line ") && e.getMessage().endsWith("."), e.getMessage());
            }
            texts(file, USUAL.withSkipBad(true)); // which never ends at a fault
        }
    }

    @Test
    void linesOfAnyBytesAreTheBytes() throws IOException {
        var random = new SplittableRandom(3);
        for (int i = 0; i < 300; i++) {
            var bytes = new byte[random.nextInt(400)];
            for (int b = 0; b < bytes.length; b++) bytes[b] = (byte) "ab\n\r".charAt(random.nextInt(4));
            var lines = new ByteLines(new ByteArrayInputStream(bytes), 1 + random.nextInt(50));
            var all = new ByteArrayOutputStream();
            while (lines.next()) all.write(lines.bytes(), lines.from(), lines.to() - lines.from());
            assertEquals(new String(bytes, StandardCharsets.US_ASCII), all.toString(StandardCharsets.US_ASCII));
            var breaks = new String(bytes, StandardCharsets.US_ASCII).chars().filter(c -> c == '\n').count();
            var open = bytes.length > 0 && bytes[bytes.length - 1] != '\n';
            assertEquals(breaks + (open ? 1 : 0), lines.number());
            assertFalse(lines.next());
        }
    }
}
