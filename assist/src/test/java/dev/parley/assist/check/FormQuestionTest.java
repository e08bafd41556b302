package dev.parley.assist.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.assist.AssistantException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormQuestionTest {

    @TempDir
    private Path folder;

    private FormQuestion question(String expected) throws IOException {
        var file = folder.resolve("forms.jsonl");
        Files.writeString(file, "{\"language\": \"en\", \"form\": \"case\", \"question\": \"ML-1 is broken\", " + expected + "}\n");
        return FormQuestion.read(file).getFirst();
    }

    @Test
    void anAnswerInJsonHasTheFieldsAndAnyOfTheValues() throws IOException {
        var question = question("\"expect\": {\"order\": \"ML-1\", \"reason\": [\"damaged\", \"other\"]}");
        assertTrue(question.isAsExpected("{\"order\": \"ML-1\", \"reason\": \"other\", \"summary\": \"\"}"));
        assertFalse(question.isAsExpected("{\"order\": \"ML-2\", \"reason\": \"other\"}"));
        assertTrue(question.isKept("{\"order\": \"ML-2\", \"reason\": \"other\"}"));
        assertFalse(question.isKept("{\"order\": \"ML-1\"}"));
        assertFalse(question.isKept("{\"order\": \"ML-1\""));
        assertFalse(question.isKept("[1]"));
    }

    @Test
    void verseHasItsLinesAndTheirCharacters() throws IOException {
        var question = question("\"verse\": {\"lines\": 2, \"characters\": 5}");
        assertTrue(question.isKept("床前明月光，\n疑是地上霜。\n"));
        assertFalse(question.isKept("床前明月光，疑是地上霜。"));
        assertFalse(question.isKept("床前明月光，\n疑是霜。"));
        assertTrue(question("\"verse\": {\"lines\": 1}").isKept("Rain on the roof"));
    }

    @Test
    void aMistakeIsToldWithItsLineAndNoFileHasNoQuestions() throws IOException {
        var fault = assertThrows(AssistantException.class, () -> question("\"expects\": {}"));
        assertTrue(fault.getMessage().endsWith("forms.jsonl, line 1: there is no key expects."), fault.getMessage());
        assertEquals(List.of(), FormQuestion.read(folder.resolve("none.jsonl")));
    }
}
