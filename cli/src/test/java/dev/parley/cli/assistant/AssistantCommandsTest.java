package dev.parley.cli.assistant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.torch.TrainableLM;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of assistants as a user's script calls them, with a tiny model that has learned nothing. */
class AssistantCommandsTest {

    @TempDir
    static Path folder;

    private record Ended(int code, String out, String err) {

        JsonNode json() throws IOException {
            assertEquals(0, code, err);
            return new ObjectMapper().readTree(out);
        }

        String sentence() {
            assertEquals(1, code, err);
            assertEquals(1, err.strip().lines().count(), err);
            return err.strip();
        }
    }

    private static Ended parley(Object... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var words = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        var code = Parley.run(Output.to(out, err), words);
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** One that keeps its index in this test's folder, and needs no vectors. */
    private static Ended assistant(Object... arguments) {
        var all = Stream.of(Stream.of("assistant"), Arrays.stream(arguments),
                Stream.of("--data", folder.resolve("data"), "--embedder", "none"));
        return parley(all.flatMap(part -> part).toArray());
    }

    @BeforeAll
    static void makeModelAndAssistant() throws IOException {
        var text = "the cat sat on the mat and the dog sat on the cat";
        var tokenizer = BpeTrainer.of(290).withSpecialTokens("<|endoftext|>", ChatTemplate.START, ChatTemplate.END)
                .train(List.of(text, text).iterator()).withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END);
        tokenizer.save(folder.resolve("model"));
        try (var created = TrainableLM.create(ModelConfig.gpt2(tokenizer.vocabSize(), 2048, 16, 1, 2), 1)) {
            created.savePretrained(folder.resolve("model"));
        }
        Files.createDirectories(folder.resolve("shop/faq"));
        Files.writeString(folder.resolve("shop/faq/returns.md"), "# Returns\n\nYou may return a chair within 41 days.\n");
        Files.writeString(folder.resolve("shop/assistant.yaml"), """
                name: shop
                title: Our shop
                system_prompt: You answer customers of our shop.
                knowledge:
                  folders: [faq]
                  unknown: I do not know that. Please call us.
                guardrails: [private_data, injection]
                sampling: {max_new_tokens: 8}
                """);
    }

    @Test
    void listNamesTheFiveThatComeWithIt() {
        var listed = parley("assistant", "list");
        assertEquals(0, listed.code(), listed.err());
        for (var name : List.of("automation", "customer-service", "education", "entertainment", "medicine"))
            assertTrue(listed.out().contains(name), listed.out());
    }

    @Test
    void runQuotesItsDocumentsWithoutAModelAndSaysWhatItDoesNotKnow() throws IOException {
        var quoted = assistant("run", folder.resolve("shop"), "Within how many days may I return a chair?", "--no-model", "--json").json();
        assertEquals("quoted", quoted.path("ending").asText());
        assertTrue(quoted.path("answer").asText().contains("41 days"), quoted.toString());
        assertEquals("faq/returns.md", quoted.path("passages").path(0).path("source").asText());
        var unknown = assistant("run", folder.resolve("shop"), "Who painted the Mona Lisa?", "--no-model", "--json").json();
        assertEquals("unknown", unknown.path("ending").asText());
        assertEquals("I do not know that. Please call us.", unknown.path("answer").asText());
    }

    @Test
    void runAsksTheModelThatIsNamed() throws IOException {
        var turn = assistant("run", folder.resolve("shop"), "Within how many days may I return a chair?", "--model",
                folder.resolve("model"),
                "--json").json();
        assertEquals("answered", turn.path("ending").asText());
        assertEquals("model", turn.path("model").asText(), turn.toString());
        var sentence = assistant("run", folder.resolve("shop"), "Hello?").sentence();
        assertTrue(sentence.contains("names no model; give one with --model"), sentence);
    }

    @Test
    void checkCountsTheQuestionsOfAFile() throws IOException {
        var questions = Files.writeString(folder.resolve("questions.jsonl"), """
                {"language": "en", "set": "test", "kind": "answer", "question": "When may I return a chair?", \
                "sources": ["faq/returns.md"], "facts": ["41 days"]}
                {"language": "en", "set": "test", "kind": "unknown", "question": "Who painted the Mona Lisa?"}
                """);
        var report = assistant("check", folder.resolve("shop"), "--no-model", "--questions", questions, "--json").json();
        for (var measure : List.of("hit_at_3", "declined", "facts_in_passages")) assertEquals(1, hits(report, measure), report.toString());
        assertEquals(0, hits(report, "falsely_declined"), report.toString());
        Files.writeString(questions, "{\"language\": \"en\", \"kind\": \"answer\"}\n");
        var sentence = assistant("check", folder.resolve("shop"), "--no-model", "--questions", questions).sentence();
        assertTrue(sentence.contains("line 1"), sentence);
    }

    private static int hits(JsonNode report, String measure) {
        for (var row : report.path("rows"))
            if (row.path("measure").asText().equals(measure) && row.path("language").asText().equals("all"))
                return row.path("hits").asInt();
        throw new AssertionError("no " + measure + " in " + report);
    }

    @Test
    void serveHandsItsModelAndOptionsToTheServer() throws IOException {
        var broken = Files.createDirectories(folder.resolve("no-model"));
        var sentence = assistant("serve", folder.resolve("shop"), "--model", broken, "--port", 0);
        assertEquals(1, sentence.code(), sentence.err());
        assertTrue(sentence.err().contains("The model no-model cannot be loaded"), sentence.err());
        var wrong = assistant("serve", folder.resolve("shop"), "--model", folder.resolve("model"), "--prt", 0);
        assertEquals(2, wrong.code(), wrong.err());
        assertTrue(wrong.err().contains("there is no option --prt"), wrong.err());
    }

    @Test
    void aMistakeInAFileIsToldWithItsLine() throws IOException {
        var file = Files.writeString(folder.resolve("bad.yaml"), "name: bad\ntitle: Bad\nsystem_prompt: Hello.\nguardrails: [none_such]\n");
        var sentence = assistant("run", file, "Hello?", "--no-model").sentence();
        assertTrue(sentence.contains("bad.yaml, line 4") && sentence.contains("none_such"), sentence);
        assertTrue(assistant("run", folder.resolve("nowhere.yaml"), "Hello?", "--no-model").sentence().contains("nowhere.yaml"));
    }

    @Test
    void rowsOfATableAreWrittenByTheAssistant() throws IOException {
        var shop = Files.createDirectories(folder.resolve("changing"));
        var faq = Files.writeString(Files.createDirectories(shop.resolve("faq")).resolve("returns.md"),
                "# Returns\n\nReturn chairs in 41 days.\n");
        Files.writeString(shop.resolve("assistant.yaml"), Files.readString(folder.resolve("shop/assistant.yaml")));
        var table = Files.writeString(folder.resolve("t.csv"),
                "question\nIn how many days do I return chairs?\nWho painted the Mona Lisa?\n");
        var template = Files.writeString(folder.resolve("t.jinja"), "{{ question }}");
        var out = folder.resolve("rows");
        var given = List.of("table", "--table", table, "--template", template, "--out", out, "--assistant", shop, "--json");
        assertTrue(assistant(given.toArray()).sentence().contains("names no model"));
        var all = Stream.concat(given.stream(), Stream.of("--model", folder.resolve("model"))).toArray();
        var report = assistant(all).json();
        assertEquals(1, report.path("done").asInt(), report::toString);
        assertEquals(1, report.path("failed").path("declined").asInt(), report::toString);
        assertTrue(Files.readString(out.resolve("failures.csv")).contains("found nothing about it in its documents"));
        assertEquals(0, assistant(all).json().path("made_now").asInt());
        Files.writeString(faq, "# Returns\n\nReturn chairs in 42 days.\n");
        assertTrue(assistant(all).sentence().contains("documents"), "what the assistant has read has changed");
    }
}
