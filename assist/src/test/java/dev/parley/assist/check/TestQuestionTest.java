package dev.parley.assist.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.assist.AssistantException;
import dev.parley.knowledge.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestQuestionTest {

    @TempDir
    Path folder;

    private TestQuestion read(String line) throws IOException {
        return TestQuestion.read(Files.writeString(folder.resolve("questions.jsonl"), "\n" + line + "\n")).getFirst();
    }

    private static Passage passage(String source, String title) {
        return new Passage("id", source, title, 0, 0, 1, "x", "en", 1, 1);
    }

    @Test
    void aPassageIsRightByItsFileAndItsHeading() throws IOException {
        var question = read("{\"language\":\"en\",\"kind\":\"answer\",\"question\":\"?\",\"sources\":[\"en/returns.md#Time limit\"]}");
        assertTrue(question.isIn(passage("knowledge/en/returns.md", "Returns › Time Limit")));
        assertFalse(question.isIn(passage("knowledge/en/returns.md", "Returns › Refunds")));
        assertFalse(question.isIn(passage("knowledge/en/old-returns.md", "Time limit")));
    }

    @Test
    void eachFactIsNeededInOneOfItsWordings() throws IOException {
        var question = read("{\"language\":\"en\",\"kind\":\"answer\",\"question\":\"?\",\"sources\":[\"a.md\"],"
                + "\"facts\":[\"30 days\",[\"refund\",\"money back\"]]}");
        assertTrue(question.hasFacts("Within 30  Days you get your money\nback."));
        assertFalse(question.hasFacts("Within 30 days."));
    }

    @Test
    void aFaultIsToldWithItsLine() {
        var fault = assertThrows(AssistantException.class, () -> read("{\"language\":\"en\",\"kind\":\"riddle\",\"question\":\"?\"}"));
        assertTrue(fault.getMessage().contains("line 2") && fault.getMessage().contains("riddle"), fault.getMessage());
        assertEquals(1, fault.getMessage().lines().count());
        assertThrows(AssistantException.class, () -> read("{\"language\":\"en\",\"kind\":\"answer\",\"question\":\"?\"}"));
        assertThrows(AssistantException.class, () -> read("{\"langage\":\"en\",\"kind\":\"unknown\",\"question\":\"?\"}"));
    }
}
