package dev.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code parley knowledge} as its users type it. */
class KnowledgeCommandsTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream results = new ByteArrayOutputStream();
    private final ByteArrayOutputStream notes = new ByteArrayOutputStream();

    @BeforeEach
    void writeDocuments() throws IOException {
        Files.createDirectory(folder.resolve("faq"));
        Files.writeString(folder.resolve("faq/returns.md"), "# Returns\n\nGoods may be returned within thirty days.");
        Files.writeString(folder.resolve("faq/broken.pdf"), "no PDF");
    }

    private int parley(String... arguments) {
        results.reset();
        notes.reset();
        return Parley.run(Output.to(results, notes), arguments);
    }

    private int index(String... more) {
        var arguments = new String[] {"knowledge", "index", folder.resolve("faq").toString(), "--index", folder.resolve("index").toString(),
            "--embedder", "none"};
        var all = Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return parley(all);
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(results.toByteArray());
    }

    @Test
    void documentsAreIndexedSearchedAndListed() throws IOException {
        assertEquals(Parley.DONE, index("--json"));
        assertEquals(1, json().path("passages").asInt());
        assertEquals("faq/broken.pdf", json().path("faults").get(0).path("source").asText());
        assertTrue(notes.toString(StandardCharsets.UTF_8).contains("faq/broken.pdf: it is damaged"),
                notes.toString(StandardCharsets.UTF_8));

        var index = folder.resolve("index").toString();
        assertEquals(Parley.DONE, parley("knowledge", "search", "--index", index, "--k", "3", "--json", "May I return goods?"));
        var passage = json().path("passages").get(0);
        assertEquals("faq/returns.md", passage.path("source").asText());
        assertEquals("Returns", passage.path("title").asText());
        assertTrue(passage.path("relevance").asDouble() > 0.5, passage.toString());
        assertEquals(Parley.DONE, parley("knowledge", "search", "--index", index, "quantum theory"));
        assertTrue(notes.toString(StandardCharsets.UTF_8).contains("Nothing"), notes.toString(StandardCharsets.UTF_8));

        assertEquals(Parley.DONE, parley("knowledge", "list", "--index", index, "--json"));
        assertEquals(2, json().path("files").size());
        assertEquals("none", json().path("embedder").asText());
    }

    @Test
    void whatIsNotThereIsSaidInASentence() {
        assertEquals(Parley.FAILED, parley("knowledge", "search", "--index", folder.resolve("nowhere").toString(), "x"));
        assertTrue(notes.toString(StandardCharsets.UTF_8).contains("holds no index"), notes.toString(StandardCharsets.UTF_8));
        assertEquals(Parley.FAILED, parley("knowledge", "index", folder.resolve("absent").toString(), "--index",
                folder.resolve("index").toString(), "--embedder", "none"));
        assertTrue(notes.toString(StandardCharsets.UTF_8).contains("absent"), notes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void fewerThanOnePassageIsWrongUsage() {
        index();
        assertEquals(Parley.WRONG_USAGE, parley("knowledge", "search", "--index", folder.resolve("index").toString(), "--k", "0", "x"));
    }
}
