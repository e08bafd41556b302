package dev.parley.cli.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.data.chat.Chat;
import dev.parley.data.chat.ChatFiles;
import dev.parley.data.chat.ChatFiles.Placed;
import dev.parley.serve.chat.history.Conversations;
import dev.parley.serve.chat.history.Draft;
import dev.parley.serve.chat.history.Messages;
import dev.parley.serve.chat.history.Ratings;
import dev.parley.serve.chat.history.Role;
import dev.parley.serve.store.Database;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedbackCommandTest {

    @TempDir
    private Path folder;

    private record Ended(int code, String out, String err) {}

    private static Ended parley(Object... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var code = Parley.run(Output.to(out, err), Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private void makeData() {
        try (var database = Database.sqlite(folder)) {
            var messages = new Messages(database);
            var ratings = new Ratings(database);
            var brief = new Draft(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("Be brief."), Optional.empty(),
                    Optional.empty());
            var id = new Conversations(database).create("ada", brief).id();
            var question = Optional.of(messages.add("ada", id, Optional.empty(), Role.USER, "Ist \"Grün\" eine Farbe?\n").id());
            var yes = messages.add("ada", id, question, Role.ASSISTANT, "Ja. 🌱").id();
            var no = messages.add("ada", id, question, Role.ASSISTANT, "Nein.").id();
            ratings.rate("ada", yes, 1, "");
            ratings.rate("ada", no, -1, "wrong");
            ratings.compare("ada", id, yes, no, Ratings.Choice.LEFT);
        }
    }

    @Test
    void goodAnswersAreReadAsChatsByTraining() throws IOException {
        makeData();
        var file = folder.resolve("out/feedback.jsonl");
        var ended = parley("data", "feedback", "--data", folder, "--format", "sft", "--out", file);
        assertEquals(0, ended.code(), ended.err());
        assertEquals("", ended.out());
        assertTrue(ended.err().contains("1 good answers"), ended.err());
        var turns = List.of(Message.system("Be brief."), Message.user("Ist \"Grün\" eine Farbe?\n"), Message.assistant("Ja. 🌱"));
        assertEquals(List.of(ChatTemplateInput.of(turns).messages()), ChatFiles.chats(List.of(file)).stream().map(Chat::messages).toList());
    }

    @Test
    void bothKindsComeOneLineEachAndTheSameEachTime() {
        makeData();
        var ended = parley("data", "feedback", "--data", folder);
        assertEquals(0, ended.code(), ended.err());
        var lines = ended.out().lines().toList();
        assertEquals(2, lines.size(), "the choice and the thumbs say the same");
        assertTrue(lines.get(0).startsWith("{\"messages\":["), lines.get(0));
        assertTrue(lines.get(1).endsWith(
                "\"chosen\":[{\"role\":\"assistant\",\"content\":\"Ja. "
                        + "🌱\"}],\"rejected\":[{\"role\":\"assistant\",\"content\":\"Nein.\"}]}"),
                lines.get(1));
        assertEquals(ended.out(), parley("data", "feedback", "--data", folder).out());
        assertEquals(lines.get(1) + "\n", parley("data", "feedback", "--data", folder, "--format", "preference").out());
    }

    @Test
    void everyThumbIsReadAsARatedAnswerByTraining() throws IOException {
        makeData();
        var file = folder.resolve("thumbs.jsonl");
        var ended = parley("data", "feedback", "--data", folder, "--format", "thumbs", "--out", file);
        assertEquals(0, ended.code(), ended.err());
        var turns = List.of(Message.system("Be brief."), Message.user("Ist \"Grün\" eine Farbe?\n"));
        var read = new ChatFiles(List.of(file), Optional.empty(), false).thumbs().placed().stream().map(Placed::content).toList();
        assertEquals(List.of("Ja. 🌱 true", "Nein. false"),
                read.stream().map(rated -> rated.answer().path(0).path("content").asText() + " " + rated.good()).toList());
        for (var rated : read) assertEquals(ChatTemplateInput.of(turns).messages(), rated.prompt().messages());
    }

    @Test
    void whoseRatingsTheyAreIsSaidAndCanBeChosen() {
        makeData();
        assertTrue(parley("data", "feedback", "--data", folder).err().contains("3 ratings and choices are of ada."));
        var ended = parley("data", "feedback", "--data", folder, "--user", "bob");
        assertEquals(0, ended.code(), ended.err());
        assertEquals("", ended.out());
    }

    @Test
    void aFolderWithoutDataIsNamedAndStaysEmpty() {
        var ended = parley("data", "feedback", "--data", folder.resolve("none"));
        assertEquals(1, ended.code());
        assertTrue(ended.err().contains(folder.resolve("none").toString()), ended.err());
        assertFalse(Files.exists(folder.resolve("none")));
    }

    @Test
    void twoPlacesAreOneTooMany() {
        assertEquals(2, parley("data", "feedback", "--data", folder, "--database-url", "postgresql://localhost/x").code());
    }
}
