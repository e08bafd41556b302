package dev.parley.assist.automation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.assist.Assistant;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.assist.turn.Responder;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.strategy.FinishReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssistantResponderTest {

    private static final String ASSISTANT = """
            name: shop
            title: Shop
            languages: [en]
            system_prompt: You answer letters.
            knowledge:
              folders: [faq]
              unknown: I do not know that.
            guardrails:
              - emergencies
              - private_data
            sampling:
              temperature: 0.25
            forms:
              letter:
                title: Letter
                instruction: Write a letter.
                json_schema: {type: object, properties: {a: {type: integer}}, required: [a]}
            """;

    @TempDir
    Path folder;

    private final Map<String, Responder.Prompt> asked = new ConcurrentHashMap<>(); // by the last line of the message
    private OpenAssistant assistant;

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(folder.resolve("faq"));
        Files.writeString(folder.resolve("faq/returns.md"), "# Returns\n\nYou may return an item within 30 days of delivery.\n");
        Files.writeString(folder.resolve("faq/delivery.md"), "# Express delivery\n\nExpress delivery costs 9.90 euros and takes a day.\n");
        Files.writeString(folder.resolve("assistant.yaml"), ASSISTANT);
        assistant = OpenAssistant.open(Assistant.read(folder.resolve("assistant.yaml")),
                OpenAssistant.Setup.plain(folder.resolve("index")));
    }

    @AfterEach
    void close() {
        assistant.close();
    }

    /** Answers by a number, and has little room. */
    private final class Letters implements Responder {

        @Override
        public String model() {
            return "letters";
        }

        @Override
        public GenerationConfig recommended() {
            return GenerationConfig.DEFAULT;
        }

        @Override
        public boolean fits(Prompt prompt) {
            return prompt.messages().toString().length() < 2_000;
        }

        @Override
        public Reply respond(Prompt prompt, Consumer<String> onText) {
            var message = prompt.messages().get(1).path("content").asText();
            asked.put(message.substring(message.lastIndexOf('\n') + 1), prompt);
            var reason = message.contains("long") ? FinishReason.LENGTH : FinishReason.STOP;
            var text = "{\"a\": " + message.length() + "}";
            onText.accept(text);
            return new Reply(text, List.of(), reason, 10, 5, OptionalDouble.empty(), 0);
        }

        @Override
        public void stop() {}
    }

    private TableReport run(String rows, OutputFormat format, Optional<String> form, UnaryOperator<GenerationConfig> settings)
            throws IOException {
        var table = Files.writeString(folder.resolve("table.csv"), "question\n" + rows);
        var kept = form.map(name -> assistant.assistant().form(name));
        var options = new TableRun.Options(format, kept.flatMap(f -> f.grammar()), Optional.empty(), 3, 100, 7, false, false);
        try (var responder = new AssistantResponder(assistant, Letters::new, kept, settings)) {
            return ScriptedRun.run(table, "{{ question }}", folder.resolve("out"), responder, options);
        }
    }

    @Test
    void eachRowIsATurnOfItsOwnWithInstructionsPassagesAndSettings() throws IOException {
        var report = run("How many days may I return an item?\nMay I return a long item within 30 days of delivery?\n", OutputFormat.MD,
                Optional.empty(), config -> config.toBuilder().maxNewTokens(99).build());
        assertEquals(2, report.done());
        assertEquals(1, report.cutOff());
        var first = asked.get("Question: How many days may I return an item?");
        assertTrue(first.messages().get(0).path("content").asText().startsWith("You answer letters."));
        assertTrue(first.messages().toString().contains("within 30 days of delivery"));
        assertEquals(0.25, first.config().temperature());
        assertEquals(99, first.config().maxNewTokens());
        assertEquals(2, asked.values().stream().map(prompt -> prompt.config().seed()).distinct().count());
    }

    @Test
    void aFormIsAskedForAndChecked() throws IOException {
        var report = run("How many days may I return an item?\n", OutputFormat.JSON, Optional.of("letter"), config -> config);
        assertEquals(1, report.done());
        var prompt = asked.values().iterator().next();
        assertTrue(prompt.config().grammar().isPresent());
        assertTrue(prompt.messages().get(0).path("content").asText().contains("Write a letter."));
    }

    @Test
    void whatIsNoAnswerOfTheModelFailsWithItsReason() throws IOException {
        var report = run("I have a crushing pain in my chest and cannot breathe\nWho painted the Mona Lisa?\n"
                + "How many days may I return an item? " + "Really. ".repeat(400) + "\n", OutputFormat.MD, Optional.empty(),
                config -> config);
        assertEquals(Map.of(FailureKind.DECLINED, 2L, FailureKind.PROMPT, 1L), report.failed());
        var failures = Files.readString(folder.resolve("out/failures.csv"));
        assertTrue(failures.contains("Row 1, line 2: The guardrail emergencies of shop answered in the model's place: "), failures);
        assertTrue(failures.contains("Row 2, line 3: The assistant shop found nothing about it in its documents."), failures);
        assertTrue(failures.contains("Row 3, line 4: The context of letters is too small"), failures);
        assertEquals(Map.of(), asked);
    }
}
