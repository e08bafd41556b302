package dev.parley.serve.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuggestionsFileTest {

    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        var suggestions = List.of(Suggestion.of("en", "Who are \"you\"?"), Suggestion.of("zh", "你是谁?"),
                new Suggestion("12 + 5 =", Optional.empty()));
        SuggestionsFile.write(folder, suggestions);
        assertEquals(suggestions, SuggestionsFile.read(folder));
    }

    @Test
    void aFolderWithoutTheFileSuggestsNothing() throws IOException {
        assertEquals(List.of(), SuggestionsFile.read(folder));
        assertEquals(List.of(), SuggestionsFile.read(Files.writeString(folder.resolve("model.gguf"), "a file, not a folder")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[", "{}", "\"text\"", "null", "[1]", "[null]", "[[]]", "[{}]", "[{\"text\": 1}]", "[{\"text\": \"\"}]",
        "[{\"text\": \" \"}]",
        "[{\"text\": \"two\\nlines\"}]", "[{\"text\": \"nul\\u0000\"}]", "[{\"text\": \"x\", \"language\": 1}]",
        "[{\"text\": \"x\", \"language\": null}]",
        "[{\"text\": \"x\", \"language\": \"English\"}]", "[{\"text\": \"x\", \"language\": \"\"}]"})
    void aFaultNamesTheFile(String content) throws IOException {
        Files.writeString(folder.resolve("suggestions.json"), content);
        assertNamesTheFile();
    }

    @Test
    void tooManyTooLongAndTooLargeAreFaults() throws IOException {
        for (var content : List.of("[" + "{\"text\": \"x\"},".repeat(24) + "{\"text\": \"x\"}]",
                "[{\"text\": \"" + "x".repeat(201) + "\"}]", " ".repeat(1 << 20) + "[]",
                "[".repeat(30_000))) {
            Files.writeString(folder.resolve("suggestions.json"), content);
            assertNamesTheFile();
        }
        Files.write(folder.resolve("suggestions.json"), new byte[] {'[', '"', (byte) 0xff, '"', ']'});
        assertNamesTheFile();
    }

    private void assertNamesTheFile() {
        var fault = assertThrows(IllegalArgumentException.class, () -> SuggestionsFile.read(folder));
        assertTrue(fault.getMessage().startsWith(folder.resolve("suggestions.json").toString()), fault.getMessage());
    }
}
