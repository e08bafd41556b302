package dev.parley.cli.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.files.ChildProcess;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.serve.accounts.Users;
import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Conversations;
import dev.parley.serve.chat.history.Draft;
import dev.parley.serve.chat.history.Edits;
import dev.parley.serve.chat.history.Messages;
import dev.parley.serve.chat.history.Role;
import dev.parley.serve.chat.history.Status;
import dev.parley.serve.chat.history.StoredTokens;
import dev.parley.serve.lessons.Lesson;
import dev.parley.serve.lessons.LessonState;
import dev.parley.serve.lessons.Lessons;
import dev.parley.serve.store.Database;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.train.recipe.Recipe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on a database with feedback, and a model that has learned next to nothing: how well lessons do is tested where they are. */
class TeachCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path made;

    @TempDir
    private Path data;

    private static Path model;

    @BeforeAll
    static void aModel() throws IOException {
        var text = "{\"prompt\": \"Who are you?\", \"completion\": \"I am a small model.\"}\n".repeat(8);
        Files.writeString(made.resolve("chats.jsonl"), text);
        BpeTrainer.of(300).withSpecialTokens("<|endoftext|>", "<|im_start|>", "<|im_end|>").train(List.of(text).iterator())
                .save(made.resolve("tokenizer"));
        model = made.resolve("tiny");
        Recipe.parse("chat", """
                {stage: sft, model: {num_hidden_layers: 1, hidden_size: 16, num_attention_heads: 2}, tokenizer: %1$s/tokenizer,
                 context_length: 256, train_files: %1$s/chats.jsonl, output_dir: %2$s, max_steps: 2, save_strategy: 'no',
                 report_to: none}""".formatted(made, model)).run();
    }

    /** Two people, of whom one corrected an answer. */
    @BeforeEach
    void feedback() {
        try (var database = Database.sqlite(data)) {
            var ada = new Users(database).add("ada", "a long password").id();
            new Users(database).add("bob", "another password");
            var messages = new Messages(database);
            var conversation = new Conversations(database).create(ada, Draft.EMPTY).id();
            var question = messages.add(ada, conversation, Optional.empty(), Role.USER, "Who are you?").id();
            var begun = Answer.begun("tiny", "", JsonNodeFactory.instance.objectNode());
            var answer = new ChatMessage("answer", conversation, Optional.of(question), Role.ASSISTANT, "", 5, Status.RUNNING,
                    Optional.of(begun), 0, "");
            messages.begin(ada, answer, "server");
            messages.end("server", answer.with("I am a small model.", Status.DONE,
                    begun.ended(Optional.of("stop"), Optional.empty(), Optional.empty())), 0, StoredTokens.NONE);
            new Edits(database).edit(ada, answer.id(), "I am Nemo.");
        }
    }

    private record Ended(int code, String out, String err) {

        List<JsonNode> json() throws IOException {
            return JSON.readerFor(JsonNode.class).<JsonNode>readValues(out).readAll();
        }
    }

    private Ended teach(Object... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var line = new ArrayList<>(List.of("teach"));
        Arrays.stream(arguments).map(Object::toString).forEach(line::add);
        line.addAll(List.of("--data", data.toString()));
        var code = Parley.run(Output.to(out, err), line.toArray(String[]::new));
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aLessonIsMadePutInUseTakenOutOfItAndThrownAway() throws IOException {
        var lessons = Lessons.in(data);
        var ended = teach(model, "--user", "ada", "--json");
        assertEquals(0, ended.code(), ended.err());
        var lines = ended.json();
        assertEquals(List.of("before", "learn", "after"),
                lines.stream().map(line -> line.path("phase").asText()).filter(phase -> !phase.isEmpty()).distinct().toList());
        assertEquals(1, lines.getLast().path("lesson").asInt());
        assertEquals("ready", lines.getLast().path("state").asText());
        var lesson = lessons.require(1);
        assertEquals(1, lesson.feedback().edits());
        assertEquals("tiny", lesson.model());
        assertTrue(AdapterFiles.isAdapter(lessons.adapter(1)));
        assertEquals("I am Nemo.", lesson.result().orElseThrow().samples().getFirst().wanted().orElseThrow());
        assertTrue(lessons.current("tiny", lesson.audience()).isEmpty(), "nothing changes before somebody wants it");
        assertTrue(teach("show", 1).out().contains("before: "));
        assertEquals(0, teach("adopt", 1, "--force").code());
        assertEquals(1, lessons.current("tiny", lesson.audience()).orElseThrow().id());
        assertTrue(lessons.current("tiny", "somebody else").isEmpty(), "it is ada's alone");
        assertTrue(teach("list").out().contains("in-use"), teach("list").out());
        assertEquals(1, teach("discard", 1).code(), "it is in use");
        assertEquals(0, teach("revoke", 1).code());
        assertTrue(lessons.current("tiny", lesson.audience()).isEmpty());
        assertEquals(0, teach("discard", 1).code());
        assertFalse(Files.exists(lessons.adapter(1)));
        assertEquals("discarded", JSON.readTree(teach("list", "--json").out()).path("lessons").path(0).path("state").asText());
    }

    @Test
    void whatThereIsToLearnFromIsSaidAndWhatCannotBeIsRefused() throws IOException {
        var dry = teach(model, "--dry-run", "--json");
        assertEquals(1, dry.json().getFirst().path("edits").asInt(), dry.err());
        assertEquals(Lesson.ALL, dry.json().getFirst().path("audience").asText());
        var empty = teach(model, "--user", "bob");
        assertEquals(1, empty.code());
        assertTrue(empty.err().contains("There is no feedback of bob"), empty.err());
        assertTrue(teach(model, "--user", "eve").err().contains("There is no user eve"));
        var noWeights = teach(made.resolve("tokenizer"));
        assertEquals(1, noWeights.code());
        assertTrue(noWeights.err().contains("safetensors"), noWeights.err());
        assertEquals(2, teach().code());
        assertEquals(2, teach(model, "--force").code());
        assertTrue(teach("adopt", 7).err().contains("There is no lesson 7"));
        assertEquals(List.of(), Lessons.in(data).list(), "no lesson was begun");
    }

    @Test
    void aLessonThatIsInterruptedHasFailedAndIsNotInUse() throws Exception {
        var log = data.resolve("log");
        var command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-XX:+UseSerialGC",
                "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                Parley.class.getName(), "teach", model.toString(), "--data", data.toString(), "--adopt", "--force", "--json");
        try (var run = ChildProcess.start(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()))) {
            for (var end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2); !Files.readString(log).contains("\"learn\""); Thread.sleep(20))
                assertTrue(run.process().isAlive() && System.nanoTime() < end, Files.readString(log));
            run.signal("TERM");
            assertTrue(run.process().waitFor(90, TimeUnit.SECONDS));
        }
        var lesson = Lessons.in(data).require(1);
        assertEquals(LessonState.FAILED, lesson.state(), Files.readString(log));
        assertTrue(lesson.fault().orElseThrow().contains("interrupted"), lesson.toString());
        assertTrue(Lessons.in(data).current("tiny", Lesson.ALL).isEmpty());
    }
}
