package dev.parley.assist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.assist.check.AssistantCheck;
import dev.parley.assist.check.CheckReport.Measure;
import dev.parley.assist.check.TestQuestion;
import dev.parley.assist.turn.OpenAssistant;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Those that come with Parley. */
class AssistantsTest {

    @TempDir
    Path home;

    @Test
    void theListNamesWhatTheFolderHolds() throws IOException, URISyntaxException {
        var folder = Path.of(Assistants.class.getResource("/assistants").toURI());
        var files = new TreeSet<String>();
        try (var walk = Files.walk(folder)) {
            walk.filter(Files::isRegularFile).map(f -> folder.relativize(f).toString().replace('\\', '/')).forEach(files::add);
        }
        files.remove("index.txt");
        var listed = Files.readAllLines(folder.resolve("index.txt")).stream().filter(line -> !line.isBlank()).toList();
        assertEquals(files, new TreeSet<>(listed));
        assertEquals(List.of("automation", "customer-service", "education", "entertainment", "medicine"), Assistants.builtIn());
    }

    @Test
    void anUnknownNameIsToldWithThoseThereAre() {
        var fault = assertThrows(AssistantException.class, () -> new Assistants(home).find("lawyer"));
        assertTrue(fault.getMessage().contains("customer-service"), fault.getMessage());
    }

    @Test
    void aFileOfAnOlderVersionIsForgotten() throws IOException {
        var assistants = new Assistants(home);
        var old = assistants.find("medicine").file().resolveSibling("knowledge").resolve("en").resolve("old.md");
        Files.writeString(old, "# Old");
        assistants.find("medicine");
        assertFalse(Files.exists(old));
    }

    @ParameterizedTest
    @ValueSource(strings = {"automation", "customer-service", "education", "entertainment", "medicine"})
    void eachHasBothLanguagesAndATestSetThatItCanBeAsked(String name) throws IOException {
        var assistant = new Assistants(home).find(name);
        assertEquals(List.of("en", "zh"), assistant.languages());
        assertTrue(assistant.openingQuestions().values().stream().noneMatch(List::isEmpty));
        assertEquals(List.of("en", "zh"), assistant.openingQuestions().keySet().stream().sorted().toList());
        var questions = TestQuestion.read(assistant.file().resolveSibling("test").resolve("questions.jsonl"));
        try (var open = OpenAssistant.open(assistant, OpenAssistant.Setup.plain(home.resolve("index")))) {
            assertEquals(List.of(), open.indexed().orElseThrow().faults());
            var documents = open.knowledge().orElseThrow().files();
            for (var source : questions.stream().flatMap(q -> q.sources().stream()).map(s -> s.split("#")[0]).distinct().toList()) {
                assertTrue(documents.stream().anyMatch(d -> d.source().endsWith("/" + source)), name + " has no document " + source);
            }
            var asked = questions.stream().filter(q -> q.set().equals("test")).toList();
            var report = new AssistantCheck(open, Optional.empty()).run(asked, List.of(), done -> {});
            var ofAll = report.rows().stream().filter(r -> r.language().equals("all")).toList();
            var hits = ofAll.stream().filter(r -> r.measure() == Measure.HIT_AT_3).findFirst().orElseThrow();
            // by words alone; what vectors add is measured with the command
            assertTrue(hits.proportion().value() > 0.5, hits.toString());
            for (var row : ofAll) {
                if (row.measure() == Measure.TRIGGERS_CAUGHT) assertTrue(row.proportion().value() > 0.9, row.toString());
            }
        }
    }
}
